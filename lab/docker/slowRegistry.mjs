import { createServer, request } from 'node:http';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { onExit } from '../cleanup.mjs';

/** Small enough for a smooth progress bar, large enough not to keep a core busy. */
const SLICES_A_SECOND = 20;

/**
 * A registry that hands out layers slowly, so that the progress of a pull can be watched and a pull cancelled. It
 * stands before the real one and lives in this process. Without a speed it only passes on, to engines in another network.
 * @param {{ upstreamPort: number, bytesPerSecond?: number, port?: number, address?: string }} options the speed of each layer
 * @returns {Promise<{ port: number, url: string, stop(): Promise<void> }>}
 */
export async function startSlowRegistry({ upstreamPort, bytesPerSecond, port = 0, address = '127.0.0.1' }) {
  const server = createServer((incoming, outgoing) => {
    const { url, method, headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port: upstreamPort, path: url, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const isLayer = method === 'GET' && /\/blobs\//.test(url ?? '');
      if (isLayer && bytesPerSecond) answer.pipe(throttle(bytesPerSecond)).pipe(outgoing);
      else answer.pipe(outgoing);
    });
    upstream.once('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(error.message);
    });
    // A cancelled pull closes its connection.
    outgoing.once('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(undefined));
  });
  const stop = () =>
    new Promise((resolve) => {
      forget();
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    });
  const forget = onExit(stop);
  const chosen = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  return { port: chosen, url: `http://${address}:${chosen}`, stop };
}

/** @param {number} bytesPerSecond */
function throttle(bytesPerSecond) {
  const slice = Math.max(1, Math.floor(bytesPerSecond / SLICES_A_SECOND));
  return new Transform({
    async transform(chunk, _encoding, done) {
      for (let at = 0; at < chunk.length && !this.destroyed; at += slice) {
        this.push(chunk.subarray(at, at + slice));
        await sleep(1_000 / SLICES_A_SECOND);
      }
      done();
    },
  });
}
