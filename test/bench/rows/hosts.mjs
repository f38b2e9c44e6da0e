// 20 engines of 200 containers each in one view: when all are known, and what the others pay for one that is dead and one that takes two
// seconds for each answer.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { run } from '../../../lab/processes.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, silentLog } from '../source.mjs';

const ENGINES = 20;
const CONTAINERS = 200;
const ROUNDS = 7;
const CHANGES = 100;
const LATE_MILLIS = 2_000;
/** "Nothing": within what two runs of the same differ by. */
const NOTHING = 1.2;

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  const children = [];
  try {
    const start = async (name, lateMillis = 0) => {
      const child = fork(join(import.meta.dirname, '../scriptedEngineProcess.mjs'), [join(folder, `${name}.sock`), String(CONTAINERS), String(lateMillis)]);
      children.push(child);
      await once(child, 'message');
      return { name, child };
    };
    const well = [];
    for (let index = 0; index < ENGINES; index += 1) { well.push(await start(`host-${String(index).padStart(2, '0')}`)); }
    await start('slow', LATE_MILLIS);
    const all = well.map(({ name }) => name);
    const others = all.slice(0, ENGINES - 2);
    log('20 engines that answer');
    const good = await measured(ours, await contexts(folder, 'good', all), others, well[0].child);
    log('18, one that is dead and one that is slow');
    const bad = await measured(ours, await contexts(folder, 'bad', [...others, 'slow', 'dead']), others, well[0].child);
    return [
      { what: `${ENGINES} engines × ${CONTAINERS} containers: until the first ${others.length} are all known`, unit: 'ms', ours: spread(good.known) },
      {
        what: `${ENGINES} engines, one dead, one ${LATE_MILLIS / 1_000} s late with each answer: until the other ${others.length} are all known`, unit: 'ms', ours: spread(bad.known), beside: { what: 'when all answer', value: spread(good.known) },
        goal: atMost(`≤ ${NOTHING} × (nothing)`, NOTHING, quantile(bad.known, 0.5) / quantile(good.known, 0.5)),
      },
      {
        what: `${ENGINES} engines, one dead, one late: one change of another, from the event to our change event`, unit: 'ms', ours: spread(bad.change), beside: { what: 'when all answer', value: spread(good.change) },
        goal: atMost(`≤ ${NOTHING} × (nothing)`, NOTHING, quantile(bad.change, 0.5) / quantile(good.change, 0.5)),
      },
    ];
  } finally {
    for (const child of children) { child.disconnect(); }
    remove();
  }
}

/** A folder of the docker command's with a context for each engine. */
async function contexts(folder, name, engines) {
  const config = join(folder, name);
  for (const engine of engines) { await run('docker', ['--config', config, 'context', 'create', engine, '--docker', `host=unix://${join(folder, `${engine}.sock`)}`]); }
  return config;
}

async function measured(ours, config, awaited, child) {
  const known = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    (await enginesOf(ours, config, awaited)).dispose();
    known.push(performance.now() - from);
  }
  const engines = await enginesOf(ours, config, awaited);
  const change = [];
  for (let turn = 0; turn < CHANGES; turn += 1) {
    const from = performance.now();
    const changed = new Promise((resolve) => {
      const subscription = engines.onDidChangeContainers(({ change: { kind, container } }) => {
        if (kind !== 'changed' || container.name !== `turn-${turn}`) { return; }
        subscription.dispose();
        resolve();
      });
    });
    child.send({ place: turn % CONTAINERS, name: `turn-${turn}` });
    await changed;
    change.push(performance.now() - from);
  }
  // Names as they were: what follows waits for the same ones.
  for (let turn = 0; turn < CHANGES; turn += 1) { child.send({ place: turn % CONTAINERS, name: `bench-${turn}` }); }
  engines.dispose();
  return { known, change };
}

/** Our engines at these contexts, once all that are waited for have told their containers. */
async function enginesOf(ours, config, awaited) {
  const missing = new Set(awaited);
  const engines = new ours.Engines({
    finderInput: () => ({ choice: undefined, setting: '', env: { DOCKER_CONFIG: config }, platform: process.platform, homeDir: config }),
    connect: (endpoint, signal, _mayAsk, recorder) => ours.connect(endpoint, { signal, recorder, ssh: { path: 'ssh', env: process.env } }), clock: ours.systemClock, log: silentLog,
  });
  const there = new Promise((resolve) => {
    engines.onDidChangeContainers(({ engine, change }) => {
      if (change.kind !== 'reset' || engine.connection.containers.size !== CONTAINERS) { return; }
      missing.delete(engine.name);
      if (missing.size === 0) { resolve(); }
    });
  });
  engines.start();
  await there;
  return engines;
}
