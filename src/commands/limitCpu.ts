import * as vscode from 'vscode';
import { messageText, plainText } from '../base/plainText';
import type { Container } from '../engine/containers';
import { type CpuLimit, parsePercent, setCpuLimit } from '../engine/cpuLimit';
import type { Engine } from '../engine/engine';
import { type Command, type CommandInput, type ContainerTarget, showError, withViewProgress } from './command';
import { isRunning, pickContainer } from './pickContainer';

const tenPercent = 0.1;

/** Limits a running container to a tenth of one core, at once. */
export function limitCpuTo10(input: CommandInput): Command {
  return (target?: ContainerTarget) => withContainer(input, target, (container, engine) => apply(input, container, engine, tenPercent));
}

/** Asks for the limit: a share of a core or of the machine, from the list or typed. */
export function limitCpu(input: CommandInput): Command {
  return (target?: ContainerTarget) => withContainer(input, target, async (container, engine) => {
    const { cpus } = await engine.facts();
    const cores = await askForCores(container, cpus);
    if (cores !== undefined) { await apply(input, container, engine, cores); }
  });
}

/** Lifts the limit. */
export function removeCpuLimit(input: CommandInput): Command {
  return (target?: ContainerTarget) => withContainer(input, target, (container, engine) => apply(input, container, engine, undefined));
}

async function withContainer(input: CommandInput, target: ContainerTarget | undefined, work: (container: Container, engine: Engine) => Promise<void>): Promise<void> {
  const picked = await pickContainer(input, target, vscode.l10n.t('Which container\'s CPU do you mean?'), isRunning, vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
  if (picked !== undefined) { await work(picked.container, picked.engine); }
}

async function apply(input: CommandInput, container: Container, engine: Engine, cores: number | undefined): Promise<void> {
  const before = await change(input, container.id, engine, cores);
  const { cpus } = await engine.facts();
  void offerUndo(input, container, engine, cores, before?.cores, cpus).catch((error: unknown) => showError(error, 'undo of a CPU limit', input));
}

async function offerUndo(input: CommandInput, { id, name }: Container, engine: Engine, cores: number | undefined, before: number | undefined, cpus: number): Promise<void> {
  const [undo, watch] = [vscode.l10n.t('Undo'), vscode.l10n.t('Watch Live CPU')];
  const message = cores === undefined
    ? vscode.l10n.t('{0} has no CPU limit any more.', name)
    : vscode.l10n.t('{0} may use {1} % of one core: {2} % of this machine\'s {3} CPUs.', name, percent(cores), percent(cores / cpus), cpus);
  const chosen = await vscode.window.showInformationMessage(messageText(message), ...(before === cores ? [] : [undo]), watch);
  if (chosen === undo) { await change(input, id, engine, before); }
  if (chosen === watch) { input.openLivePage(id); }
}

function change({ engines }: CommandInput, id: string, engine: Engine, cores: number | undefined): Thenable<CpuLimit | undefined> {
  return withViewProgress(async () => {
    const before = await setCpuLimit(engine, id, cores);
    // Docker tells of it by an event; Podman does not.
    await engines.ownerOf(id)?.engine.connection.containers.refresh(id);
    return before;
  });
}

interface LimitItem extends vscode.QuickPickItem {
  cores?: number;
}

function askForCores(container: Container, cpus: number): Promise<number | undefined> {
  const items = limitItems(container, cpus);
  const pick = vscode.window.createQuickPick<LimitItem>();
  pick.title = vscode.l10n.t('Limit CPU of {0}', plainText(container.name));
  pick.placeholder = vscode.l10n.t('Choose, or type a percentage of one core (100 is one whole core, {0} the machine)', cpus * 100);
  pick.items = items;
  pick.onDidChangeValue((value) => {
    const typed = parsePercent(value, cpus);
    pick.items = typed === undefined ? items : [{ label: vscode.l10n.t('{0} % of a core', percent(typed)), description: ofMachine(typed, cpus), cores: typed, alwaysShow: true }, ...items];
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

function limitItems({ cpuLimit }: Container, cpus: number): LimitItem[] {
  const now = cpuLimit?.cores;
  const item = (cores: number, label: string, description: string): LimitItem =>
    ({ label, description: now !== undefined && Math.abs(now - cores) < 0.001 ? vscode.l10n.t('{0}, as it is now', description) : description, cores });
  return [
    { label: vscode.l10n.t('Share of one core'), kind: vscode.QuickPickItemKind.Separator },
    ...[0.05, 0.1, 0.25, 0.5, 0.75, 1].map((cores) => item(cores, vscode.l10n.t('{0} % of a core', percent(cores)), ofMachine(cores, cpus))),
    { label: vscode.l10n.t('Share of the whole machine ({0} CPUs)', cpus), kind: vscode.QuickPickItemKind.Separator },
    ...[0.05, 0.1, 0.25, 0.5, 0.75, 1].map((share) => item(share * cpus, vscode.l10n.t('{0} % of the machine', percent(share)), vscode.l10n.t('{0} % of a core', percent(share * cpus)))),
  ];
}

function ofMachine(cores: number, cpus: number): string {
  return vscode.l10n.t('{0} % of the machine', percent(cores / cpus));
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(1)));
}
