import * as vscode from 'vscode';
import { checkPid } from '../cgroup/input';
import { isRunning } from '../engine/containers';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainer } from './pickContainer';

/** Shows the control groups of a running container. */
export function showCgroup(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container\'s control groups do you mean?'), isRunning, vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
    if (picked !== undefined) { await input.openContainerCgroup(picked.container.id); }
  };
}

/** Shows the control groups of a process of this machine; asks for its number when none is given. */
export function showProcessCgroup(input: CommandInput): Command {
  return async (pid?: number) => {
    const text = typeof pid === 'number' ? String(pid) : await vscode.window.showInputBox({
      title: vscode.l10n.t('Show a process\'s control groups'), prompt: vscode.l10n.t('The process\'s id, as "ps" or "pgrep" shows it.'), value: String(input.exerciseProgram() ?? ''), validateInput: checkPid,
    });
    if (text !== undefined) { await input.openProcessCgroup(Number(text)); }
  };
}
