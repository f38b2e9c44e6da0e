import type { CpuCounters } from './cpu';

/** What the counters of one moment say. */
export interface Reading extends CpuCounters {
  /** Monotonic milliseconds. */
  at: number;
}

/** What happened between two readings. */
export interface CpuRate {
  /** CPU seconds per second: 1 is one core, fully busy. */
  cores: number;
  /** Share (0 to 1) of the periods that ended throttled; null when no period passed, as without a limit. */
  throttledShare: number | null;
  periods: number;
  throttledPeriods: number;
  seconds: number;
}

/** The rate between two readings; undefined when no time passed or the counters went back (the container was restarted). */
export function rateBetween(from: Reading, to: Reading): CpuRate | undefined {
  const seconds = (to.at - from.at) / 1000;
  const usage = to.usageMicros - from.usageMicros;
  const periods = to.nrPeriods - from.nrPeriods;
  const throttledPeriods = to.nrThrottled - from.nrThrottled;
  if (seconds <= 0 || usage < 0 || periods < 0 || throttledPeriods < 0) { return undefined; }
  return {
    cores: usage / 1e6 / seconds, seconds, periods, throttledPeriods,
    // The two counters are not read in one instant: a period may be counted as throttled before it is counted.
    throttledShare: periods > 0 ? Math.min(1, throttledPeriods / periods) : null,
  };
}

/**
 * Counters to rates over a sliding window. Five readings a second see two enforcement periods each, and would show their rhythm
 * rather than the program's use: the window is a second.
 */
export class Meter {
  private readonly window: Reading[] = [];

  /** @param windowMillis length of the window  @param gapMillis silence after which the window starts anew */
  constructor(private readonly windowMillis = 1_000, private readonly gapMillis = 5_000) { }

  /** The rate over the window that ends with this reading; undefined for the first one after a gap. */
  push(reading: Reading): CpuRate | undefined {
    const last = this.window.at(-1);
    // A clock that stands still or goes back is as good as a gap: nothing can be said of the time between.
    if (last !== undefined && (reading.at - last.at > this.gapMillis || reading.at <= last.at || reading.usageMicros < last.usageMicros)) { this.window.length = 0; }
    this.window.push(reading);
    // Keep one reading at or before the window's beginning.
    while ((this.window[1]?.at ?? Infinity) <= reading.at - this.windowMillis) { this.window.shift(); }
    const first = this.window[0];
    return first === undefined ? undefined : rateBetween(first, reading);
  }
}
