/** Changes within this time are shown as one: a stop is three events. Milliseconds. */
const togetherMillis = 20;

/**
 * VS Code draws the first change at once, and those that follow it only when there was none for 200 ms: in a storm of events a view
 * that tells each of them is not drawn at all. Told at this distance each is a first one. Milliseconds.
 */
const apartMillis = 250;
/** To draw a whole level anew takes VS Code about this long a row, on both of its sides: more often, and it would do nothing else. */
const millisPerRow = 3;

export interface RedrawsInput<Node> {
  /** undefined: everything. */
  redraw(node: Node | undefined): void;
  /** How many rows there are to draw when everything is. */
  rows(): number;
  /** Whether nothing but its own row is drawn for it. */
  isRow(node: Node): boolean;
}

/** Tells a view what is to be drawn anew: soon after the first change, then a few times a second however many there are; whole levels less often, the longer they are. */
export class Redraws<Node> {
  private timer: { handle: NodeJS.Timeout; due: number } | undefined;
  private lastAt = -Infinity;
  private lastLevelAt = -Infinity;
  private readonly rows = new Set<Node>();
  private readonly levels = new Set<Node | undefined>();

  constructor(private readonly input: RedrawsInput<Node>) { }

  later(node: Node | undefined): void {
    if (node !== undefined && this.input.isRow(node)) { this.rows.add(node); } else { this.levels.add(node); }
    this.schedule();
  }

  /** Everything, without waiting for its turn: the user asked for it. */
  asked(): void {
    this.lastLevelAt = -Infinity;
    this.later(undefined);
  }

  /** It is gone: there is nothing to draw for it alone. */
  forget(node: Node): void { this.rows.delete(node); }

  dispose(): void { clearTimeout(this.timer?.handle); }

  private get levelsDue(): number { return this.lastLevelAt + this.input.rows() * millisPerRow; }

  private schedule(): void {
    if (this.rows.size === 0 && this.levels.size === 0) { return; }
    const now = performance.now();
    const soonest = Math.max(now + togetherMillis, this.lastAt + apartMillis);
    const due = this.rows.size > 0 ? soonest : Math.max(soonest, this.levelsDue);
    if (this.timer !== undefined && this.timer.due <= due) { return; }
    clearTimeout(this.timer?.handle);
    this.timer = { due, handle: setTimeout(() => this.draw(), due - now) };
  }

  private draw(): void {
    this.timer = undefined;
    const now = performance.now();
    this.lastAt = now;
    const levels = now >= this.levelsDue ? [...this.levels] : [];
    const nodes = levels.includes(undefined) ? [undefined] : [...levels, ...this.rows];
    if (levels.length > 0) {
      this.lastLevelAt = now;
      this.levels.clear();
    }
    this.rows.clear();
    for (const node of nodes) { this.input.redraw(node); }
    this.schedule();
  }
}
