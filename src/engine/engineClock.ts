/** By so many milliseconds two clocks may seem to differ for other reasons: the way to us takes time, and so did the comparing. */
const toleranceMillis = 1_000;

/**
 * One stream of an engine's times, turned into ours: also when that machine's clock is set meanwhile (it slept, or its time was wrong).
 * Nothing is told before it happened, and no stream goes back in time: where it seems so, the clock was set.
 */
export class EngineClock {
  /** Engine's clock minus ours in milliseconds. */
  private offset: number;
  private last = -Infinity;
  /** What was before we listened came as history: its times say nothing of the clock of now. */
  private readonly begun: number;

  /**
   * @param now our clock, milliseconds since the epoch
   * @param first its clock minus ours in milliseconds
   */
  constructor(private readonly now: () => number, first: number) {
    this.offset = first;
    this.begun = now() + first;
  }

  /** @param engineMillis milliseconds since the epoch on the engine's clock; the stream's times, one after the other */
  toOurs(engineMillis: number): number {
    const apparent = engineMillis - this.now();
    const isHistory = this.last < this.begun;
    if (apparent > this.offset + toleranceMillis || (!isHistory && engineMillis < this.last - toleranceMillis)) { this.offset = apparent; }
    this.last = engineMillis;
    return engineMillis - this.offset;
  }
}
