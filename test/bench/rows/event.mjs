// From the engine's own time of an event to our event that a container changed, beside the arrival of the event's line on a bare stream.
// How long it takes to the screen is in the row "thousand".
import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { request } from '../../../lab/docker/http.mjs';
import { openEngine } from '../../../lab/engine.mjs';
import { run } from '../../../lab/processes.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, enginesAt } from '../source.mjs';

const CONTAINERS = 20;
const EVENTS = 200;
const [P50_MS, P99_MS] = [5, 50];
/** Milliseconds since the epoch, to the microsecond. */
const now = () => performance.timeOrigin + performance.now();

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  const lab = await openEngine({ name: 'bench-event', fresh: true, keepImages: true, log });
  const docker = async (...args) => (await run('docker', ['--host', lab.host, ...args])).trim();
  try {
    for (let index = 1; index < CONTAINERS; index += 1) { await docker('create', 'busybox', 'true'); }
    const id = await docker('run', '--detach', '--network', 'none', 'busybox', 'sleep', '100000');
    const engines = await enginesAt(ours, lab.host, folder);
    const stream = await bareEvents(lab.socket);
    const post = (path) => request({ socketPath: lab.socket }, `/containers/${id}/${path}`, { method: 'POST' });
    const renamed = await changes(engines, stream, id, 'rename', (turn) => post(`rename?name=renamed-${turn}`), (turn, { name }) => name === `renamed-${turn}`);
    const paused = await changes(engines, stream, id, 'pause and unpause', (turn) => post(turn % 2 === 0 ? 'pause' : 'unpause'), (turn, { state }) => state === (turn % 2 === 0 ? 'paused' : 'running'));
    stream.end();
    engines.dispose();
    return [...renamed, ...paused];
  } finally {
    await lab.close({ remove: true });
    remove();
  }
}

/** @param isDone whether the container is as the work has made it: what is asked again later tells of the same change a second time */
async function changes(engines, stream, id, what, work, isDone) {
  const [ours, bare] = [[], []];
  for (let turn = 0; turn < EVENTS; turn += 1) {
    const told = stream.next(id);
    const changed = new Promise((resolve) => {
      const subscription = engines.onDidChangeContainers(({ change }) => {
        if (change.kind !== 'changed' || change.container.id !== id || !isDone(turn, change.container)) { return; }
        subscription.dispose();
        resolve(now());
      });
    });
    await work(turn);
    const [{ engineAt, at }, changedAt] = await Promise.all([told, changed]);
    ours.push(changedAt - engineAt);
    bare.push(at - engineAt);
  }
  const value = spread(bare);
  return [
    { what: `${what}: from the engine's time of the event to our change event`, unit: 'ms', ours: spread(ours), beside: { what: 'its line on a bare stream', value }, goal: atMost(`median under ${P50_MS} ms`, P50_MS, quantile(ours, 0.5)) },
    { what: `${what}: the same, 99 %`, unit: 'ms', ours: spread(quantile(ours, 0.99)), beside: { what: 'its line', value: spread(quantile(bare, 0.99)) }, goal: atMost(`under ${P99_MS} ms`, P99_MS, quantile(ours, 0.99)) },
  ];
}

/** GET /events: when the next line about a container comes, and the engine's own time in it. */
async function bareEvents(socketPath) {
  const waiting = [];
  const response = await new Promise((resolve, reject) => { httpRequest({ socketPath, path: '/events' }, resolve).on('error', reject).end(); });
  response.on('error', () => { });
  createInterface({ input: response }).on('error', () => { }).on('line', (line) => {
    const at = now();
    const { Actor: { ID: id }, timeNano } = JSON.parse(line);
    const index = waiting.findIndex((one) => one.id === id);
    if (index >= 0) { waiting.splice(index, 1)[0].resolve({ at, engineAt: timeNano / 1e6 }); }
  });
  return { next: (id) => new Promise((resolve) => { waiting.push({ id, resolve }); }), end: () => response.destroy() };
}
