/** Something that holds a resource until it is told to let go. Disposing twice is harmless. */
export interface Disposable {
  dispose(): void;
}

/** A Disposable that runs `release` once, at the first dispose. */
export function toDisposable(release: () => void): Disposable {
  let released = false;
  return {
    dispose: () => {
      if (released) { return; }
      released = true;
      release();
    },
  };
}

/** Disposables that end together, the last one first. What is added after the end is disposed at once. */
export class DisposableStore implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) { item.dispose(); } else { this.items.push(item); }
    return item;
  }

  dispose(): void {
    this.disposed = true;
    while (this.items.length > 0) { this.items.pop()?.dispose(); }
  }
}
