import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Certificates are made while the test runs: a key in the source would look like a leaked one. */
export const opensslIsHere = await run('openssl', ['version']).then(() => true, () => false);

export interface Certificate {
  cert: string;
  key: string;
}

/** Makes a self-signed certificate: cert.pem and key.pem in the folder. One of -1 days has expired. */
export async function makeCertificate(dir: string, { name = 'localhost', days = 2 } = {}): Promise<Certificate> {
  const [cert, key, request, extensions] = ['cert.pem', 'key.pem', 'request.pem', 'extensions'].map((file) => join(dir, file)) as [string, string, string, string];
  await run('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
  await writeFile(extensions, `subjectAltName=DNS:${name}${name === 'localhost' ? ',IP:127.0.0.1' : ''}\n`);
  await run('openssl', ['x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-extfile', extensions, '-out', cert]);
  return { cert, key };
}
