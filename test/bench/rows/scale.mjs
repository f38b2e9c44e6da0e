// 10, 100, 1,000 and 5,000 containers of an engine that is a script: the first list, what they take of memory, and what one change costs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, enginesAt } from '../source.mjs';

const COUNTS = [10, 100, 1_000, 5_000];
const LISTS = 7;
const CHANGES = 400;
/** "The same": within what two runs of the same differ by. */
const SAME = 1.2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  try {
    const figures = [];
    const costs = [];
    for (const count of COUNTS) {
      log(`${count} containers`);
      const { list, bare, memory, change, cpu } = await withEngine(folder, count, (rename, host, socket) => measured(ours, folder, count, rename, host, socket));
      costs.push(quantile(change, 0.5));
      figures.push(
        { what: `${count} containers: from nothing to all of them known`, unit: 'ms', ours: spread(list), beside: { what: 'GET /containers/json?all=1', value: spread(bare) } },
        { what: `${count} containers: memory`, unit: 'MB', ours: spread(memory) },
        { what: `${count} containers: CPU of our process for one change`, unit: 'ms', ours: spread(cpu) },
        { what: `${count} containers: from the event to our change event`, unit: 'ms', ours: spread(change), ...count === COUNTS.at(-1) && { goal: atMost(`≤ ${SAME} × that of ${COUNTS[0]}`, SAME, costs.at(-1) / costs[0]) } },
      );
    }
    return figures;
  } finally {
    remove();
  }
}

async function withEngine(folder, count, work) {
  const socket = join(folder, `${count}.sock`);
  const child = fork(join(import.meta.dirname, '../scriptedEngineProcess.mjs'), [socket, String(count)]);
  try {
    await once(child, 'message');
    return await work((place, name) => child.send({ place, name }), `unix://${socket}`, socket);
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

async function measured(ours, folder, count, rename, host, socketPath) {
  const [list, bare] = [[], []];
  for (let round = 0; round < LISTS; round += 1) {
    let from = performance.now();
    await new Promise((resolve, reject) => { request({ socketPath, path: '/containers/json?all=1' }, (response) => { text(response).then(JSON.parse).then(resolve, reject); }).on('error', reject).end(); });
    bare.push(performance.now() - from);
    from = performance.now();
    (await enginesAt(ours, host, folder)).dispose();
    list.push(performance.now() - from);
  }
  collect();
  const before = process.memoryUsage().heapUsed;
  const engines = await enginesAt(ours, host, folder);
  // Until the limits of those that run are read, too.
  await sleep(1_500);
  collect();
  const memory = Math.max(0, process.memoryUsage().heapUsed - before) / 1e6;
  const [change, cpu] = [[], []];
  for (let turn = -50; turn < CHANGES; turn += 1) {
    const usedBefore = process.cpuUsage();
    const from = performance.now();
    const changed = new Promise((resolve) => {
      const subscription = engines.onDidChangeContainers(() => {
        subscription.dispose();
        resolve();
      });
    });
    rename(turn % count, `renamed-${turn}`);
    await changed;
    const millis = performance.now() - from;
    const { user, system } = process.cpuUsage(usedBefore);
    if (turn >= 0) {
      change.push(millis);
      cpu.push((user + system) / 1_000);
    }
  }
  engines.dispose();
  return { list, bare, memory, change, cpu };
}
