import type * as vscode from 'vscode';

const pulledKey = 'pulledImages';

/** Our own record of what cannot carry our label: images that we pulled because they were absent. By engine, kept over windows. */
export class Made {
  constructor(private readonly memory: vscode.Memento) { }

  pulled(engineId: string): readonly string[] {
    return this.all()[engineId] ?? [];
  }

  async addPulled(engineId: string, reference: string): Promise<void> {
    const tag = reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : `${reference}:latest`;
    await this.memory.update(pulledKey, { ...this.all(), [engineId]: [...new Set([...this.pulled(engineId), tag])] });
  }

  async forgetPulled(engineId: string, tags: readonly string[]): Promise<void> {
    await this.memory.update(pulledKey, { ...this.all(), [engineId]: this.pulled(engineId).filter((tag) => !tags.includes(tag)) });
  }

  private all(): Record<string, readonly string[]> {
    return this.memory.get<Record<string, readonly string[]>>(pulledKey, {});
  }
}
