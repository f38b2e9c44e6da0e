import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { NotFound } from '../engine/errors';
import { type Command, type CommandInput, type ContainerTarget, withViewProgress } from './command';
import { isRunning, pickContainer } from './pickContainer';

/** Removes a container, after asking: it cannot be undone. */
export function removeContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want to remove?'), () => true, vscode.l10n.t('There is no container to remove.'));
    if (picked === undefined) { return; }
    const { container, engine } = picked;
    const running = isRunning(container);
    const remove = running ? vscode.l10n.t('Stop and Remove') : vscode.l10n.t('Remove');
    const detail = running
      ? vscode.l10n.t('It is running: it will be killed. What it changed in its own files is lost.')
      : vscode.l10n.t('What it changed in its own files is lost. Its image stays.');
    if (await vscode.window.showWarningMessage(vscode.l10n.t('Remove the container {0}?', plainText(container.name)), { modal: true, detail }, remove) !== remove) { return; }
    try {
      await withViewProgress(() => engine.removeContainer(container.id, { force: running }));
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof NotFound)) { throw error; }
    }
  };
}
