import * as vscode from 'vscode';
import { type Arrangement, asArrangement } from '../engine/arrangement';

const key = 'arrangement';

/** How the containers are arranged, remembered over windows. A filter is, too: the view says over its rows that there is one. */
export class Arranging implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private current: Arrangement;
  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: vscode.Memento) {
    this.current = asArrangement(memory.get(key));
  }

  get arrangement(): Arrangement { return this.current; }

  arrange(change: Partial<Arrangement>): void {
    const before = this.current;
    this.current = { ...before, ...change };
    if (JSON.stringify(before) === JSON.stringify(this.current)) { return; }
    void this.memory.update(key, this.current);
    this.changed.fire(undefined);
  }

  dispose(): void { this.changed.dispose(); }
}
