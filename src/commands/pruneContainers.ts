import * as vscode from 'vscode';
import { listText } from '../base/plainText';
import { isRemoved } from '../engine/removal';
import { forEachContainer } from './batch';
import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';

/** Removes containers that do not run, after showing which: each can be left out. */
export function pruneContainers(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { connection, name } = await engineFor(input, target);
    const engine = await connection.engine();
    const stopped = [...connection.containers.containers].filter(({ state }) => state === 'created' || state === 'exited' || state === 'dead');
    if (stopped.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to remove: each container of this engine runs.'));
      return;
    }
    const items = stopped.map((container) => ({ label: listText(container.name), description: listText(container.image), detail: listText(container.status), picked: true, container }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true, matchOnDescription: true, title: vscode.l10n.t('Remove stopped containers of {0}', name), placeHolder: vscode.l10n.t('What is checked is removed, with what it changed in its own files'),
    });
    if (chosen === undefined) { return; }
    // Not by force: one that was started meanwhile is not to go.
    await forEachContainer(vscode.l10n.t('Remove'), chosen.map(({ container }) => ({ container, engine })), (from, { id }) => isRemoved(from.removeContainer(id)));
  };
}
