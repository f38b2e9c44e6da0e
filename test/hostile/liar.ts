import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from '../unit/support/tempDir';

/** Bytes of an answer, headers first, in the order in which they are sent. */
export type Lie = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

export interface Asked {
  method: string;
  /** Without the API's version, with the query. */
  path: string;
  /** Aborted when the client has hung up. */
  gone: AbortSignal;
}

export interface Liar {
  path: string;
  /** Sent so far, over all connections. */
  sentBytes: number;
  asked: string[];
}

export const head = 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n';

/** An answer of known length. */
export function whole(body: string | Uint8Array, first = head): Lie {
  return [`${first}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`, body];
}

/** An answer that goes on until the connection is closed. */
export async function* open(...parts: Lie[]): Lie {
  yield `${head}Connection: close\r\n\r\n`;
  for (const part of parts) { yield* part; }
}

const theEnd = new Uint8Array(0);

/** Bytes as they are, and then the connection's end, whatever their headers say. */
export function cut(bytes: string | Uint8Array): Lie {
  return [bytes, theEnd];
}

/** So many bytes of this, a large piece at a time. */
export function* much(bytes: number, text = 'x'): Generator<Uint8Array, void, undefined> {
  const piece = Buffer.from(text.repeat(Math.ceil(256 * 1024 / text.length)));
  for (let left = bytes; left > 0; left -= piece.length) { yield left < piece.length ? piece.subarray(0, left) : piece; }
}

/**
 * A server of bytes at a unix socket, where an engine is expected. What it is not told to lie about it answers as an engine without
 * containers would. Sends no faster than it is read.
 */
export async function serveLies(lie: (asked: Asked) => Lie | undefined): Promise<Liar> {
  const liar: Liar = { path: join(tempDir(), 'docker.sock'), sentBytes: 0, asked: [] };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const gone = new AbortController();
    socket.on('error', () => { });
    socket.on('close', () => { sockets.delete(socket); gone.abort(); });
    let read = '';
    let turn = Promise.resolve();
    socket.setEncoding('latin1').on('data', (text: string) => {
      read += text;
      // Requests of ours have no body but small JSON ones: what follows the headers is not looked at.
      for (let match = requestLine.exec(read); match !== null; match = requestLine.exec(read)) {
        read = read.slice(match.index + match[0].length);
        const [method = '', path = ''] = [match[1], match[2]?.replace(/^\/v\d+\.\d+/, '').replace(/\?$/, '')];
        liar.asked.push(`${method} ${path}`);
        const answer = lie({ method, path, gone: gone.signal }) ?? honest(path);
        turn = turn.then(() => send(socket, answer, liar));
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(liar.path, resolve); });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) { socket.destroy(); }
  });
  return liar;
}

const requestLine = /(GET|POST|DELETE) (\S+) HTTP\/1\.1\r\n[^]*?\r\n\r\n/;

async function send(socket: Socket, answer: Lie, liar: Liar): Promise<void> {
  let first = '';
  for await (const part of answer) {
    if (first === '') { first = Buffer.from(part).toString('latin1', 0, 1_000); }
    if (socket.destroyed) { return; }
    if (part === theEnd) { socket.end(); }
    liar.sentBytes += Buffer.byteLength(part);
    if (!socket.write(part)) {
      await new Promise<void>((resolve) => {
        const on = (): void => { socket.off('drain', on).off('close', on); resolve(); };
        socket.once('drain', on).once('close', on);
      });
    }
  }
  if (/Connection: close/i.test(first)) { socket.end(); }
}

/** What an engine of no interest says. */
export function honest(path: string): Lie {
  const json = (value: unknown): Lie => whole(JSON.stringify(value));
  if (path === '/_ping') { return whole('OK'); }
  if (path === '/info') { return json({ ID: 'LIAR', Name: 'liar', NCPU: 4 }); }
  if (path === '/version') { return json({ Version: '20.10.24', ApiVersion: '1.41' }); }
  if (path.startsWith('/containers/json')) { return json([]); }
  if (/^\/containers\/[^/]+\/json/.test(path)) { return json({ Id: 'a', Name: '/a', State: { Status: 'running' }, Config: {}, HostConfig: {} }); }
  if (/^\/containers\/[^/]+\/exec/.test(path)) { return json({ Id: 'e' }); }
  if (path.startsWith('/events')) { return forever(`${head}Transfer-Encoding: chunked\r\n\r\n`); }
  return whole('{"message":"no such thing"}', 'HTTP/1.1 404 Not Found\r\n');
}

/** The beginning of an answer, and then nothing. */
export async function* forever(beginning: string): Lie {
  yield beginning;
  await new Promise(() => { });
}

/** Drips: a piece, and so many milliseconds of nothing. */
export async function* drip(beginning: string, text: string, millis: number, gone: AbortSignal): Lie {
  yield beginning;
  while (!gone.aborted) {
    yield text;
    await new Promise((resolve) => { setTimeout(resolve, millis); });
  }
}
