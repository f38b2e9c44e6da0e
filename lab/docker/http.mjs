import { request as httpRequest } from 'node:http';

/**
 * One request, over a unix socket or to a port of this machine, and the whole answer. Enough for pings, clean-up and
 * pushes; the lab needs no client library.
 * @param {{ socketPath: string } | { port: number }} where
 * @param {string} path
 * @param {{ method?: string, headers?: Record<string, string>, body?: string | Buffer, timeoutMs?: number }} [options]
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, body: string }>}
 */
export function request(where, path, { method = 'GET', headers = {}, body, timeoutMs } = {}) {
  const target = 'port' in where ? { host: '127.0.0.1', port: where.port } : { socketPath: where.socketPath };
  const signal = timeoutMs ? AbortSignal.timeout(timeoutMs) : undefined;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = httpRequest({ ...target, path, method, headers: { host: 'localhost', ...length, ...headers }, agent: false, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      answer.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/**
 * Whether something answers there with 200.
 * @param {{ socketPath: string } | { port: number }} where
 * @param {string} path
 */
export async function answers(where, path) {
  try {
    return (await request(where, path, { timeoutMs: 2_000 })).status === 200;
  } catch {
    return false;
  }
}
