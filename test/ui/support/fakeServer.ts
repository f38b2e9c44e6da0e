import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real server on a unix socket of its own, where an engine is expected. */
export interface FakeServer {
  /** As the setting helloContainers.endpoint wants it. */
  endpoint: string;
  close(): Promise<void>;
}

/** Answers each request as the listener says. */
export async function serveHttp(listener: RequestListener): Promise<FakeServer> {
  const server = createServer(listener);
  return listen(server, () => server.closeAllConnections());
}

/** Speaks first, and not HTTP. */
export async function serveBanner(banner: string): Promise<FakeServer> {
  return listen(createSocketServer((socket) => {
    socket.on('error', () => { });
    socket.end(banner);
  }), () => { });
}

/** A socket's file whose server is gone, as a killed engine leaves it. */
export async function abandonSocket(): Promise<FakeServer> {
  const folder = makeFolder();
  const server = createSocketServer();
  await new Promise<void>((resolve) => { server.listen(join(folder, 'bound.sock'), resolve); });
  // A server removes its file when it closes: under the name that it gave it.
  renameSync(join(folder, 'bound.sock'), join(folder, 'left.sock'));
  await new Promise((resolve) => { server.close(resolve); });
  return { endpoint: `unix://${join(folder, 'left.sock')}`, close: () => removeFolder(folder) };
}

/** No socket at all, in a folder that exists. */
export function missingSocket(): FakeServer {
  const folder = makeFolder();
  return { endpoint: `unix://${join(folder, 'missing.sock')}`, close: () => removeFolder(folder) };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'api-version': '1.41' });
  response.end(JSON.stringify(value));
}

/** The path without the API's version and the query. */
export function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').replace(/^\/v\d+\.\d+/, '').replace(/\?.*$/, '');
}

async function listen(server: Server, cut: () => void): Promise<FakeServer> {
  const folder = makeFolder();
  const path = join(folder, 'fake.sock');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    endpoint: `unix://${path}`,
    close: async () => {
      const closed = new Promise((resolve) => { server.close(resolve); });
      cut();
      await closed;
      await removeFolder(folder);
    },
  };
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hc-fake-'));
}

function removeFolder(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  return Promise.resolve();
}
