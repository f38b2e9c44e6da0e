import type * as vscode from 'vscode';
import type { DemoGroup } from '../cgroup/demoGroup';

/** What a window made on an engine's machine and nobody there removes by itself. */
export interface MadeOnEngine {
  /** The window's name, which its containers carry as a label. */
  window: string;
  engineId: string;
  group?: DemoGroup;
}

const key = 'exercise.onEngines';

/** A name for this window by which its end can be known: its process's id comes first. */
export function windowName(): string {
  return `${process.pid}-${Date.now().toString(36)}`;
}

/** Our record of what we make on engines' machines, written before it is made and kept over windows. */
export class EngineRecord {
  constructor(private readonly memory: vscode.Memento, readonly window: string) { }

  async note(engineId: string, group?: DemoGroup): Promise<void> {
    const made = { window: this.window, engineId, ...group === undefined ? {} : { group } };
    await this.write([...this.all().filter((known) => !same(known, made)), made]);
  }

  async forget(made: Omit<MadeOnEngine, 'window'> & { window?: string }): Promise<void> {
    await this.write(this.all().filter((known) => !same(known, { window: this.window, ...made })));
  }

  /** What windows that have ended left on an engine. */
  left(engineId: string): readonly MadeOnEngine[] {
    return this.all().filter((made) => made.engineId === engineId && made.window !== this.window && !lives(made.window));
  }

  private all(): readonly MadeOnEngine[] { return this.memory.get<readonly MadeOnEngine[]>(key, []); }
  private async write(made: readonly MadeOnEngine[]): Promise<void> { await this.memory.update(key, made); }
}

function same(a: MadeOnEngine, b: MadeOnEngine): boolean {
  return a.window === b.window && a.engineId === b.engineId && a.group?.dir === b.group?.dir;
}

function lives(window: string): boolean {
  try {
    process.kill(parseInt(window, 10), 0);
    return true;
  } catch (error) {
    // Another user's process is one that lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
