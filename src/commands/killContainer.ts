import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { isRunning } from '../engine/containers';
import { forEachContainer } from './batch';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainers } from './pickContainer';

/** Sends a signal to the first process of containers, which the user chooses from a list or types. */
export function killContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const picked = await pickContainers(input, target, selection, {
      question: vscode.l10n.t('Which container do you want to send a signal to?'), fits: isRunning, none: vscode.l10n.t('None of these containers runs: only a process takes a signal.'),
    });
    if (picked.length === 0) { return; }
    const signal = await askForSignal(picked.length === 1 ? plainText(picked[0]?.container.name ?? '') : vscode.l10n.t('{0} containers', picked.length));
    if (signal !== undefined) { await forEachContainer(vscode.l10n.t('Send {0}', signal), picked, (engine, { id }) => engine.killContainer(id, signal)); }
  };
}

async function askForSignal(whom: string): Promise<string | undefined> {
  const other = vscode.l10n.t('Another signal…');
  const chosen = await vscode.window.showQuickPick([
    { label: 'SIGKILL', description: vscode.l10n.t('ends it at once; it cannot be caught') },
    { label: 'SIGTERM', description: vscode.l10n.t('asks it to end') },
    { label: 'SIGINT', description: vscode.l10n.t('what Ctrl+C sends') },
    { label: 'SIGQUIT', description: vscode.l10n.t('ends many programs with a dump') },
    { label: 'SIGHUP', description: vscode.l10n.t('many servers read their configuration anew') },
    { label: 'SIGUSR1', description: vscode.l10n.t('means what its program says') },
    { label: 'SIGUSR2', description: vscode.l10n.t('means what its program says') },
    { label: other },
  ], { title: vscode.l10n.t('Send a signal to {0}', whom), placeHolder: vscode.l10n.t('The first process of the container gets it') });
  if (chosen?.label !== other) { return chosen?.label; }
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Send a signal to {0}', whom), prompt: vscode.l10n.t('Its name or number: WINCH, SIGCONT, 10'),
    validateInput: (value) => /^[a-z0-9+]+$/i.test(value.trim()) ? undefined : vscode.l10n.t('A name or a number, please'),
  });
  return typed?.trim().toUpperCase();
}
