/** The newest of what was put in, at most so many: the oldest makes room. Adding costs the same however full it is. */
export class Ring<T> {
  private readonly items: T[] = [];
  /** Where the oldest is, once it is full. */
  private first = 0;

  constructor(private readonly most: number) { }

  push(item: T): void {
    if (this.items.length < this.most) {
      this.items.push(item);
      return;
    }
    this.items[this.first] = item;
    this.first = (this.first + 1) % this.most;
  }

  /** The oldest first. */
  toArray(): T[] {
    return [...this.items.slice(this.first), ...this.items.slice(0, this.first)];
  }

  clear(): void {
    this.items.length = 0;
    this.first = 0;
  }
}
