import type { Clock } from '../../../src/base/clock';

/** A clock that a test turns. Both of its times go on together. */
export class FakeClock implements Clock {
  constructor(public millis = 1_000_000) { }

  now(): number { return this.millis; }
  monotonic(): number { return this.millis; }
}
