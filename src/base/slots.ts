/** Lets only so many works go on at once; the others wait, first come first served. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) { }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) { this.free -= 1; } else { await new Promise<void>((resolve) => this.waiting.push(resolve)); }
    try {
      return await work();
    } finally {
      // Handed on, or free again.
      const next = this.waiting.shift();
      if (next === undefined) { this.free += 1; } else { next(); }
    }
  }
}
