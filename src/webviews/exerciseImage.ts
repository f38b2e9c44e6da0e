import * as vscode from 'vscode';
import { findPythonImage } from '../engine/cpuDemo';
import type { Engine } from '../engine/engine';

/** Makes sure that an engine has the image of the setting helloContainers.cpuDemo.image, or another one with python3, and says which. */
export function findExerciseImage(engine: Engine, notePulled: (engineId: string, image: string) => Promise<void>): Thenable<string> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Look for an image with Python'), cancellable: true }, async (progress, token) => {
    const cancel = new AbortController();
    token.onCancellationRequested(() => cancel.abort());
    const configuration = vscode.workspace.getConfiguration('helloContainers');
    const image = configuration.get<string>('cpuDemo.image', 'python:3-alpine').trim();
    let pulled: string | undefined;
    const found = await findPythonImage({
      engine, image, imageChosen: configuration.inspect('cpuDemo.image')?.globalValue !== undefined, signal: cancel.signal,
      onPull: ({ layersDone, layers }) => progress.report({ message: `${image} (${layersDone}/${layers})` }),
      onPulled: (reference) => { pulled = reference; },
    });
    if (pulled !== undefined) { await notePulled((await engine.facts()).id, pulled); }
    return found;
  });
}
