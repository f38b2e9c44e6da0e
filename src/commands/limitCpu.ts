import * as vscode from 'vscode';
import { inPercent } from '../base/inPercent';
import { messageText, plainText } from '../base/plainText';
import { type Container, isRunning } from '../engine/containers';
import { parsePercent } from '../engine/cpuLimit';
import { forEachContainer } from './batch';
import { type Command, type CommandInput, type ContainerTarget, showError } from './command';
import { type Picked, pickContainers } from './pickContainer';

const tenPercent = 0.1;

/** Limits running containers to a tenth of one core, at once. */
export function limitCpuTo10(input: CommandInput): Command {
  return (target?: ContainerTarget, selection?: unknown) => withContainers(input, target, selection, (picked) => apply(input, picked, tenPercent));
}

/** Asks for the limit: a share of a core or of the machine, from the list or typed. */
export function limitCpu(input: CommandInput): Command {
  return (target?: ContainerTarget, selection?: unknown) => withContainers(input, target, selection, async (picked) => {
    const [first] = picked;
    const { cpus } = await first.engine.facts();
    const cores = await askForCores(picked.map(({ container }) => container), cpus);
    if (cores !== undefined) { await apply(input, picked, cores); }
  });
}

/** Lifts the limit. */
export function removeCpuLimit(input: CommandInput): Command {
  return (target?: ContainerTarget, selection?: unknown) => withContainers(input, target, selection, (picked) => apply(input, picked, undefined));
}

type PickedSome = readonly [Picked, ...Picked[]];

async function withContainers(input: CommandInput, target: ContainerTarget | undefined, selection: unknown, work: (picked: PickedSome) => Promise<void>): Promise<void> {
  const [first, ...others] = await pickContainers(input, target, selection, {
    question: vscode.l10n.t('Which container\'s CPU do you mean?'), fits: isRunning, none: vscode.l10n.t('No container is running. Start the CPU demo to have one.'),
  });
  if (first !== undefined) { await work([first, ...others]); }
}

/** What each had before, by its id. */
type Before = ReadonlyMap<string, number | undefined>;

async function apply(input: CommandInput, picked: PickedSome, cores: number | undefined): Promise<void> {
  const before = await change(input, picked, () => cores);
  const { cpus } = await picked[0].engine.facts();
  void offerUndo(input, picked, cores, before, cpus).catch((error: unknown) => showError(error, 'undo of a CPU limit', input));
}

async function offerUndo(input: CommandInput, picked: PickedSome, cores: number | undefined, before: Before, cpus: number): Promise<void> {
  const [{ container }, ...others] = picked;
  const who = others.length === 0 ? container.name : vscode.l10n.t('Each of {0} containers', picked.length);
  const [undo, watch] = [vscode.l10n.t('Undo'), vscode.l10n.t('Watch Live CPU')];
  const message = cores === undefined
    ? vscode.l10n.t('{0} has no CPU limit any more.', who)
    : vscode.l10n.t('{0} may use {1} % of one core: {2} % of this machine\'s {3} CPUs.', who, inPercent(cores), inPercent(cores / cpus), cpus);
  const undoable = [...before.values()].some((had) => had !== cores);
  const chosen = await vscode.window.showInformationMessage(messageText(message), ...(undoable ? [undo] : []), ...(others.length === 0 ? [watch] : []));
  if (chosen === undo) { await change(input, picked, (id) => before.get(id)); }
  if (chosen === watch) { input.openLivePage(container.id); }
}

async function change({ engines }: CommandInput, picked: readonly Picked[], coresOf: (id: string) => number | undefined): Promise<Before> {
  const before = new Map<string, number | undefined>();
  await forEachContainer(vscode.l10n.t('Limit CPU'), picked, async (engine, { id }) => {
    before.set(id, (await engines.setCpuLimit(engine, id, coresOf(id)))?.cores);
  });
  return before;
}

interface LimitItem extends vscode.QuickPickItem {
  cores?: number;
}

function askForCores(containers: readonly Container[], cpus: number): Promise<number | undefined> {
  const [first] = containers;
  const only = containers.length === 1 ? first : undefined;
  const items = limitItems(only?.cpuLimit?.cores, cpus);
  const pick = vscode.window.createQuickPick<LimitItem>();
  pick.title = vscode.l10n.t('Limit CPU of {0}', only === undefined ? vscode.l10n.t('{0} containers', containers.length) : plainText(only.name));
  pick.placeholder = vscode.l10n.t('Choose, or type a percentage of one core (100 is one whole core, {0} the machine)', cpus * 100);
  pick.items = items;
  pick.onDidChangeValue((value) => {
    const typed = parsePercent(value, cpus);
    pick.items = typed === undefined ? items : [{ label: vscode.l10n.t('{0} % of a core', inPercent(typed)), description: ofMachine(typed, cpus), cores: typed, alwaysShow: true }, ...items];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const typed = parsePercent(pick.value, cpus);
      // Enter may be faster than the list: what was typed counts until the list has followed.
      const followed = typed === undefined || pick.items[0]?.cores === typed;
      const cores = followed ? pick.selectedItems[0]?.cores : typed;
      if (cores === undefined) { return; }
      resolve(cores);
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function limitItems(now: number | undefined, cpus: number): LimitItem[] {
  const item = (cores: number, label: string, description: string): LimitItem =>
    ({ label, description: now !== undefined && Math.abs(now - cores) < 0.001 ? vscode.l10n.t('{0}, as it is now', description) : description, cores });
  return [
    { label: vscode.l10n.t('Share of one core'), kind: vscode.QuickPickItemKind.Separator },
    ...[0.05, 0.1, 0.25, 0.5, 0.75, 1].map((cores) => item(cores, vscode.l10n.t('{0} % of a core', inPercent(cores)), ofMachine(cores, cpus))),
    { label: vscode.l10n.t('Share of the whole machine ({0} CPUs)', cpus), kind: vscode.QuickPickItemKind.Separator },
    ...[0.05, 0.1, 0.25, 0.5, 0.75, 1].map((share) => item(share * cpus, vscode.l10n.t('{0} % of the machine', inPercent(share)), vscode.l10n.t('{0} % of a core', inPercent(share * cpus)))),
  ];
}

function ofMachine(cores: number, cpus: number): string {
  return vscode.l10n.t('{0} % of the machine', inPercent(cores / cpus));
}
