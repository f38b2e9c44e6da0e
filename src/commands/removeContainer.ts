import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { isRunning } from '../engine/containers';
import { isRemoved } from '../engine/removal';
import { forEachContainer } from './batch';
import type { Command, CommandInput, ContainerTarget } from './command';
import { type Picked, pickContainers } from './pickContainer';

/** Names that a question lists; more are only counted. */
const namesListed = 12;

/** Removes containers, after asking: it cannot be undone. */
export function removeContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const picked = await pickContainers(input, target, selection, {
      question: vscode.l10n.t('Which container do you want to remove?'), fits: () => true, none: vscode.l10n.t('There is no container to remove.'),
    });
    if (picked.length === 0 || !await mayRemove(picked)) { return; }
    await forEachContainer(vscode.l10n.t('Remove'), picked, (engine, container) => isRemoved(engine.removeContainer(container.id, { force: isRunning(container) })));
  };
}

async function mayRemove(picked: readonly Picked[]): Promise<boolean> {
  const running = picked.filter(({ container }) => isRunning(container)).length;
  const remove = running > 0 ? vscode.l10n.t('Stop and Remove') : vscode.l10n.t('Remove');
  const names = picked.map(({ container }) => plainText(container.name));
  const [question, detail] = picked.length === 1
    ? [vscode.l10n.t('Remove the container {0}?', names[0] ?? ''), running > 0
      ? vscode.l10n.t('It is running: it will be killed. What it changed in its own files is lost.')
      : vscode.l10n.t('What it changed in its own files is lost. Its image stays.')]
    : [vscode.l10n.t('Remove {0} containers?', picked.length), [
      `${names.slice(0, namesListed).join(', ')}${names.length > namesListed ? '…' : ''}`,
      ...(running > 0 ? [vscode.l10n.t('Running, and will be killed: {0}.', running)] : []),
      vscode.l10n.t('What they changed in their own files is lost. Their images stay.'),
    ].join('\n')];
  return await vscode.window.showWarningMessage(question, { modal: true, detail }, remove) === remove;
}
