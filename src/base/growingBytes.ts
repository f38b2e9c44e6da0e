/**
 * Bytes that are collected until they are whole, in one block that doubles as it fills. A list of the pieces would cost an object for each,
 * and keep the socket's whole block that each was cut from: a million pieces of one byte, a hundred times their size.
 */
export class GrowingBytes {
  private block = Buffer.alloc(0);
  private used = 0;

  /** @param most bytes that may be collected */
  constructor(private readonly most: number) { }

  get length(): number { return this.used; }

  /** @returns false, and takes nothing, when there would be more than may be */
  push(piece: Uint8Array): boolean {
    const needed = this.used + piece.length;
    if (needed > this.most) { return false; }
    if (needed > this.block.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.most, Math.max(needed, this.block.length * 2, 1024)));
      this.block.copy(larger, 0, 0, this.used);
      this.block = larger;
    }
    this.block.set(piece, this.used);
    this.used = needed;
    return true;
  }

  /** What was collected, as UTF-8; begins anew. */
  take(): string {
    const text = this.block.toString('utf8', 0, this.used);
    this.used = 0;
    // One long line does not keep its block for all the short ones after it.
    if (this.block.length > 64 * 1024) { this.block = Buffer.alloc(0); }
    return text;
  }
}
