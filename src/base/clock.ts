/** The two clocks of a machine. Durations are taken from the monotonic one: wall clocks jump. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): number;
}

/**
 * The machine's clocks. A wall clock that is set back goes on here as if it had not been, until it has caught up: what is drawn and kept
 * in the order of its times would run into its own past.
 */
export function steadyClock(wall: () => number, monotonic: () => number): Clock {
  let last = { now: -Infinity, monotonic: 0 };
  return {
    monotonic,
    now: () => {
      const at = monotonic();
      last = { now: Math.max(wall(), last.now + at - last.monotonic), monotonic: at };
      return Math.floor(last.now);
    },
  };
}

export const systemClock: Clock = steadyClock(() => Date.now(), () => performance.now());
