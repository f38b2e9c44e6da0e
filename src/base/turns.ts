/** What may go on without a break. Milliseconds. */
const sliceMillis = 8;

/**
 * Breaks a long row of small works up, so that whatever else waits gets its turn between them. Each work awaits `next` before it
 * begins; those that come together go on one after the other.
 */
export class Turns {
  private last: Promise<void> = Promise.resolve();
  private since = performance.now();

  next(): Promise<void> {
    this.last = this.last.then(() => {
      if (performance.now() - this.since < sliceMillis) { return undefined; }
      return new Promise((resolve) => setImmediate(() => {
        this.since = performance.now();
        resolve();
      }));
    });
    return this.last;
  }
}
