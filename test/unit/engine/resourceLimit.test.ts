import { beforeEach, describe, expect, test } from 'vitest';
import { parseResourceLimit, readResourceLimit, ResourceLimitNotApplied, setResourceLimit } from '../../../src/engine/resourceLimit';
import { ScriptedEngine } from '../support/scriptedEngine';

describe('what is typed', () => {
  test.each([
    ['memory', '256m', 256 * 1024 ** 2], ['memory', '1.5 GB', 1.5 * 1024 ** 3], ['memory', '100MiB', 100 * 1024 ** 2], ['memory', '8388608', 8_388_608], ['memory', '8388608b', 8_388_608],
    ['pids', '100', 100], ['pids', ' 1 ', 1], ['cpuShares', '512', 512],
  ] as const)('as %s, "%s" is %d', (kind, text, value) => { expect(parseResourceLimit(kind, text)).toBe(value); });

  test.each([
    ['memory', '5m'], ['memory', '-1'], ['memory', '1e9'], ['memory', 'a lot'], ['memory', '9999999999999999t'], ['memory', ''],
    ['pids', '0'], ['pids', '1.5'], ['pids', '99999999'], ['cpuShares', '1'], ['cpuShares', '262145'],
  ] as const)('as %s, "%s" is none', (kind, text) => { expect(parseResourceLimit(kind, text)).toBeUndefined(); });
});

describe('a limit', () => {
  let engine: ScriptedEngine;
  beforeEach(() => {
    engine = new ScriptedEngine();
    engine.addContainer('c1');
  });
  const now = async (kind: 'memory' | 'pids' | 'cpuShares'): Promise<number | undefined> => readResourceLimit((await engine.inspectContainer('c1')).resources, kind, await engine.facts());

  test.each([['memory', 64 * 1024 ** 2], ['pids', 50], ['cpuShares', 256]] as const)('of %s is set, read back and lifted, and says what was there before', async (kind, value) => {
    expect(await setResourceLimit(engine, 'c1', kind, value)).toBeUndefined();
    expect(await now(kind)).toBe(value);
    expect(await setResourceLimit(engine, 'c1', kind, undefined)).toBe(value);
    expect(await now(kind)).toBeUndefined();
  });

  test('of memory comes with as much swap, as Docker does it; lifting raises it to the machine\'s memory', async () => {
    await setResourceLimit(engine, 'c1', 'memory', 64 * 1024 ** 2);
    await setResourceLimit(engine, 'c1', 'memory', undefined);
    expect(engine.calls.filter((call) => call.startsWith('updateContainer'))).toEqual([
      'updateContainer c1 {"memoryBytes":67108864,"memorySwapBytes":134217728}', 'updateContainer c1 {"memoryBytes":8000000000,"memorySwapBytes":16000000000}',
    ]);
  });

  test('that the engine drops is an error with the engine\'s own reason', async () => {
    engine.updateWarnings = ['Your kernel does not support pids limit capabilities.'];
    await expect(setResourceLimit(engine, 'c1', 'pids', 50)).rejects.toThrow(new ResourceLimitNotApplied('name-of-c1', engine.updateWarnings));
  });

  test('of 1024 shares is the usual weight, and none', async () => {
    await setResourceLimit(engine, 'c1', 'cpuShares', 512);
    expect(await setResourceLimit(engine, 'c1', 'cpuShares', 1024)).toBe(512);
    expect(await now('cpuShares')).toBeUndefined();
  });
});
