/** Changes within this time are shown as one: a stop is three events. Milliseconds. */
const togetherMillis = 20;

/**
 * VS Code draws the first change at once, and those that follow it only when there was none for 200 ms: in a storm of events a view
 * that tells each of them is not drawn at all. Told at this distance each is a first one. Milliseconds.
 */
const apartMillis = 250;
/** To draw everything anew takes VS Code about this long a row, on both of its sides: more often, and it would do nothing else. */
const millisPerRow = 1;

/** Tells a view what is to be drawn anew: soon after the first change, then a few times a second however many there are. */
export class Redraws<Node> {
  private timer: NodeJS.Timeout | undefined;
  private lastAt = -Infinity;
  /** undefined: everything. */
  private readonly nodes = new Set<Node | undefined>();

  /** @param rows how many there are to draw now */
  constructor(private readonly redraw: (node: Node | undefined) => void, private readonly rows: () => number = () => 0) { }

  later(node: Node | undefined): void {
    this.nodes.add(node);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.lastAt = performance.now();
      const nodes = [...this.nodes];
      this.nodes.clear();
      for (const changed of nodes.includes(undefined) ? [undefined] : nodes) { this.redraw(changed); }
    }, Math.max(togetherMillis, this.lastAt + Math.max(apartMillis, this.rows() * millisPerRow) - performance.now()));
  }

  dispose(): void { clearTimeout(this.timer); }
}
