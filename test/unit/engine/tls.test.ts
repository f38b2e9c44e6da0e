import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src/engine/connect';
import { EngineUnreachable } from '../../../src/engine/errors';
import { type Certificate, makeCertificate, opensslIsHere } from '../support/certificate';
import { rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';

/** A daemon behind TLS that answers everything, and what it was asked. */
async function serve(own: Certificate): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer({
    cert: readFileSync(own.cert), key: readFileSync(own.key),
  }, (request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(200, { 'api-version': '1.41' }).end('OK');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.on('tlsClientError', () => { });
  onTestFinished(() => { server.close(); });
  return { port: (server.address() as AddressInfo).port, requests };
}

async function ping(port: number, files: Case['files']): Promise<void> {
  const engine = await connect({ kind: 'tls', host: 'localhost', port, files });
  try {
    await engine.negotiate();
  } finally {
    engine.dispose();
  }
}

interface Case {
  own: Certificate;
  files: { ca: string; cert?: string; key?: string };
}

describe.skipIf(!opensslIsHere)('an engine behind TLS (skipped without openssl)', () => {
  const make = (options?: Parameters<typeof makeCertificate>[1]): Promise<Certificate> => makeCertificate(tempDir(), options);

  test('is asked when all is well', async () => {
    const own = await make();
    const { port, requests } = await serve(own);
    await ping(port, { ca: own.cert, ...own });
    expect(requests).toHaveLength(1);
  });

  test.each<[string, RegExp, () => Promise<Case>]>([
    ['its certificate has expired', /its certificate has expired.*clock/, async () => {
      const own = await make({ days: -1 });
      return { own, files: { ca: own.cert } };
    }],
    ['its certificate is for another name', /its certificate is for another name/, async () => {
      const own = await make({ name: 'elsewhere' });
      return { own, files: { ca: own.cert } };
    }],
    ['its authority is not ours', /ca\.pem is not of the authority that signed/, async () => ({ own: await make(), files: { ca: (await make()).cert } })],
  ])('is not asked anything when %s, and that is said', async (_what, message, prepare) => {
    const { own, files } = await prepare();
    const { port, requests } = await serve(own);
    const error = await rejection(ping(port, files));
    expect(error).toBeInstanceOf(EngineUnreachable);
    expect(error).toMatchObject({ reason: 'tls', message: expect.stringMatching(message) as string });
    expect(requests).toEqual([]);
  });
});
