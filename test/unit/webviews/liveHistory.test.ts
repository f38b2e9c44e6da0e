import { beforeEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../../src/cgroup/meter';
import { LiveHistory } from '../../../src/webviews/liveHistory';
import type { LiveRate, LiveSample } from '../../../src/webviews/protocol';

let history: LiveHistory;
beforeEach(() => { history = new LiveHistory((cores) => cores === null ? 'no limit' : `${cores} cores`); });

function reading(at: number, usageMicros: number, nrPeriods = 0, nrThrottled = 0): Reading {
  return { at, usageMicros, nrPeriods, nrThrottled, throttledMicros: 0 };
}

function sample(at: number, cores: number | null = 1): LiveSample {
  return { at, cores, throttledShare: null, capCores: null };
}

/** Lines a second apart (or so many milliseconds), each with its rate. */
function lines(from: number, perSecond: readonly number[], step = 1_000): LiveRate[] {
  return perSecond.map((rate, i) => ({ at: from + i * step, perSecond: rate }));
}

describe('changes of the limit', () => {
  test('are marked, but the first word about it is none', () => {
    expect(history.capCores).toBeUndefined();
    expect(history.noteCap(0, null)).toBeUndefined();
    expect(history.noteCap(1_000, 0.1)).toEqual({ at: 1_000, capCores: 0.1, label: '0.1 cores' });
    expect(history.noteCap(2_000, null)).toEqual({ at: 2_000, capCores: null, label: 'no limit' });
    expect(history.markers.map(({ at }) => at)).toEqual([1_000, 2_000]);
  });

  test('said twice are one, and a rounding is none', () => {
    history.noteCap(0, 0.1);
    expect(history.noteCap(1, 0.1)).toBeUndefined();
    expect(history.noteCap(2, 0.1000001)).toBeUndefined();
    expect(history.markers).toEqual([]);
  });
});

describe('the program\'s rate', () => {
  test('before the limit is the baseline, since then the current one, and their ratio what the limit did', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10, 10, 10, 10]));
    history.noteCap(4_500, 0.1);
    history.addRates(lines(5_000, [4, 1, 1, 1]));
    const { baselineRate, currentRate, ratio, capCores } = history.figures();
    expect({ baselineRate, currentRate, ratio, capCores }).toEqual({ baselineRate: 10, currentRate: 1, ratio: 0.1, capCores: 0.1 });
  });

  test('of a line whose time lies on both sides of the change counts for neither', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10, 10]));
    history.noteCap(2_500, 0.1);
    history.addRates([{ at: 3_000, perSecond: 5 }]);
    expect(history.figures()).toMatchObject({ baselineRate: 10, currentRate: null, ratio: null });
  });

  test('is weighted by how long each line took: a slow line says more', () => {
    history.noteCap(0, 0.1);
    history.addRates([{ at: 1_000, perSecond: 9 }, { at: 2_000, perSecond: 2 }, { at: 5_000, perSecond: 1 }]);
    // 1 s of 2 and 3 s of 1 are 5 calculations in 4 s.
    expect(history.figures().currentRate).toBeCloseTo(1.25);
  });

  test('needs a whole line: how long the first one took is not known', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10]));
    expect(history.figures().currentRate).toBeNull();
    history.addRates(lines(2_000, [8]));
    expect(history.figures().currentRate).toBe(8);
  });

  test('without a limit is baseline and current at once, and has no ratio', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10, 12]));
    expect(history.figures()).toMatchObject({ baselineRate: 12, currentRate: 12, ratio: null, capCores: null });
  });

  test('of the last time without a limit is the baseline, also under a second limit', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10, 10]));
    history.noteCap(3_000, 0.5);
    history.addRates(lines(4_000, [5, 5]));
    history.noteCap(6_000, 0.1);
    history.addRates(lines(7_000, [1, 1]));
    expect(history.figures()).toMatchObject({ baselineRate: 10, currentRate: 1, ratio: 0.1 });
  });

  test('of a time without a limit that had no whole line does not replace an earlier baseline', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [10, 10]));
    history.noteCap(3_000, 0.1);
    history.noteCap(3_100, null);
    history.noteCap(3_200, 0.1);
    history.addRates(lines(4_000, [1, 1]));
    expect(history.figures()).toMatchObject({ baselineRate: 10, currentRate: 1 });
  });

  test('is not spoilt by the line after a pause of more than a minute', () => {
    history.noteCap(0, null);
    history.addRates([{ at: 1_000, perSecond: 10 }, { at: 2_000, perSecond: 10 }, { at: 200_000, perSecond: 0.1 }, { at: 201_000, perSecond: 10 }]);
    expect(history.figures().currentRate).toBe(10);
  });

  test('that was zero without a limit has no ratio', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [0, 0]));
    history.noteCap(3_000, 0.1);
    history.addRates(lines(4_000, [1, 1]));
    expect(history.figures().ratio).toBeNull();
  });

  test('is a mean of about the last minute', () => {
    history.noteCap(0, null);
    history.addRates(lines(1_000, [...Array<number>(100).fill(5), ...Array<number>(60).fill(10)]));
    expect(history.figures().currentRate).toBe(10);
  });

  test('comes once, though the log is read again after a lost connection', () => {
    const all = lines(1_000, [1, 2, 3]);
    expect(history.addRates(all.slice(0, 2))).toEqual(all.slice(0, 2));
    expect(history.addRates(all)).toEqual(all.slice(2));
    expect(history.rates).toEqual(all);
  });
});

describe('the kernel\'s account', () => {
  test('begins with the second reading under a known limit', () => {
    history.addSample(sample(0), reading(0, 0));
    history.addSample(sample(1_000), reading(1_000, 1_000_000));
    expect(history.figures().account).toBeNull();
    history.noteCap(1_000, 0.1);
    history.addSample(sample(2_000), reading(2_000, 1_100_000, 10, 9));
    expect(history.figures().account).toBeNull();
    history.addSample(sample(4_000), reading(4_000, 1_300_000, 30, 28));
    expect(history.figures().account).toEqual({ cores: 0.1, seconds: 2, periods: 20, throttledPeriods: 19 });
  });

  test('begins anew when the limit changes: it mixes no two', () => {
    history.noteCap(0, null);
    history.addSample(sample(0), reading(0, 0));
    history.addSample(sample(1_000), reading(1_000, 1_000_000));
    expect(history.figures().account).toMatchObject({ cores: 1, seconds: 1 });
    history.noteCap(1_100, 0.1);
    expect(history.figures().account).toBeNull();
    history.addSample(sample(1_200), reading(1_200, 1_100_000));
    history.addSample(sample(2_200), reading(2_200, 1_200_000, 10, 10));
    expect(history.figures().account).toMatchObject({ cores: 0.1, seconds: 1, periods: 10 });
  });

  test('begins anew at a gap', () => {
    history.noteCap(0, 0.1);
    history.addSample(sample(0), reading(0, 0));
    history.addSample(sample(1_000), reading(1_000, 100_000));
    history.addGap(1_500);
    expect(history.figures().account).toBeNull();
    history.addSample(sample(9_000), reading(9_000, 50_000));
    history.addSample(sample(10_000), reading(10_000, 150_000));
    expect(history.figures().account).toMatchObject({ cores: 0.1, seconds: 1 });
  });

  test('begins anew when the counters do', () => {
    history.noteCap(0, 0.1);
    history.addSample(sample(0), reading(0, 900_000, 50, 50));
    history.addSample(sample(1_000), reading(1_000, 10_000, 1, 1));
    history.addSample(sample(2_000), reading(2_000, 110_000, 11, 10));
    expect(history.figures().account).toEqual({ cores: 0.1, seconds: 1, periods: 10, throttledPeriods: 9 });
  });
});

describe('a gap', () => {
  test('is one break of the line, however often it is told', () => {
    expect(history.addGap(0)).toBeUndefined();
    history.noteCap(0, 0.1);
    history.addSample(sample(0), reading(0, 0));
    expect(history.addGap(1_000)).toEqual({ at: 1_000, cores: null, throttledShare: null, capCores: 0.1 });
    expect(history.addGap(2_000)).toBeUndefined();
    expect(history.samples).toHaveLength(2);
    expect(history.figures().cores).toBeNull();
  });
});

describe('what is kept', () => {
  test('is at least ten minutes of readings at five a second, and not much more', () => {
    for (let i = 0; i < 20_000; i += 1) { history.addSample(sample(i * 200), reading(i * 200, i)); }
    expect(history.samples.length).toBeGreaterThanOrEqual(5 * 60 * 10);
    expect(history.samples.length).toBeLessThan(5 * 60 * 13);
    expect(history.samples.at(-1)?.at).toBe(19_999 * 200);
  });

  test('is at least ten minutes of lines, and not much more', () => {
    for (let i = 0; i < 5_000; i += 1) { history.addRates([{ at: i * 1_000, perSecond: 1 }]); }
    expect(history.rates.length).toBeGreaterThanOrEqual(600);
    expect(history.rates.length).toBeLessThan(13 * 60);
  });
});

test('before anything is known, no figure pretends to be', () => {
  expect(history.figures()).toEqual({ baselineRate: null, currentRate: null, ratio: null, cores: null, throttledShare: null, capCores: null, account: null, guess: null, theory: null });
});

test('a guess stands beside what theory says, by the rate and the CPU use without a limit', () => {
  const history = new LiveHistory(String);
  history.noteCap(0, null);
  for (let second = 0; second <= 5; second += 1) {
    history.addSample({ at: second * 1_000, cores: 0.8, throttledShare: null, capCores: null }, { at: second * 1_000, usageMicros: second * 800_000, nrPeriods: 0, nrThrottled: 0, throttledMicros: 0 });
    history.addRates([{ at: second * 1_000 + 500, perSecond: 8 }]);
  }
  expect(history.figures()).toMatchObject({ guess: null, theory: null });
  history.guess = 2;
  history.noteCap(6_000, 0.1);
  expect(history.figures().guess).toBe(2);
  expect(history.figures().theory).toBeCloseTo(1);
  history.noteCap(9_000, 2);
  expect(history.figures().theory).toBeCloseTo(8);
});
