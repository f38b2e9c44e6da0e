import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText } from '../base/plainText';
import type { Container } from '../engine/containers';
import { NotFound } from '../engine/errors';
import { roleOf } from '../engine/ours';
import type { CommandInput, ContainerTarget } from './command';

/** No container fits the command. */
class NothingToPick extends HumanError { }

/**
 * The container that a command is for: the tree's item, or from the palette the only one that fits, or the user's choice.
 * The CPU demo comes first: from the walkthrough it is the one that is meant.
 * @returns undefined when the user chose none
 */
export async function pickContainer({ connection, selectedContainer }: Pick<CommandInput, 'connection' | 'selectedContainer'>, target: ContainerTarget | undefined, question: string, fits: (container: Container) => boolean, none: string): Promise<Container | undefined> {
  await connection.engine();
  const named = target === 'selection' ? selectedContainer() : target?.containerId;
  if (named !== undefined) {
    const container = connection.containers.get(named);
    if (container === undefined) { throw new NotFound(404, '', vscode.l10n.t('This container is gone: it was removed meanwhile.')); }
    return container;
  }
  const candidates = [...connection.containers.containers].filter(fits);
  const demos = candidates.filter(({ labels }) => roleOf(labels) === 'cpu-demo');
  const only = candidates.length === 1 ? candidates[0] : demos.length === 1 ? demos[0] : undefined;
  if (only !== undefined) { return only; }
  if (candidates.length === 0) {
    throw new NothingToPick(none, { fixes: [{ title: vscode.l10n.t('Start the CPU Demo'), command: 'helloContainers.startCpuDemo' }] });
  }
  const items = [...demos, ...candidates.filter((container) => !demos.includes(container))]
    .map((container) => ({ label: listText(container.name), description: listText(container.image), detail: listText(container.status), container }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question, matchOnDescription: true }))?.container;
}

export function isRunning({ state }: Container): boolean {
  return state === 'running' || state === 'paused';
}
