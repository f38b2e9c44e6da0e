import * as vscode from 'vscode';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { type Command, type CommandInput, type ContainerTarget, withViewProgress } from './command';
import { pickContainer } from './pickContainer';

/** A command that brings a container from one state into another. The tree shows the result when the engine's event tells of it. */
function changeState(input: CommandInput, question: () => string, fits: readonly Container['state'][], change: (engine: Engine, id: string) => Promise<void>): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, question(), ({ state }) => fits.includes(state), vscode.l10n.t('There is no container that this could be done with.'));
    if (picked === undefined) { return; }
    await withViewProgress(() => change(picked.engine, picked.container.id));
  };
}

export const startContainer = (input: CommandInput): Command =>
  changeState(input, () => vscode.l10n.t('Which container do you want to start?'), ['created', 'exited', 'dead'], (engine, id) => engine.startContainer(id));

export const stopContainer = (input: CommandInput): Command =>
  changeState(input, () => vscode.l10n.t('Which container do you want to stop?'), ['running', 'paused', 'restarting'], (engine, id) => engine.stopContainer(id));

export const restartContainer = (input: CommandInput): Command =>
  changeState(input, () => vscode.l10n.t('Which container do you want to restart?'), ['running', 'exited'], (engine, id) => engine.restartContainer(id));

export const pauseContainer = (input: CommandInput): Command =>
  changeState(input, () => vscode.l10n.t('Which container do you want to pause?'), ['running'], (engine, id) => engine.pauseContainer(id));

export const unpauseContainer = (input: CommandInput): Command =>
  changeState(input, () => vscode.l10n.t('Which container do you want to go on?'), ['paused'], (engine, id) => engine.unpauseContainer(id));
