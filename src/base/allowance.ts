/** How often something may be done: so many times a second on the long run, and some at once after a rest. */
export class Allowance {
  private left: number;
  private at = -Infinity;

  constructor(private readonly perSecond: number, private readonly atOnce: number) { this.left = atOnce; }

  /** Whether it may be done now; counts it if so. @param now monotonic milliseconds */
  take(now: number): boolean {
    this.left = Math.min(this.atOnce, this.left + (now - this.at) / 1000 * this.perSecond);
    this.at = now;
    if (this.left < 1) { return false; }
    this.left -= 1;
    return true;
  }
}
