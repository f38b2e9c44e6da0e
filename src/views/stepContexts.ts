import * as vscode from 'vscode';
import type { LessonProgress } from '../lesson/progress';
import { type StepId, stepIds } from '../lesson/steps';

/** True for a moment each, one after the other, whenever the walkthrough should look at the steps' keys. Each is part of one of a step's two completion events. */
const lookKeys = ['helloContainers.lookAtSteps', 'helloContainers.lookAtStepsAgain'] as const;

/** VS Code registers a walkthrough some time after its tab has opened (on a busy machine, many seconds), and says nothing when it has. Milliseconds. */
const looksAfterOpening = [0, 500, 2_000, 5_000, 10_000, 20_000, 40_000];

/**
 * Mirrors the lesson's steps to context keys: the walkthrough's ticks follow them (helloContainers.step.helloWorldDone, …).
 *
 * VS Code ticks a step only at a *change* of a key after it has registered the walkthrough, which it does when the walkthrough is
 * first opened; a key that was true by then never ticks its step. So each completion event asks for one key more, which is false
 * but for a moment after each change of a step and after the walkthrough's tab has opened. An event that holds just while the
 * walkthrough is being registered is dead for as long as the window lives; hence two events a step, which never hold at once.
 */
export class StepContexts implements vscode.Disposable {
  private readonly mirrored = new Map<StepId, boolean>();
  private readonly subscriptions: { dispose(): void }[];
  private readonly timers = new Set<NodeJS.Timeout>();
  private looking = Promise.resolve();

  constructor(private readonly progress: LessonProgress) {
    this.subscriptions = [
      progress.onDidChange(() => this.mirror()),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
        // A walkthrough's tab has no input that extensions may see; files and web views have.
        if ([...opened, ...changed].some(({ input, isActive }) => input === undefined && isActive)) { this.lookSoon(); }
      }),
    ];
    this.mirror();
    this.lookSoon();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) { subscription.dispose(); }
    for (const timer of this.timers) { clearTimeout(timer); }
  }

  private mirror(): void {
    let changed = false;
    for (const id of stepIds) {
      const done = this.progress.steps[id].state === 'done';
      if (this.mirrored.get(id) === done) { continue; }
      changed = true;
      this.mirrored.set(id, done);
      void setContext(`helloContainers.step.${camelCase(id)}Done`, done);
    }
    if (changed) { this.look(); }
  }

  private lookSoon(): void {
    for (const millis of looksAfterOpening) {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.look();
      }, millis);
      this.timers.add(timer);
    }
  }

  private look(): void {
    this.looking = this.looking.then(async () => {
      for (const key of lookKeys) {
        await setContext(key, true);
        await setContext(key, false);
      }
    });
  }
}

function setContext(key: string, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}

function camelCase(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
