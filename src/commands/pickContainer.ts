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

/** What a command is about, for when it must be asked which container is meant. */
export interface PickQuestion {
  question: string;
  /** Which containers it can be done with. */
  fits(container: Container): boolean;
  /** Said when there is none. */
  none: string;
}

/** Any container will do. */
export function anyContainer(question: string): PickQuestion {
  return { question, fits: () => true, none: vscode.l10n.t('There is no container.') };
}

type PickInput = Pick<CommandInput, 'engines' | 'selectedContainers'>;

/** No container fits the command. */
class NothingToPick extends HumanError { }

/**
 * The container that a command is for: the tree's item, whichever engine has it; from the palette the only one of the used engine that
 * fits, or the user's choice.
 * The CPU demo comes first: from the walkthrough it is the one that is meant.
 * @returns undefined when the user chose none
 */
export async function pickContainer(input: PickInput, target: ContainerTarget | undefined, question: string, fits: (container: Container) => boolean, none: string): Promise<Picked | undefined> {
  const [named] = namedBy(input, target, []);
  return named === undefined ? chooseContainer(input, { question, fits, none }) : owned(input, named);
}

/**
 * The containers that a command is for: all that are selected in the tree when its item is one of them, a group's, or one as above.
 * Of several those that the command fits; one alone is taken as it is, and the engine says why not.
 * @param selection what VS Code hands over beside the item
 */
export async function pickContainers(input: PickInput, target: ContainerTarget | undefined, selection: unknown, { question, fits, none }: PickQuestion): Promise<Picked[]> {
  const named = namedBy(input, target, selection);
  const [first] = named;
  if (first === undefined) {
    const chosen = await chooseContainer(input, { question, fits, none });
    return chosen === undefined ? [] : [chosen];
  }
  if (named.length === 1) { return [await owned(input, first)]; }
  // One that went meanwhile is none that something is to be done with.
  const there = await Promise.all(named.flatMap((id) => input.engines.ownerOf(id) === undefined ? [] : [owned(input, id)]));
  const fitting = there.filter(({ container }) => fits(container));
  if (fitting.length === 0) { throw new NothingToPick(none); }
  return fitting;
}

function namedBy({ selectedContainers }: PickInput, target: ContainerTarget | undefined, selection: unknown): readonly string[] {
  if (target === 'selection') { return selectedContainers(); }
  const all = Array.isArray(selection) && selection.length > 1 ? selection as unknown[] : [target];
  return [...new Set(all.flatMap(idsOf))];
}

function idsOf(target: unknown): readonly string[] {
  const { containerId, containerIds } = (target ?? {}) as { containerId?: unknown; containerIds?: unknown };
  return [containerId, ...Array.isArray(containerIds) ? containerIds as unknown[] : []].filter((id) => typeof id === 'string');
}

async function owned({ engines }: PickInput, id: string): Promise<Picked> {
  const owner = engines.ownerOf(id);
  if (owner === undefined) { throw new NotFound(404, '', vscode.l10n.t('This container is gone: it was removed meanwhile, or its engine is not connected.')); }
  return { container: owner.container, engine: await owner.engine.connection.engine() };
}

async function chooseContainer({ engines }: PickInput, { question, fits, none }: PickQuestion): Promise<Picked | undefined> {
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
