import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText } from '../base/plainText';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { NotFound } from '../engine/errors';
import { roleOf } from '../engine/ours';
import type { CommandInput, ContainerTarget } from './command';

/** A container and its engine. */
export interface Picked {
  container: Container;
  engine: Engine;
}

/** No container fits the command. */
class NothingToPick extends HumanError { }

/**
 * The container that a command is for: the tree's item, whichever engine has it; from the palette the only one of the used engine that
 * fits, or the user's choice.
 * The CPU demo comes first: from the walkthrough it is the one that is meant.
 * @returns undefined when the user chose none
 */
export async function pickContainer({ engines, selectedContainer }: Pick<CommandInput, 'engines' | 'selectedContainer'>, target: ContainerTarget | undefined, question: string, fits: (container: Container) => boolean, none: string): Promise<Picked | undefined> {
  const named = target === 'selection' ? selectedContainer() : target?.containerId;
  if (named !== undefined) {
    const owner = engines.ownerOf(named);
    if (owner === undefined) { throw new NotFound(404, '', vscode.l10n.t('This container is gone: it was removed meanwhile, or its engine is not connected.')); }
    return { container: owner.container, engine: await owner.engine.connection.engine() };
  }
  const { connection } = await engines.usedEngine();
  const engine = await connection.engine();
  const candidates = [...connection.containers.containers].filter(fits);
  const demos = candidates.filter(({ labels }) => roleOf(labels) === 'cpu-demo');
  const only = candidates.length === 1 ? candidates[0] : demos.length === 1 ? demos[0] : undefined;
  if (only !== undefined) { return { container: only, engine }; }
  if (candidates.length === 0) {
    throw new NothingToPick(none, { fixes: [{ title: vscode.l10n.t('Start the CPU Demo'), command: 'helloContainers.startCpuDemo' }] });
  }
  const items = [...demos, ...candidates.filter((container) => !demos.includes(container))]
    .map((container) => ({ label: listText(container.name), description: listText(container.image), detail: listText(container.status), container }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: question, matchOnDescription: true });
  return chosen && { container: chosen.container, engine };
}

export function isRunning({ state }: Container): boolean {
  return state === 'running' || state === 'paused';
}
