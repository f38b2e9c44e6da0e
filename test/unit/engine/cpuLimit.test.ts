import { beforeEach, describe, expect, test } from 'vitest';
import { cpuLimitOf, LimitNotApplied, LimitNotLasting, LimitNotSupported, parsePercent, readCpuLimit, setCpuLimit } from '../../../src/engine/cpuLimit';
import type { CpuConfig } from '../../../src/engine/engine';
import { Conflict, explainRefusal, NotFound } from '../../../src/engine/errors';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';

const none: CpuConfig = { nanoCpus: 0, cpuQuota: 0, cpuPeriod: 0 };

describe('the limit of a container', () => {
  test.each<[string, Partial<CpuConfig>, ReturnType<typeof readCpuLimit>]>([
    ['nothing set is none', {}, undefined],
    ['a quota of -1 is none', { cpuQuota: -1, cpuPeriod: 100_000 }, undefined],
    ['a period alone is none', { cpuPeriod: 50_000 }, undefined],
    ['a quota is measured in its period', { cpuQuota: 10_000, cpuPeriod: 100_000 }, { cores: 0.1, dialect: 'CpuQuota' }],
    ['a period of its own counts', { cpuQuota: 10_000, cpuPeriod: 20_000 }, { cores: 0.5, dialect: 'CpuQuota' }],
    ['without a period, the kernel\'s of 100 ms is meant', { cpuQuota: 150_000 }, { cores: 1.5, dialect: 'CpuQuota' }],
    ['a quota of -1 beside --cpus is none', { nanoCpus: 250_000_000, cpuQuota: -1 }, undefined],
    ['--cpus is NanoCpus', { nanoCpus: 250_000_000 }, { cores: 0.25, dialect: 'NanoCpus' }],
  ])('%s', (_, cpu, limit) => {
    expect(readCpuLimit({ ...none, ...cpu })).toEqual(limit);
  });
});

describe('a typed percentage', () => {
  test.each([['10', 0.1], ['10%', 0.1], [' 12.5 % ', 0.125], ['12,5', 0.125], ['1', 0.01], ['100', 1], ['400', 4], ['0.999', undefined], ['401', undefined], ['0', undefined], ['-5', undefined], ['', undefined], ['ten', undefined], ['1e1', undefined], ['10 % 5', undefined], ['9999999', undefined], ['NaN', undefined], ['0x10', undefined]])('%j on a machine of four CPUs is %s cores', (text, cores) => {
    expect(parsePercent(text, 4)).toBe(cores);
  });
});

describe('setting a limit', () => {
  let engine: ScriptedEngine;
  beforeEach(() => { engine = new ScriptedEngine(); });
  const start = (cpu: Partial<CpuConfig> = {}): void => engine.addContainer('c1', {}, { name: 'demo', cpu: { ...none, ...cpu } });
  const updates = (): unknown[] => engine.calls.filter((call) => call.startsWith('updateContainer')).map((call) => JSON.parse(call.slice('updateContainer c1 '.length)) as unknown);

  test('on a container without one speaks of quota and period, and says what was before', async () => {
    start();
    expect(await setCpuLimit(engine, 'c1', 0.1)).toBeUndefined();
    expect(updates()).toEqual([{ cpuPeriod: 100_000, cpuQuota: 10_000 }]);
  });

  test('on a container with a quota keeps to quotas, in our period', async () => {
    start({ cpuQuota: 25_000, cpuPeriod: 50_000 });
    expect(await setCpuLimit(engine, 'c1', 0.1)).toEqual({ cores: 0.5, dialect: 'CpuQuota' });
    expect(updates()).toEqual([{ cpuPeriod: 100_000, cpuQuota: 10_000 }]);
  });

  test('on a container started with --cpus keeps to NanoCpus, which the engine insists on', async () => {
    start({ nanoCpus: 2_000_000_000 });
    expect(await setCpuLimit(engine, 'c1', 0.1)).toEqual({ cores: 2, dialect: 'NanoCpus' });
    expect(updates()).toEqual([{ nanoCpus: 100_000_000 }]);
  });

  test('lifting a quota asks for -1: 0 would change nothing', async () => {
    start({ cpuQuota: 10_000, cpuPeriod: 100_000 });
    expect((await setCpuLimit(engine, 'c1', undefined))?.cores).toBe(0.1);
    expect(updates()).toEqual([{ cpuQuota: -1 }]);
    expect(await cpuLimitOf(engine, 'c1')).toBeUndefined();
  });

  test('lifting --cpus asks for all that the machine has: a quota of -1 would win over every later limit', async () => {
    start({ nanoCpus: 100_000_000 });
    expect((await setCpuLimit(engine, 'c1', undefined))?.cores).toBe(0.1);
    expect(updates()).toEqual([{ nanoCpus: 4_000_000_000 }]);
    expect(await cpuLimitOf(engine, 'c1')).toBeUndefined();
  });

  test('where --cpus was lifted by a quota of -1 in a terminal says that it would not last, and changes nothing', async () => {
    start({ nanoCpus: 100_000_000, cpuQuota: -1 });
    expect(await cpuLimitOf(engine, 'c1')).toBeUndefined();
    expect(await rejection(setCpuLimit(engine, 'c1', 0.1))).toBeInstanceOf(LimitNotLasting);
    expect(updates()).toEqual([]);
  });

  test.each([[3.5, 3.5], [4, undefined], [8, undefined], [3, 3]])('of --cpus %d on a machine of four CPUs counts as %s', async (cores, limit) => {
    start({ nanoCpus: cores * 1e9 });
    expect((await cpuLimitOf(engine, 'c1'))?.cores).toBe(limit);
  });

  test('that the engine accepted and did not apply is an error', async () => {
    start();
    engine.update = (cpu) => cpu;
    const error = await rejection(setCpuLimit(engine, 'c1', 0.1));
    expect(error).toBeInstanceOf(LimitNotApplied);
    expect((error as Error).message).toContain('demo');
  });

  test('that the engine did not lift is an error', async () => {
    start({ cpuQuota: 10_000, cpuPeriod: 100_000 });
    engine.update = (cpu) => cpu;
    expect(await rejection(setCpuLimit(engine, 'c1', undefined))).toBeInstanceOf(LimitNotApplied);
  });

  test('on an engine without such a call (Podman\'s bare 404) says so', async () => {
    start();
    engine.before = (call) => { if (call.startsWith('updateContainer')) { throw explainRefusal(404, 'Not Found'); } };
    const error = await rejection(setCpuLimit(engine, 'c1', 0.1));
    expect(error).toBeInstanceOf(LimitNotSupported);
    expect((error as Error).message).toContain('--cpus 0.1');
  });

  test('on a container that went meanwhile says that it is gone', async () => {
    start();
    engine.before = (call) => { if (call.startsWith('updateContainer')) { engine.containers.clear(); } };
    expect(await rejection(setCpuLimit(engine, 'c1', 0.1))).toBeInstanceOf(NotFound);
  });

  test('passes the engine\'s refusal on', async () => {
    start();
    engine.before = (call) => { if (call.startsWith('updateContainer')) { throw explainRefusal(409, 'Conflicting options: CPU Quota cannot be set as NanoCPUs has already been set'); } };
    expect(await rejection(setCpuLimit(engine, 'c1', 0.1))).toBeInstanceOf(Conflict);
  });

  test('and undoing it brings back what was', async () => {
    start({ cpuQuota: 150_000, cpuPeriod: 100_000 });
    const before = await setCpuLimit(engine, 'c1', 0.1);
    await setCpuLimit(engine, 'c1', before?.cores);
    expect(readCpuLimit(engine.containers.get('c1')?.details.cpu ?? none)).toEqual({ cores: 1.5, dialect: 'CpuQuota' });
  });
});

test('a long row of blanks takes no time', () => {
  const from = performance.now();
  expect(parsePercent(`1${' '.repeat(300_000)}1`, 4)).toBeUndefined();
  expect(parsePercent(`  15${' '.repeat(300_000)}% `, 4)).toBe(0.15);
  expect(performance.now() - from).toBeLessThan(1_000);
});
