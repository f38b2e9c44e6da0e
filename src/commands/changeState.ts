import * as vscode from 'vscode';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { forEachContainer } from './batch';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainers } from './pickContainer';

interface StateChange {
  title: string;
  question: string;
  fits: readonly Container['state'][];
  change(engine: Engine, id: string): Promise<void>;
}

/** A command that brings containers from one state into another. The tree shows the result when the engine's event tells of it. */
function changeState(input: CommandInput, describe: () => StateChange): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const { title, question, fits, change } = describe();
    const picked = await pickContainers(input, target, selection, { question, fits: ({ state }) => fits.includes(state), none: vscode.l10n.t('There is no container that this could be done with.') });
    await forEachContainer(title, picked, (engine, { id }) => change(engine, id));
  };
}

export const startContainer = (input: CommandInput): Command => changeState(input, () => ({
  title: vscode.l10n.t('Start'), question: vscode.l10n.t('Which container do you want to start?'), fits: ['created', 'exited', 'dead'], change: (engine, id) => engine.startContainer(id),
}));

export const stopContainer = (input: CommandInput): Command => changeState(input, () => ({
  title: vscode.l10n.t('Stop'), question: vscode.l10n.t('Which container do you want to stop?'), fits: ['running', 'paused', 'restarting'], change: (engine, id) => engine.stopContainer(id),
}));

export const restartContainer = (input: CommandInput): Command => changeState(input, () => ({
  title: vscode.l10n.t('Restart'), question: vscode.l10n.t('Which container do you want to restart?'), fits: ['running', 'exited'], change: (engine, id) => engine.restartContainer(id),
}));

export const pauseContainer = (input: CommandInput): Command => changeState(input, () => ({
  title: vscode.l10n.t('Pause'), question: vscode.l10n.t('Which container do you want to pause?'), fits: ['running'], change: (engine, id) => engine.pauseContainer(id),
}));

export const unpauseContainer = (input: CommandInput): Command => changeState(input, () => ({
  title: vscode.l10n.t('Unpause'), question: vscode.l10n.t('Which container do you want to go on?'), fits: ['paused'], change: (engine, id) => engine.unpauseContainer(id),
}));
