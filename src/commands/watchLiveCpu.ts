import * as vscode from 'vscode';
import { isRunning } from '../engine/containers';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainer } from './pickContainer';

/** Opens the live page of a running container. */
export function watchLiveCpu(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want to watch?'), isRunning, vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
    if (picked !== undefined) { input.openLivePage(picked.container.id); }
  };
}
