import * as vscode from 'vscode';
import { messageText, plainText } from '../base/plainText';
import { type KernelLimit, kernelLimitOf } from '../cgroup/kernelLimit';
import { type Container, isRunning } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { parseResourceLimit, readResourceLimit, type ResourceKind, setResourceLimit, usualShares } from '../engine/resourceLimit';
import { type Command, type CommandInput, type ContainerTarget, showError, withViewProgress } from './command';
import { pickContainer } from './pickContainer';

const kinds: readonly ResourceKind[] = ['memory', 'pids', 'cpuShares'];

/** What is typed to lift a limit. */
const none = '';

/** Limits memory, processes or CPU shares of a running container: asks which and how much, and says what the engine and the kernel have then. */
export function limitResource(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want to limit?'), isRunning, vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
    if (picked === undefined) { return; }
    const { container, engine } = picked;
    const [{ resources }, facts] = await Promise.all([engine.inspectContainer(container.id), engine.facts()]);
    const now = (kind: ResourceKind): number | undefined => readResourceLimit(resources, kind, facts);
    const chosen = await vscode.window.showQuickPick(
      kinds.map((kind) => ({ label: kindWords(kind), description: now(kind) === undefined ? vscode.l10n.t('no limit') : amount(kind, now(kind)), detail: explain(kind), resource: kind })),
      { title: vscode.l10n.t('Limit {0}', plainText(container.name)), placeHolder: vscode.l10n.t('What do you want to limit?') });
    if (chosen === undefined) { return; }
    const kind = chosen.resource;
    const wanted = await askForLimit(container, kind, now(kind));
    if (wanted === undefined) { return; }
    const limit = wanted === none ? undefined : parseResourceLimit(kind, wanted);
    if (kind === 'memory' && limit !== undefined && !await mayLimitMemory(engine, container, limit)) { return; }
    await apply(input, engine, container, kind, limit);
  };
}

async function apply(input: CommandInput, engine: Engine, container: Container, kind: ResourceKind, limit: number | undefined): Promise<void> {
  const before = await change(engine, container, kind, limit);
  const kernel = await kernelLimitOf(input.kernel, engine, container.id, kind);
  void tell(input, engine, container, kind, { limit, before, kernel }).catch((error: unknown) => showError(error, 'undo of a limit', input));
}

async function change(engine: Engine, { id }: Container, kind: ResourceKind, limit: number | undefined): Promise<number | undefined> {
  return withViewProgress(() => setResourceLimit(engine, id, kind, limit));
}

async function tell(input: CommandInput, engine: Engine, container: Container, kind: ResourceKind, { limit, before, kernel }: { limit: number | undefined; before: number | undefined; kernel: KernelLimit | undefined }): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const said = limit === undefined
    ? kind === 'memory'
      ? vscode.l10n.t('{0} may use all memory of the machine again. Docker cannot take a memory limit away from a container: it is now as high as the machine\'s memory.', container.name)
      : vscode.l10n.t('{0} has no limit of {1} any more.', container.name, kindWords(kind))
    : vscode.l10n.t('{0} may use {1}.', container.name, amount(kind, limit));
  const seen = kernel === undefined ? vscode.l10n.t('The engine says so; its kernel is not this machine\'s, or its file cannot be read here.') : vscode.l10n.t('The kernel\'s {0} says {1}.', kernel.file, kernel.text);
  const chosen = await vscode.window.showInformationMessage(messageText(`${said} ${seen}`), ...(before === limit ? [] : [undo]));
  if (chosen === undo) { await change(engine, container, kind, before); }
}

/** What is used already is taken back first, as far as it is only kept for speed; then processes are killed, or v1 refuses. */
async function mayLimitMemory(engine: Engine, { id, name }: Container, limit: number): Promise<boolean> {
  const used = await memoryNow(engine, id);
  if (used === undefined || used <= limit) { return true; }
  const go = vscode.l10n.t('Limit Nevertheless');
  const detail = vscode.l10n.t('The kernel takes back first what it keeps only for speed. If that is not enough, cgroup v2 kills a process of the container, and v1 refuses the limit.');
  return await vscode.window.showWarningMessage(vscode.l10n.t('{0} uses {1} now, more than the new limit of {2}.', plainText(name), amount('memory', used), amount('memory', limit)), { modal: true, detail }, go) === go;
}

async function memoryNow(engine: Engine, id: string): Promise<number | undefined> {
  const enough = new AbortController();
  try {
    for await (const { memoryBytes } of engine.containerStats(id, enough.signal)) { return memoryBytes; }
    return undefined;
  } finally {
    enough.abort();
  }
}

async function askForLimit({ name }: Container, kind: ResourceKind, now: number | undefined): Promise<string | undefined> {
  const example = { memory: '256m', pids: '100', cpuShares: String(usualShares / 2) }[kind];
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Limit {0} of {1}', kindWords(kind), plainText(name)),
    prompt: vscode.l10n.t('For example {0}. Empty: no limit.', example), placeHolder: example, value: now === undefined ? '' : kind === 'memory' ? `${Number((now / 1024 ** 2).toFixed(3))}m` : String(now),
    validateInput: (value) => value.trim() === none || parseResourceLimit(kind, value) !== undefined ? undefined : invalid(kind),
  });
  return typed?.trim();
}

function invalid(kind: ResourceKind): string {
  switch (kind) {
    case 'memory': return vscode.l10n.t('An amount such as 256m or 1.5g, at least 6m');
    case 'pids': return vscode.l10n.t('A whole number of processes, at least 1');
    case 'cpuShares': return vscode.l10n.t('A whole number from 2 to 262144; 1024 is the usual weight');
  }
}

function kindWords(kind: ResourceKind): string {
  switch (kind) {
    case 'memory': return vscode.l10n.t('memory');
    case 'pids': return vscode.l10n.t('processes');
    case 'cpuShares': return vscode.l10n.t('CPU shares');
  }
}

function explain(kind: ResourceKind): string {
  switch (kind) {
    case 'memory': return vscode.l10n.t('At the limit the kernel takes back what it can, then kills a process of the container');
    case 'pids': return vscode.l10n.t('At the limit no process and no thread can be started');
    case 'cpuShares': return vscode.l10n.t('A weight: it matters only while others want the same CPUs');
  }
}

function amount(kind: ResourceKind, value = 0): string {
  switch (kind) {
    case 'memory': return vscode.l10n.t('{0} MiB of memory', Number((value / 1024 ** 2).toFixed(1)));
    case 'pids': return vscode.l10n.t('{0} processes', value);
    case 'cpuShares': return vscode.l10n.t('{0} CPU shares (1024 is usual)', value);
  }
}

