import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coresOf, formatCfs, formatCpuMax, parseCfs, parseCpuMax, parseCpuStatV1, parseCpuStatV2 } from '../../../src/cgroup/cpu';

const micros = fc.integer({ min: 0, max: 10 ** 12 });
const period = fc.integer({ min: 1_000, max: 1_000_000 });

describe('cpu.max of cgroup v2', () => {
  test.each([
    ['10000 100000\n', { quotaMicros: 10_000, periodMicros: 100_000 }],
    ['200000 50000', { quotaMicros: 200_000, periodMicros: 50_000 }],
    ['5000\n', { quotaMicros: 5_000, periodMicros: 100_000 }],
    ['max 100000\n', null],
    ['max', null],
    ['', undefined], ['\n', undefined], ['10000 100000 7', undefined], ['-1 100000', undefined], ['10000 0', undefined], ['ten hundred', undefined], ['10000\t100000', undefined], ['max max', undefined], ['1e4 100000', undefined],
  ])('%j reads as %o', (text, limit) => {
    expect(parseCpuMax(text)).toEqual(limit);
  });

  test('any limit reads as it was written', () => {
    fc.assert(fc.property(micros, period, (quotaMicros, periodMicros) => {
      expect(parseCpuMax(`${quotaMicros} ${periodMicros}\n`)).toEqual({ quotaMicros, periodMicros });
    }));
  });

  test('any limit, or none, reads as we write it', () => {
    fc.assert(fc.property(fc.option(fc.record({ quotaMicros: micros, periodMicros: period })), (max) => {
      expect(parseCpuMax(formatCpuMax(max))).toEqual(max);
    }));
  });
});

describe('cpu.cfs_quota_us and cpu.cfs_period_us of cgroup v1', () => {
  test.each([
    ['10000\n', '100000\n', { quotaMicros: 10_000, periodMicros: 100_000 }],
    ['-1\n', '100000\n', null],
    ['', '100000', undefined], ['10000', '', undefined], ['max', '100000', undefined], ['10000', '-1', undefined], ['10000', '0', undefined], ['1 0', '100000', undefined],
  ])('%j and %j read as %o', (quota, ofPeriod, limit) => {
    expect(parseCfs(quota, ofPeriod)).toEqual(limit);
  });

  test('any limit reads as it was written', () => {
    fc.assert(fc.property(micros, period, (quotaMicros, periodMicros) => {
      expect(parseCfs(`${quotaMicros}\n`, `${periodMicros}\n`)).toEqual({ quotaMicros, periodMicros });
    }));
  });

  test('any limit, or none, reads as we write it', () => {
    fc.assert(fc.property(fc.option(fc.record({ quotaMicros: micros, periodMicros: period })), (max) => {
      const texts = formatCfs(max);
      expect(parseCfs(texts.quota, texts.period)).toEqual(max);
    }));
  });
});

test('ten milliseconds of each hundred are a tenth of a core', () => {
  expect(coresOf({ quotaMicros: 10_000, periodMicros: 100_000 })).toBe(0.1);
  expect(coresOf({ quotaMicros: 400_000, periodMicros: 100_000 })).toBe(4);
});

describe('cpu.stat', () => {
  test('of cgroup v2 is read as the kernel writes it', () => {
    expect(parseCpuStatV2('usage_usec 1500000\nuser_usec 1400000\nsystem_usec 100000\ncore_sched.force_idle_usec 0\nnr_periods 41\nnr_throttled 40\nthrottled_usec 3600000\nnr_bursts 0\nburst_usec 0\n'))
      .toEqual({ usageMicros: 1_500_000, nrPeriods: 41, nrThrottled: 40, throttledMicros: 3_600_000 });
  });

  test('of a v2 group without the cpu controller has usage and nothing else', () => {
    expect(parseCpuStatV2('usage_usec 7\nuser_usec 6\nsystem_usec 1\n')).toEqual({ usageMicros: 7, nrPeriods: 0, nrThrottled: 0, throttledMicros: 0 });
  });

  test('of cgroup v1 counts in nanoseconds, and its usage is in another file', () => {
    expect(parseCpuStatV1('nr_periods 41\nnr_throttled 40\nthrottled_time 3600000000\n', '1500000000\n')).toEqual({ usageMicros: 1_500_000, nrPeriods: 41, nrThrottled: 40, throttledMicros: 3_600_000 });
  });

  test('any counters read as they were written, in any order', () => {
    fc.assert(fc.property(micros, micros, micros, micros, fc.boolean(), (usageMicros, nrPeriods, nrThrottled, throttledMicros, backwards) => {
      const lines = [`usage_usec ${usageMicros}`, `nr_periods ${nrPeriods}`, `nr_throttled ${nrThrottled}`, `throttled_usec ${throttledMicros}`];
      expect(parseCpuStatV2((backwards ? lines.toReversed() : lines).join('\n'))).toEqual({ usageMicros, nrPeriods, nrThrottled, throttledMicros });
      expect(parseCpuStatV1(`nr_periods ${nrPeriods}\nnr_throttled ${nrThrottled}\nthrottled_time ${throttledMicros * 1_000}\n`, `${usageMicros * 1_000}\n`)).toEqual({ usageMicros, nrPeriods, nrThrottled, throttledMicros });
    }));
  });
});

test('whatever the files hold, nothing throws and no counter is anything but a number of at least 0', () => {
  const text = fc.oneof(fc.string(), fc.array(fc.constantFrom('usage_usec', 'nr_periods', 'max', '-1', '10000', ' ', '\n', '\0', '99999999999999999999999', 'NaN')).map((parts) => parts.join('')));
  fc.assert(fc.property(text, text, (a, b) => {
    for (const limit of [parseCpuMax(a), parseCfs(a, b)]) {
      if (limit !== undefined && limit !== null) { expect(coresOf(limit)).toBeGreaterThanOrEqual(0); }
    }
    for (const { usageMicros, nrPeriods, nrThrottled, throttledMicros } of [parseCpuStatV2(a), parseCpuStatV1(a, b)]) {
      for (const value of [usageMicros, nrPeriods, nrThrottled, throttledMicros]) { expect(value).toBeGreaterThanOrEqual(0); }
    }
  }), { numRuns: 300 });
});

test('a counter of more digits than the kernel has is none', () => {
  expect(parseCpuStatV1('', '9'.repeat(400)).usageMicros).toBe(0);
  expect(parseCpuStatV1('', '18446744073709551615\n').usageMicros).toBeGreaterThan(1e16);
});
