import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log';
import { ContainerStore } from '../../../src/engine/containers';
import type { CpuConfig } from '../../../src/engine/engine';
import { LimitHistory } from '../../../src/engine/limitHistory';
import { FakeClock } from '../support/fakeClock';
import { ScriptedEngine } from '../support/scriptedEngine';

let engine: ScriptedEngine;
let clock: FakeClock;
let store: ContainerStore;
let history: LimitHistory;

beforeEach(() => {
  engine = new ScriptedEngine();
  clock = new FakeClock(1_000);
  store = new ContainerStore(silentLog);
  history = new LimitHistory(store, clock);
});

async function limit(cores: number | undefined): Promise<void> {
  const cpu: CpuConfig = { nanoCpus: 0, cpuQuota: cores === undefined ? -1 : cores * 100_000, cpuPeriod: 100_000 };
  engine.addContainer('a', {}, { cpu });
  await store.refresh('a');
}

async function start(cores?: number): Promise<void> {
  await limit(cores);
  await store.load(engine);
  await store.refresh('a');
}

test('each change is kept with its time, what was and what is', async () => {
  await start();
  clock.millis = 2_000;
  await limit(0.1);
  clock.millis = 3_000;
  await limit(0.5);
  clock.millis = 4_000;
  await limit(undefined);
  expect(history.of('a').changes).toEqual([{ at: 2_000, before: null, after: 0.1 }, { at: 3_000, before: 0.1, after: 0.5 }, { at: 4_000, before: 0.5, after: null }]);
});

test('a change of something else is none', async () => {
  await start(0.1);
  const known = history.of('a').changes.length;
  engine.addContainer('a', { state: 'paused' }, { cpu: { nanoCpus: 100_000_000, cpuQuota: 0, cpuPeriod: 0 } });
  await store.refresh('a');
  expect(history.of('a').changes).toHaveLength(known);
});

test('after a gap it begins anew, and says since when', async () => {
  await start();
  await limit(0.1);
  clock.millis = 9_000;
  store.clear();
  expect(history.of('a')).toEqual({ since: 9_000, changes: [] });
});

test('a removed container is forgotten', async () => {
  await start();
  await limit(0.1);
  store.accept({ type: 'container', action: 'destroy', id: 'a', attributes: {}, at: 0 });
  expect(history.of('a').changes).toEqual([]);
});

test('no more than a hundred are kept, the latest', async () => {
  await start();
  for (let i = 1; i <= 150; i += 1) {
    clock.millis = 10_000 + i;
    await limit(i / 1_000);
  }
  const { changes } = history.of('a');
  expect(changes).toHaveLength(100);
  expect(changes.at(-1)).toEqual({ at: 10_150, before: 0.149, after: 0.15 });
});

test('nothing is kept after its end', async () => {
  await start();
  history.dispose();
  await limit(0.1);
  expect(history.of('a').changes).toEqual([]);
});
