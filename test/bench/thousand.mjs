import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { request } from '../../lab/docker/http.mjs';
import { viewPane } from '../../lab/drive.mjs';
import { openEngine } from '../../lab/engine.mjs';

export const CONTAINERS = 1_000;
export const RUNNING = 100;

/**
 * An engine with a thousand containers of which a hundred run, told by its API and its command.
 * @param {(line: string) => void} log
 */
export async function openThousand(log) {
  const folder = mkdtempSync(join(process.cwd(), 'node_modules/.hc-bench-'));
  const engine = await openEngine({ name: 'bench-thousand', fresh: true, keepImages: true, log });
  const close = async () => {
    await engine.close({ remove: true });
    rmSync(folder, { recursive: true, force: true });
  };
  const api = async (method, path, body) => {
    const answer = await request({ socketPath: engine.socket }, path, { method, ...body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }, timeoutMs: 60_000 });
    if (answer.status >= 400) { throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`); }
    return answer.body === '' ? undefined : JSON.parse(answer.body);
  };
  const create = async (name) => (await api('POST', `/containers/create?name=${name}`, { Image: 'busybox', Cmd: ['sleep', '1000000'], Labels: { 'com.docker.compose.project': `project-${name.length}` } })).Id;
  const docker = (...args) => execFileSync('docker', ['--host', engine.host, ...args], { encoding: 'utf8', maxBuffer: 64e6 });
  try {
    log(`making ${CONTAINERS} containers`);
    const ids = await inParallel(Array.from({ length: CONTAINERS }, (_, index) => `bench-${String(index).padStart(4, '0')}`), 4, create);
    // The newest run: they come first in the view.
    const running = ids.slice(-RUNNING);
    await inParallel(running, 2, (id) => api('POST', `/containers/${id}/start`));
    return { engine, folder, running, api, create, docker, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The rows of the containers view. */
export function rowsOf(page) { return viewPane(page, 'Containers').locator('.monaco-list-row'); }

export async function inParallel(items, atOnce, work) {
  const results = [];
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  }));
  return results;
}
