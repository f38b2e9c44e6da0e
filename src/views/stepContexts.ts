import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable';
import type { LessonProgress } from '../lesson/progress';
import { type StepId, stepIds } from '../lesson/steps';

/** Mirrors the lesson's steps to context keys: the walkthrough's ticks follow them (helloContainers.step.helloWorldDone, …). */
export function mirrorSteps(progress: LessonProgress): Disposable {
  const mirrored = new Map<StepId, boolean>();
  const mirror = (): void => {
    for (const id of stepIds) {
      const done = progress.steps[id].state === 'done';
      if (mirrored.get(id) === done) { continue; }
      mirrored.set(id, done);
      void vscode.commands.executeCommand('setContext', `helloContainers.step.${camelCase(id)}Done`, done);
    }
  };
  mirror();
  return progress.onDidChange(mirror);
}

function camelCase(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
