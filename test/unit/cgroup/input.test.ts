import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCpuMax, checkGroupName, checkPid } from '../../../src/cgroup/input';

describe('the name of a group', () => {
  test.each(['demo', 'lesson-1', 'größe', '...', '.hidden', 'cpu', 'cgroup', 'tasks2', 'my.cpu.max', 'a:b', '-x', 'x'.repeat(255)])('%j is taken', (name) => {
    expect(checkGroupName(name)).toBeUndefined();
  });

  test.each([
    ['', 'needs a name'],
    ['.', 'stands for a folder'], ['..', 'stands for a folder'],
    ['a/b', 'slash'], ['/', 'slash'],
    ['a\nb', 'invisible'], ['a\tb', 'invisible'], ['a\0', 'invisible'], ['a\u200Bb', 'invisible'], ['\uD800', 'invisible'],
    ['a b', 'blanks'], [' ', 'blanks'], ['a\u00A0b', 'blanks'],
    ['x'.repeat(256), '256 bytes'], ['ü'.repeat(128), '256 bytes'],
    ['cgroup.procs', 'kernel'], ['cgroup.anything', 'kernel'], ['cpu.max', 'kernel'], ['cpuacct.usage', 'kernel'], ['memory.x', 'kernel'], ['tasks', 'kernel'], ['notify_on_release', 'kernel'], ['release_agent', 'kernel'],
  ])('%j is refused: %s', (name, fault) => {
    expect(checkGroupName(name)).toContain(fault);
  });

  test('what is taken is one part of a path', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
      if (checkGroupName(name) === undefined) { expect(new URL(`file:///top/${encodeURIComponent(name)}`).pathname).toMatch(/^\/top\/[^/]+$/); }
    }));
  });
});

describe('a limit', () => {
  test.each([[10_000, 100_000], [1_000, 1_000], [1_000, 1_000_000], [400_000, 100_000], [2 ** 44 - 1, 1_000_000]])('%d of each %d is taken', (quotaMicros, periodMicros) => {
    expect(checkCpuMax({ quotaMicros, periodMicros })).toBeUndefined();
  });

  const quotas: [number, string][] = [[NaN, 'not a number'], [-1, 'negative'], [-Infinity, 'negative'], [0, 'zero'], [999, 'under one millisecond'], [1_000.5, 'not a whole number'], [2 ** 44, 'more than the kernel can count'], [Infinity, 'more than the kernel can count'], [1e300, 'more than the kernel can count']];
  test.each(quotas)('a quota of %d is refused: %s', (quotaMicros, fault) => {
    expect(checkCpuMax({ quotaMicros, periodMicros: 100_000 })).toMatch(new RegExp(`quota.*${fault}|quota of ${fault}`));
  });

  const periods: [number, string][] = [[NaN, 'not a number'], [-1, 'negative'], [-Infinity, 'negative'], [0, 'zero'], [999, 'under one millisecond'], [1_000.5, 'not a whole number'], [1_000_001, 'over one second'], [Infinity, 'over one second']];
  test.each(periods)('a period of %d is refused: %s', (periodMicros, fault) => {
    expect(checkCpuMax({ quotaMicros: 10_000, periodMicros })).toMatch(new RegExp(`period.*${fault}`));
  });
});

describe('a process id', () => {
  test.each(['1', 1, '4194303', 4_194_303, ' 77\n', '007'])('%j is taken', (pid) => {
    expect(checkPid(pid)).toBeUndefined();
  });

  test.each([
    ['', 'is needed'], [' ', 'is needed'],
    ['ps', 'is not a process id'], ['12 13', 'is not a process id'], ['0x1f', 'is not a process id'], ['$!', 'is not a process id'], [NaN, 'is not a process id'], ['1e3', 'is not a process id'],
    ['-1', 'negative'], [-7, 'negative'], [-Infinity, 'negative'],
    ['0', '0 is no process'], [0, '0 is no process'], ['00', '0 is no process'],
    ['4194304', 'too large'], [Infinity, 'too large'], [1e300, 'too large'], ['99999999999999999999999999', 'too large'],
    ['1.5', 'without sign or fraction'], [1.5, 'without sign or fraction'], ['+5', 'without sign or fraction'],
  ])('%j is refused: %s', (pid, fault) => {
    expect(checkPid(pid)).toContain(fault);
  });
});

test('no input throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.double(), fc.double(), (text, a, b) => {
    for (const fault of [checkGroupName(text), checkPid(text), checkPid(a), checkCpuMax({ quotaMicros: a, periodMicros: b })]) {
      if (fault !== undefined) { expect(fault).toMatch(/\.$/); }
    }
  }));
});
