import { describe, expect, test } from 'vitest';
import { Meter, rateBetween, type Reading } from '../../../src/cgroup/meter';

/** A reading at a time in milliseconds. */
function at(millis: number, usageMicros: number, nrPeriods = 0, nrThrottled = 0): Reading {
  return { at: millis, usageMicros, nrPeriods, nrThrottled, throttledMicros: 0 };
}

describe('between two readings', () => {
  test('one core fully busy is 1 CPU second per second', () => {
    expect(rateBetween(at(0, 0), at(2_000, 2_000_000))).toEqual({ cores: 1, seconds: 2, periods: 0, throttledPeriods: 0, throttledShare: null });
  });

  test('a tenth of a core, throttled in 19 of 20 periods, is told so', () => {
    expect(rateBetween(at(1_000, 500_000, 100, 90), at(3_000, 700_000, 120, 109))).toEqual({ cores: 0.1, seconds: 2, periods: 20, throttledPeriods: 19, throttledShare: 0.95 });
  });

  test('the share is never more than all: the two counters are not read in one instant', () => {
    expect(rateBetween(at(0, 0, 10, 10), at(1_000, 0, 19, 20))?.throttledShare).toBe(1);
  });

  test.each([['no time passed', at(5, 0), at(5, 1)], ['time went back', at(5, 0), at(4, 1)], ['the usage went back', at(0, 10), at(5, 9)], ['the periods went back', at(0, 0, 2), at(5, 0, 1)], ['the throttled periods went back', at(0, 0, 5, 2), at(5, 0, 5, 1)]])('there is no rate when %s', (_, from, to) => {
    expect(rateBetween(from, to)).toBeUndefined();
  });
});

describe('the meter', () => {
  test('has nothing to say after one reading', () => {
    expect(new Meter().push(at(0, 0))).toBeUndefined();
  });

  test('tells the rate of the last second, not the rhythm of the periods within', () => {
    const meter = new Meter();
    const rates = Array.from({ length: 20 }, (_, i) => meter.push(at(i * 200, Math.floor(i / 2) * 40_000)));
    for (const rate of rates.slice(6)) { expect(rate?.cores).toBeCloseTo(0.1, 1); }
    expect(rates.at(-1)?.seconds).toBe(1);
  });

  test('shows a change in full one second later', () => {
    const meter = new Meter();
    for (let i = 0; i <= 10; i += 1) { meter.push(at(i * 200, i * 200_000)); }
    const after = Array.from({ length: 5 }, (_, i) => meter.push(at(2_200 + i * 200, 2_000_000 + (i + 1) * 20_000)));
    expect(after[0]?.cores).toBeCloseTo(0.82);
    expect(after[4]?.cores).toBeCloseTo(0.1);
  });

  test('with one reading a second looks at one second', () => {
    const meter = new Meter();
    meter.push(at(0, 0));
    meter.push(at(1_000, 1_000_000));
    expect(meter.push(at(2_000, 1_100_000))).toMatchObject({ cores: 0.1, seconds: 1 });
  });

  test('begins anew after a silence: what happened meanwhile is not known', () => {
    const meter = new Meter();
    meter.push(at(0, 0));
    expect(meter.push(at(5_001, 5_000_000))).toBeUndefined();
    expect(meter.push(at(5_201, 5_020_000))?.cores).toBeCloseTo(0.1);
  });

  test('begins anew when the counters do: the container was restarted', () => {
    const meter = new Meter();
    meter.push(at(0, 9_000_000, 50, 40));
    expect(meter.push(at(200, 1_000))).toBeUndefined();
    expect(meter.push(at(400, 201_000))?.cores).toBeCloseTo(1);
  });
});
