import * as vscode from 'vscode';
import { isRunning } from '../engine/containers';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainer } from './pickContainer';

/** Opens the page that draws runs of hello-world. */
export function followRun({ pages }: CommandInput): Command {
  return () => {
    pages.openRun();
    return undefined;
  };
}

/** Opens the page of the engines' architecture. */
export function showArchitecture({ pages }: CommandInput): Command {
  return () => {
    pages.openArchitecture();
    return undefined;
  };
}

/** Opens the page that measures containers beside virtual machines. */
export function measureContainers({ pages }: CommandInput): Command {
  return () => {
    pages.openMeasure();
    return undefined;
  };
}

/** Opens the page with all running containers. */
export function showOverview({ pages }: CommandInput): Command {
  return () => {
    pages.openOverview();
    return undefined;
  };
}

/** Looks through a running container. */
export function xrayContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want to look through?'), isRunning, vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
    if (picked !== undefined) { input.pages.openXray(picked.container.id); }
  };
}
