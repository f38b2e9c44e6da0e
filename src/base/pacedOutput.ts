/** Milliseconds between two portions, and how many bytes one holds: about as much as a terminal on a slow machine can draw. */
const portion = { everyMillis: 50, bytes: 32 * 1024 };
/** What waits at most; beyond it the oldest is left out. */
const maxWaiting = 1024 * 1024;
/** And in how many pieces: each costs memory beside its bytes. */
const maxPieces = 8 * 1024;

/** Bytes with a mark: of which stream they are. */
export interface Piece<Mark> {
  mark: Mark;
  data: Uint8Array;
}

/**
 * Passes output on no faster than somebody can take it. What comes faster waits; when too much waits the oldest is left out, and how
 * much that was is told: who follows wants the end.
 */
export class PacedOutput<Mark> {
  private waiting: Piece<Mark>[] = [];
  /** The first of them that was not passed on yet: taking from an array's beginning costs as much as the array is long. */
  private next = 0;
  private waitingBytes = 0;
  private left = 0;
  private timer: NodeJS.Timeout | undefined;
  private emptied: (() => void)[] = [];

  /** @param onSkipped is told of bytes that were left out, before what follows them */
  constructor(private readonly onPiece: (piece: Piece<Mark>) => void, private readonly onSkipped: (bytes: number) => void) { }

  push(piece: Piece<Mark>): void {
    // A copy: a piece may be a few bytes of a large block, which would be kept for them.
    this.waiting.push({ mark: piece.mark, data: Uint8Array.from(piece.data) });
    this.waitingBytes += piece.data.length;
    while (this.waitingBytes > maxWaiting || this.waiting.length - this.next > maxPieces) {
      const oldest = this.take();
      if (oldest === undefined) { break; }
      this.waitingBytes -= oldest.data.length;
      this.left += oldest.data.length;
    }
    // The first is not kept waiting: most output is a line now and then.
    if (this.timer === undefined) { this.pass(); }
  }

  /** Resolves once nothing waits. */
  async drained(): Promise<void> {
    if (!this.isEmpty) { await new Promise<void>((resolve) => this.emptied.push(resolve)); }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.waiting = [];
    this.next = 0;
    for (const resolve of this.emptied.splice(0)) { resolve(); }
  }

  private pass(): void {
    if (this.left > 0) {
      // Not from the middle of a line on.
      this.skipToLine();
      this.onSkipped(this.left);
      this.left = 0;
    }
    for (let bytes = 0; bytes < portion.bytes;) {
      const piece = this.waiting[this.next];
      if (piece === undefined) { break; }
      const data = piece.data.subarray(0, portion.bytes - bytes);
      if (data.length < piece.data.length) { this.waiting[this.next] = { ...piece, data: piece.data.subarray(data.length) }; } else { this.take(); }
      bytes += data.length;
      this.waitingBytes -= data.length;
      this.onPiece({ mark: piece.mark, data });
    }
    if (this.isEmpty) { for (const resolve of this.emptied.splice(0)) { resolve(); } }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.isEmpty) { this.pass(); }
    }, portion.everyMillis);
  }

  private get isEmpty(): boolean { return this.next === this.waiting.length; }

  private take(): Piece<Mark> | undefined {
    const piece = this.waiting[this.next];
    if (piece === undefined) { return undefined; }
    this.next += 1;
    if (this.next > 64 && this.next * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.next);
      this.next = 0;
    }
    return piece;
  }

  private skipToLine(): void {
    const first = this.waiting[this.next];
    const end = first?.data.indexOf(0x0a) ?? -1;
    if (first === undefined || end < 0) { return; }
    this.waiting[this.next] = { ...first, data: first.data.subarray(end + 1) };
    this.waitingBytes -= end + 1;
    this.left += end + 1;
  }
}
