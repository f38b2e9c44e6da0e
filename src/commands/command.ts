import * as vscode from 'vscode';
import { detailsOf, type Fix, HumanError, isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import type { CgroupHost } from '../cgroup/host';
import type { Arrangement } from '../engine/arrangement';
import type { EngineChoice, FinderInput } from '../engine/contexts';
import type { Endpoint } from '../engine/endpoint';
import type { Engine } from '../engine/engine';
import type { Engines, KnownEngine } from '../engine/engines';
import { EngineUnreachable } from '../engine/errors';
import type { Swarms } from '../engine/swarm/swarms';
import type { LessonJournal } from '../lesson/journal';
import type { LessonProgress } from '../lesson/progress';
import type { RunRecording } from '../lesson/recording';
import type { Runs } from '../lesson/runs';
import type { Exercise } from '../lesson/step';
import type { InspectDocuments } from './inspect';
import type { Made } from './made';
import type { Remembered } from './remembered';

/** What commands work with. */
export interface CommandInput {
  engines: Engines;
  swarms: Swarms;
  log: Log;
  made: Made;
  /** The lesson's Python program. */
  readProgram(): Promise<string>;
  /** The recorded run that comes along, as JSON. */
  readRecording(): Promise<string>;
  /** The last run of hello-world in this window; its evidence may come a moment later. */
  lastRun: { recording: (() => RunRecording) | undefined };
  /** All runs, to be drawn. */
  runs: Runs;
  openLivePage(containerId: string): void;
  openExercise(): Promise<void>;
  pages: { openRun(): void; openArchitecture(): void; openMeasure(): void; openXray(containerId: string): void; openOverview(): void };
  openContainerCgroup(containerId: string): Promise<void>;
  /** Of a process of this machine. */
  openProcessCgroup(pid: number): Promise<void>;
  /** The process that runs the exercise's program, where one is seen. */
  exerciseProgram(): number | undefined;
  exercise: Exercise;
  progress: LessonProgress;
  journal: LessonJournal;
  extensionVersion: string;
  /** The containers that are selected in the tree. */
  selectedContainers(): readonly string[];
  /** How the tree arranges its containers. */
  arranging: { readonly arrangement: Arrangement; arrange(change: Partial<Arrangement>): void };
  inspectDocuments: InspectDocuments;
  remembered: Remembered;
  /** The files of this machine's kernel. */
  kernel: CgroupHost;
  showLog(): void;
  /** Opens a connection of its own to an engine. */
  connect(endpoint: Endpoint, signal: AbortSignal, mayAsk: boolean): Promise<Engine>;
  /** Where engines are looked for now. */
  finderInput(): FinderInput;
  /** The engine of this workspace from now on; undefined: as the docker command chooses. */
  rememberEngine(choice: EngineChoice | undefined): Promise<void>;
}

/**
 * What a command of a container is given: an item of the tree or a page's container, a group of the tree, or from a key the word for the
 * tree's selection.
 */
export type ContainerTarget = { containerId: string } | { containerIds: readonly string[] } | 'selection';

/** What a command of an engine is given: an item of the tree, or nothing when it means the one that is used. */
export interface EngineTarget {
  engineKey?: unknown;
}

/** The engine that a command is for: the tree's item, or the one that is used. */
export async function engineFor({ engines }: Pick<CommandInput, 'engines'>, target: EngineTarget | undefined): Promise<KnownEngine> {
  const named = typeof target?.engineKey === 'string' ? engines.get(target.engineKey) : undefined;
  return named ?? engines.usedEngine();
}

export type Command = (...args: never[]) => Promise<unknown> | undefined;

/** Registers a command under our prefix. What it throws is shown with buttons for its fixes; an abort is silent. */
export function registerCommand(name: string, command: Command, input: CommandInput): vscode.Disposable {
  return vscode.commands.registerCommand(`helloContainers.${name}`, async (...args: never[]) => {
    try {
      return await command(...args);
    } catch (error) {
      void showError(error, name, input);
      return undefined;
    }
  });
}

/** Tells of an error outside of a command, such as one behind a button of a message. */
export async function showError(error: unknown, during: string, { log, showLog }: Pick<CommandInput, 'log' | 'showLog'>): Promise<void> {
  if (isAbort(error)) { return; }
  log.error(`${during}: ${detailsOf(error)}`);
  const fixes: readonly Fix[] = [
    ...(error instanceof HumanError ? error.fixes : []),
    ...(error instanceof EngineUnreachable ? [{ title: vscode.l10n.t('Diagnose'), command: 'helloContainers.diagnoseEngine' }] : []),
  ];
  const openLog = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showErrorMessage(messageText(messageOf(error)), ...fixes.map(({ title }) => title), openLog);
  if (chosen === openLog) { showLog(); }
  const fix = fixes.find(({ title }) => title === chosen);
  if (fix !== undefined) { await vscode.commands.executeCommand(fix.command, ...fix.arguments ?? []); }
}

/** Between two reports of a progress, in milliseconds: an engine may send a hundred thousand lines a second, and each would be drawn. */
const reportMillis = 50;

/** A notification with a bar and a Cancel button; cancelling aborts the signal. */
export function withCancellableProgress<T>(title: string, work: (report: (message: string, increment?: number) => void, signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: messageText(title), cancellable: true }, async (progress, token) => {
    const cancel = new AbortController();
    token.onCancellationRequested(() => cancel.abort());
    let due: { message: string; increment: number } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const tell = (): void => {
      timer = undefined;
      if (due === undefined) { return; }
      progress.report({ message: messageText(due.message), increment: due.increment });
      due = undefined;
      timer = setTimeout(tell, reportMillis);
    };
    try {
      return await work((message, increment = 0) => {
        due = { message, increment: increment + (due?.increment ?? 0) };
        if (timer === undefined) { tell(); }
      }, cancel.signal);
    } finally {
      clearTimeout(timer);
    }
  });
}

/** The thin bar over the containers view while something takes a moment. */
export function withViewProgress<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: 'helloContainers.containers' } }, work);
}
