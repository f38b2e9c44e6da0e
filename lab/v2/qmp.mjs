import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Talks to a running QEMU (https://www.qemu.org/docs/master/interop/qmp-spec.html).
 * @param {string} socketPath
 * @returns {Promise<{ command(name: string, args?: Record<string, unknown>): Promise<any>, close(): void }>}
 */
export async function connectQmp(socketPath) {
  const socket = createConnection(socketPath);
  await once(socket, 'connect');
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} */
  const waiting = [];
  const fail = (/** @type {Error} */ error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('QEMU has closed its monitor.')));
  const lines = createInterface({ input: socket });
  // It hands the socket's errors on.
  lines.on('error', fail);
  lines.on('line', (line) => {
    const answer = JSON.parse(line);
    // Greetings and events answer nothing.
    if (!('return' in answer) && !('error' in answer)) return;
    const asked = waiting.shift();
    if ('error' in answer) asked?.reject(new Error(`QEMU: ${answer.error.desc}`));
    else asked?.resolve(answer.return);
  });
  const command = (/** @type {string} */ name, args = {}) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      socket.write(`${JSON.stringify({ execute: name, arguments: args })}\n`);
    });
  await command('qmp_capabilities');
  return { command, close: () => void socket.destroy() };
}
