import type * as vscode from 'vscode';
import type { LogChoice } from './showLogs';

/** What the user chose the last time, to be offered the next time. */
interface Choices {
  log: LogChoice;
}

export class Remembered {
  constructor(private readonly memory: vscode.Memento) { }

  get<Name extends keyof Choices>(name: Name): Choices[Name] | undefined { return this.memory.get(`chosen.${name}`); }

  async set<Name extends keyof Choices>(name: Name, choice: Choices[Name]): Promise<void> { await this.memory.update(`chosen.${name}`, choice); }
}
