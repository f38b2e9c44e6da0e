import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import { connect } from '../../../src/engine/connect';
import type { Endpoint } from '../../../src/engine/endpoint';
import type { Engine } from '../../../src/engine/engine';
import { EngineError, EngineUnreachable, MalformedStream, type UnreachableReason } from '../../../src/engine/errors';
import { PullFailed } from '../../../src/engine/pull';
import { makeCertificate, opensslIsHere } from '../support/certificate';
import { EngineServer } from '../support/engineServer';
import { collect, rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';
import { until } from '../support/until';

let path: string;
let endpoint: Endpoint;
const never = new AbortController().signal;

beforeEach(() => {
  path = join(tempDir(), 'docker.sock');
  endpoint = { kind: 'unix', path };
});

async function open(to = endpoint, pingMillis?: number): Promise<Engine> {
  const engine = await connect(to, pingMillis === undefined ? {} : { pingMillis });
  onTestFinished(() => engine.dispose());
  return engine;
}

async function negotiationError(to = endpoint, pingMillis?: number): Promise<EngineUnreachable> {
  const error = await rejection((await open(to, pingMillis)).negotiate());
  expect(error).toBeInstanceOf(EngineUnreachable);
  return error as EngineUnreachable;
}

/** A server of HTTP at the socket. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  onTestFinished(() => { server.close(); server.closeAllConnections(); });
}

/** A server of bytes at the socket. */
async function serveBytes(handle: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => { });
    handle(socket);
  });
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  onTestFinished(() => { server.close(); for (const socket of sockets) { socket.destroy(); } });
}

async function dockerServer(): Promise<EngineServer> {
  const server = new EngineServer();
  await server.listen(path);
  return server;
}

async function connected(): Promise<Engine> {
  const engine = await open();
  await engine.negotiate();
  return engine;
}

describe('no engine', () => {
  test('at a path where nothing is', async () => {
    const error = await negotiationError();
    expect(error.reason).toBe('absent');
    expect(error.message).toContain(`no socket at unix://${path}`);
  });

  test('at a path below a file', async () => {
    writeFileSync(path, '');
    expect((await negotiationError({ kind: 'unix', path: join(path, 'docker.sock') })).reason).toBe('absent');
  });

  test('at a socket that a dead daemon left behind', async () => {
    // A process that is killed does not take its socket file away.
    await promisify(execFile)(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`]).catch(() => { });
    const error = await negotiationError();
    expect(error.reason).toBe('refused');
    expect(error.message).toContain('Nothing listens');
  });

  test('in a plain file', async () => {
    writeFileSync(path, 'not a socket');
    expect((await negotiationError()).reason).toBe('refused');
  });

  test('at a port where nothing listens', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => { server.close(resolve); });
    expect((await negotiationError({ kind: 'tcp', host: '127.0.0.1', port })).reason).toBe('refused');
  });

  test('at a host that there is not', async () => {
    expect((await negotiationError({ kind: 'tcp', host: 'nobody.invalid', port: 2375 })).reason).toBe('unknownHost');
  });
});

test.skipIf(process.platform === 'win32')('without permission for the socket the message has the docker group\'s fix', async () => {
  await dockerServer();
  chmodSync(path, 0o600);
  chmodSync(join(path, '..'), 0o755);
  let found: { reason: UnreachableReason; message: string; fixes: unknown };
  if (process.getuid?.() === 0) {
    // Root may use every socket: another user's process must ask.
    const { outputFiles: [bundle] } = await build({
      stdin: {
        contents: `import { connect } from './src/engine/connect';
          connect(${JSON.stringify(endpoint)}).then((engine) => engine.negotiate()).catch(({ reason, message, fixes }) => console.log(JSON.stringify({ reason, message, fixes })));`,
        resolveDir: process.cwd(), loader: 'ts',
      },
      bundle: true, write: false, platform: 'node', format: 'cjs', external: ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs'],
    });
    const script = join(path, '..', 'ask.cjs');
    // Of these packages dockerode only wants to know that they exist.
    writeFileSync(script, `const load = require('module')._load; require('module')._load = (id, ...rest) => /^(ssh2|@grpc|protobufjs)/.test(id) ? {} : load(id, ...rest);\n${bundle?.text ?? ''}`);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { uid: 65_534, gid: 65_534, env: {}, cwd: '/' });
    found = JSON.parse(stdout) as typeof found;
  } else {
    chmodSync(path, 0);
    found = await negotiationError();
  }
  expect(found.reason).toBe('denied');
  expect(found.message).toMatch(/may not use unix:.*usermod -aG docker/);
  expect(found.fixes).toEqual([{ title: 'Show the command', command: 'helloContainers.joinDockerGroup' }]);
});

describe('something that is not Docker', () => {
  test('but a web server: its 404 page is not taken for an engine', async () => {
    await serve((_, response) => { response.writeHead(404, { 'Server': 'nginx/1.22.1', 'Content-Type': 'text/html' }).end('<html><h1>404 Not Found</h1></html>'); });
    const error = await negotiationError();
    expect(error.reason).toBe('notDocker');
    expect(error.message).toContain('it is not a Docker engine');
  });

  test('but a web server that says 200 to everything', async () => {
    await serve((_, response) => { response.end('<html>Welcome!</html>'); });
    expect((await negotiationError()).reason).toBe('notDocker');
  });

  test.each(['latest', '', '1.x', '1.41.7'])('but says that its API is %j', async (version) => {
    await serve((_, response) => { response.writeHead(200, { 'Api-Version': version }).end('OK'); });
    expect((await negotiationError()).reason).toBe('notDocker');
  });

  test('but a server of garbage', async () => {
    await serveBytes((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'));
    expect((await negotiationError()).reason).toBe('notDocker');
  });

  test('but a server that hangs up', async () => {
    await serveBytes((socket) => socket.destroy());
    expect((await negotiationError()).reason).toBe('lost');
  });

  test('but a TLS server, spoken to in plain text', async () => {
    const server = createTlsServer({ ciphers: 'ALL:@SECLEVEL=0' });
    server.on('tlsClientError', () => { });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    onTestFinished(() => { server.close(); });
    const error = await negotiationError({ kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    expect(['notDocker', 'lost']).toContain(error.reason);
  });
});

describe('TLS', () => {
  test('with a server that speaks plain text says that it is about TLS', async () => {
    const port = await new EngineServer().listen();
    expect((await negotiationError({ kind: 'tls', host: '127.0.0.1', port, files: {} })).reason).toBe('tls');
  });

  test('with certificates that cannot be read names them', async () => {
    const missing = join(path, '..', 'ca.pem');
    const error = await rejection(connect({ kind: 'tls', host: '127.0.0.1', port: 1, files: { ca: missing } }));
    expect(error).toMatchObject({ reason: 'tls', message: expect.stringContaining(missing) as unknown });
  });

  test.skipIf(!opensslIsHere)('trusts a server by its certificate, and no other (skipped without openssl)', async () => {
    const dir = tempDir();
    const { cert, key } = await makeCertificate(dir);
    const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
      socket.on('error', () => { });
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK'));
    });
    server.on('tlsClientError', () => { });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    onTestFinished(() => { server.close(); });
    const { port } = server.address() as AddressInfo;
    await (await open({ kind: 'tls', host: '127.0.0.1', port, files: { ca: cert } })).negotiate();
    const error = await negotiationError({ kind: 'tls', host: '127.0.0.1', port, files: {} });
    expect(error.reason).toBe('tls');
    expect(error.message).toContain('not trusted');
  });
});

describe('an engine that fails', () => {
  test('at the ping is told with its own words', async () => {
    await serve((_, response) => { response.writeHead(500, { 'Api-Version': '1.41', 'Content-Type': 'application/json' }).end('{"message":"database is locked"}'); });
    expect(await rejection((await open()).negotiate())).toMatchObject({ status: 500, message: 'The engine failed (HTTP 500): database is locked' });
  });

  test('at a call is told with its own words, JSON or not', async () => {
    const server = await dockerServer();
    const engine = await connected();
    for (const [body, said] of [['{"message":"no space left on device"}', 'no space left on device'], ['upstream died', 'upstream died'], ['{"message":7}', '{"message":7}'], ['null', 'null'], ['', 'no reason given']] as const) {
      server.intercept = (_request, response) => { response.writeHead(500).end(body); return true; };
      const error = await rejection(engine.listContainers());
      expect(error).toBeInstanceOf(EngineError);
      expect((error as EngineError).message).toBe(`The engine failed (HTTP 500): ${said}`);
    }
  });

  test('with a long page is told in a readable length', async () => {
    const server = await dockerServer();
    const engine = await connected();
    server.intercept = (_request, response) => { response.writeHead(502).end(`<html>${'x'.repeat(100_000)}`); return true; };
    expect((await rejection(engine.listContainers()) as Error).message.length).toBeLessThan(600);
  });

  test.each([['HTML', '<html>Sign in</html>'], ['half of it', '[{"Id":"a"'], ['an object in place of a list', '{"a":1}'], ['rows without an id', '[{"Names":["/x"]}]']])('with an answer of %s is refused as malformed', async (_, body) => {
    const server = await dockerServer();
    const engine = await connected();
    server.intercept = (_request, response) => { response.end(body); return true; };
    expect(await rejection(engine.listContainers())).toBeInstanceOf(MalformedStream);
  });

  test('with an answer of more than 64 MiB is refused, and the rest is not read', async () => {
    const server = await dockerServer();
    const engine = await connected();
    let sent = 0;
    let hungUp = (): void => { };
    const closed = new Promise<void>((resolve) => { hungUp = resolve; });
    server.intercept = (_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && sent < 1024) {
          sent += 1;
          if (!response.write(chunk)) { response.once('drain', more); return; }
        }
      };
      response.on('close', hungUp);
      more();
      return true;
    };
    expect(await rejection(engine.listContainers())).toBeInstanceOf(MalformedStream);
    await closed;
    expect(sent).toBeLessThan(100);
  });

  test('by never answering is given up', async () => {
    await serve(() => { });
    const error = await negotiationError(endpoint, 50);
    expect(error.reason).toBe('silent');
    expect(error.message).toContain('does not answer');
  });

  test('by never ending its answer is given up too', async () => {
    await serve((_, response) => { response.writeHead(200, { 'Api-Version': '1.41' }).write('O'); });
    expect((await negotiationError(endpoint, 50)).reason).toBe('silent');
  });
});

describe('a stream', () => {
  let server: EngineServer;
  let engine: Engine;
  beforeEach(async () => {
    server = await dockerServer();
    server.add('a');
    engine = await connected();
  });

  test('of events that is cut in the middle of one gives what came whole, and then says that the engine was lost', async () => {
    const seen: string[] = [];
    const reading = (async (): Promise<void> => {
      for await (const { action } of engine.events(never, () => { server.emit('start', 'a'); })) {
        seen.push(action);
        server.write('events', '{"Type":"container","Act');
        server.cut('events');
      }
    })();
    expect(await rejection(reading)).toMatchObject({ reason: 'lost' });
    expect(seen).toEqual(['start']);
  });

  test('of events that holds something else is malformed, and does not bring the process down', async () => {
    expect(await rejection(collect(engine.events(never, () => server.write('events', 'Sign in please\n'))))).toBeInstanceOf(MalformedStream);
  });

  test('of events ends with its signal, and the connection is given back', async () => {
    const stop = new AbortController();
    const reading = rejection(collect(engine.events(stop.signal, () => stop.abort())));
    expect(isAbort(await reading)).toBe(true);
    await until(server.onRequest, () => server.readers('events') === 0);
  });

  test('of output that ends inside a frame is malformed', async () => {
    const output = await engine.containerLogs('a', { follow: true, tty: false });
    server.write('logs a', Buffer.from([1, 0, 0, 0, 0, 0, 0, 9, 104]));
    server.end('logs a');
    expect(await rejection(collect(output))).toBeInstanceOf(MalformedStream);
  });

  test('of output with a terminal is passed on as it is', async () => {
    const output = await engine.containerLogs('a', { follow: true, tty: true });
    server.write('logs a', 'plain');
    server.end('logs a');
    expect((await collect(output)).map(({ data }) => Buffer.from(data).toString()).join('')).toBe('plain');
  });

  test('of a pull with an error in it is a failed pull, though its status was 200', async () => {
    server.intercept = (_request, response, asked) => {
      if (asked !== '/images/create') { return false; }
      response.writeHead(200).write('{"status":"Pulling from library/x","id":"latest"}\n');
      response.end('{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\n');
      return true;
    };
    const error = await rejection(collect(engine.pullImage('x')));
    expect(error).toBeInstanceOf(PullFailed);
    expect(error).toMatchObject({ kind: 'noSuchImage', reply: 'manifest unknown' });
  });

  test('of a pull that is cut is a lost engine', async () => {
    server.intercept = (_request, response, asked) => {
      if (asked !== '/images/create') { return false; }
      response.writeHead(200).write('{"status":"Downloading"}\n', () => response.destroy());
      return true;
    };
    expect(await rejection(collect(engine.pullImage('x')))).toMatchObject({ reason: 'lost' });
  });

  test('that nobody reads any more does not outlive its engine', async () => {
    const reading = rejection(collect(engine.containerStats('a', never)));
    await until(server.onRequest, () => server.readers('stats a') === 1);
    engine.dispose();
    expect(isAbort(await reading)).toBe(true);
    await until(server.onRequest, () => server.readers('stats a') === 0);
  });
});

describe('the calls', () => {
  test('speak the engine\'s API version when it is older than ours, and ours when it is newer', async () => {
    for (const [theirs, spoken] of [['1.24', '/v1.24/containers/json'], ['1.41', '/v1.41/containers/json'], ['1.99', '/v1.47/containers/json'], ['2.0', '/v1.47/containers/json']] as const) {
      const urls: string[] = [];
      const server = new EngineServer();
      server.intercept = (request, response, asked) => {
        urls.push(request.url?.split('?')[0] ?? '');
        if (asked === '/_ping') { response.writeHead(200, { 'Api-Version': theirs }).end('OK'); }
        return asked === '/_ping';
      };
      const port = await server.listen();
      const engine = await open({ kind: 'tcp', host: '127.0.0.1', port });
      await engine.negotiate();
      await engine.listContainers();
      expect(urls.at(-1)).toBe(spoken);
    }
  });

  test('go where the endpoint says, whatever DOCKER_HOST says', async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:9';
    onTestFinished(() => { if (before === undefined) { delete process.env.DOCKER_HOST; } else { process.env.DOCKER_HOST = before; } });
    await dockerServer();
    await connected();
  });

  test('about a container keep strange ids in their place', async () => {
    const server = await dockerServer();
    const engine = await connected();
    await rejection(engine.inspectContainer('../images/x?y=1'));
    expect(server.requests.at(-1)).toBe('GET /containers/..%2Fimages%2Fx%3Fy%3D1/json');
  });

  test('that change a state succeed when it was so already', async () => {
    const server = await dockerServer();
    const engine = await connected();
    server.intercept = (_request, response) => { response.writeHead(304).end(); return true; };
    await engine.startContainer('a');
    await engine.stopContainer('a');
  });

  test('find no image where the engine has none, and fail where it fails', async () => {
    const server = await dockerServer();
    const engine = await connected();
    server.intercept = (_request, response) => { response.writeHead(404).end('{"message":"No such image: x"}'); return true; };
    expect(await engine.inspectImage('x')).toBeUndefined();
    server.intercept = (_request, response) => { response.writeHead(500).end('{"message":"oops"}'); return true; };
    expect(await rejection(engine.inspectImage('x'))).toMatchObject({ status: 500 });
  });

  test('that wait are aborted by their signal, after the headers too', async () => {
    const server = await dockerServer();
    const engine = await connected();
    const stop = new AbortController();
    server.intercept = (_request, response) => { response.writeHead(200).flushHeaders(); setImmediate(() => stop.abort()); return true; };
    expect(isAbort(await rejection(engine.waitContainer('a', stop.signal)))).toBe(true);
  });
});

test('who answers a question by another protocol is no Docker engine', async () => {
  await serveBytes((socket) => { socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello')); });
  expect((await negotiationError()).reason).toBe('notDocker');
});
