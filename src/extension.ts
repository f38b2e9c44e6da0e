import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { systemClock } from './base/clock';
import { safeLog } from './base/log';
import { LocalHost } from './cgroup/localHost';
import { allCommands } from './commands/all';
import { registerCommand } from './commands/command';
import { InspectDocuments } from './commands/inspect';
import { Made } from './commands/made';
import { PlainTcpConsent } from './commands/plainTcp';
import { Remembered } from './commands/remembered';
import { connect } from './engine/connect';
import { configDirOf, type EngineChoice, type FinderInput } from './engine/contexts';
import { ContextWatcher } from './engine/contextWatcher';
import type { Endpoint } from './engine/endpoint';
import type { Engine } from './engine/engine';
import { Engines } from './engine/engines';
import type { FlightRecorder } from './engine/recorder';
import { Swarms } from './engine/swarm/swarms';
import { LessonJournal } from './lesson/journal';
import { LessonProgress } from './lesson/progress';
import { Runs } from './lesson/runs';
import { registerTools } from './tools/register';
import { Arranging } from './views/arranging';
import { ContainersView } from './views/containersView';
import { EngineStatus } from './views/engineStatus';
import { LessonView } from './views/lessonView';
import { objectKinds } from './views/objectKinds';
import { ObjectsView } from './views/objectsView';
import { StepContexts } from './views/stepContexts';
import { SwarmView } from './views/swarmView';
import { ByHand } from './webviews/byHand';
import { Diagrams } from './webviews/diagrams';
import { LivePages } from './webviews/livePages';

/** VS Code waits for what deactivate() returns, and for nothing else, before it ends us. */
let endExercise: (() => Promise<void>) | undefined;

/** Builds everything and registers it. Nothing here touches the disk or the network. */
export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) { l10n.config({ contents: vscode.l10n.bundle }); }
  const output = vscode.window.createOutputChannel('Hello Containers', { log: true });
  const log = safeLog(output);
  const clock = systemClock;
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('helloContainers');
  const finderInput = (): FinderInput => ({
    choice: context.workspaceState.get<EngineChoice>('engine'), setting: configuration().get('endpoint', ''),
    env: process.env, platform: process.platform, homeDir: homedir(),
  });
  const plainTcp = new PlainTcpConsent(context.globalState);
  const open = async (endpoint: Endpoint, signal: AbortSignal, mayAsk: boolean, recorder?: FlightRecorder): Promise<Engine> => {
    await plainTcp.check(endpoint, mayAsk);
    return connect(endpoint, { signal, ...recorder && { recorder }, ssh: { path: configuration().get('ssh.path', 'ssh'), env: process.env } });
  };
  const engines = new Engines({ finderInput, connect: open, clock, log });
  const swarms = new Swarms(engines);
  const kernel = new LocalHost();
  const progress = new LessonProgress(engines, context.globalState, kernel, { get state() { return engines.used && swarms.get(engines.used.key)?.model.state; }, onDidChange: swarms.onDidChange });
  const livePages = new LivePages(engines, { host: kernel, clock, log, l10nBundle: vscode.l10n.bundle }, context.extensionUri, progress);
  const made = new Made(context.globalState);
  const readMedia = (file: string): Promise<string> => readFile(vscode.Uri.joinPath(context.extensionUri, 'media', file).fsPath, 'utf8');
  const readProgram = (): Promise<string> => readMedia('factorials.py');
  const notePulled = (engineId: string, image: string): Promise<void> => made.addPulled(engineId, image);
  const byHand = new ByHand({ context, host: kernel, engines, progress, clock, log, readProgram, notePulled });
  const { exercise } = byHand;
  endExercise = () => exercise.end();
  const runs = new Runs(kernel, clock);
  const pages = new Diagrams({ engines, runs, helpers: byHand.helpers, host: kernel, clock, log, extensionUri: context.extensionUri, notePulled });
  const arranging = new Arranging(context.globalState);
  const view = new ContainersView({ engines, arranging, host: kernel, clock });
  const inspectDocuments = new InspectDocuments(engines);
  const journal = new LessonJournal(progress, context.globalState, clock);
  const input = {
    engines, swarms, log, made, readProgram, readRecording: () => readMedia('recorded-run.json'), lastRun: { recording: undefined }, runs, pages,
    selectedContainers: () => view.selectedContainers, arranging, inspectDocuments, remembered: new Remembered(context.globalState), kernel,
    openLivePage: (containerId: string) => livePages.open(containerId),
    openExercise: () => byHand.pages.open(),
    openContainerCgroup: (containerId: string) => byHand.cgroups.openContainer(containerId),
    openProcessCgroup: (pid: number) => byHand.cgroups.openProcess(pid),
    exerciseProgram: () => exercise.session?.observation?.program?.pid,
    exercise, progress, journal, extensionVersion: (context.extension.packageJSON as { version: string }).version,
    showLog: () => output.show(),
    connect: open, finderInput,
    rememberEngine: async (choice?: EngineChoice) => context.workspaceState.update('engine', choice),
  };
  context.subscriptions.push(
    output, engines, swarms, progress, livePages, pages, runs, byHand,
    view, arranging, inspectDocuments,
    ...objectKinds.map((kind) => new ObjectsView(engines, kind)),
    new SwarmView(swarms),
    new EngineStatus(engines),
    journal, new LessonView(progress, journal, () => exercise.look()),
    new StepContexts(progress),
    ...Object.entries(allCommands(input)).map(([name, command]) => registerCommand(name, command, input)),
    ...registerTools(engines, log),
    vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('helloContainers.endpoint')) { void engines.reconsider(); } }),
  );
  // We are activated by the view, a command or the walkthrough, and each wants to know the engines. After this turn, not in it.
  setImmediate(() => {
    engines.start();
    void byHand.takeAwayLeft();
    context.subscriptions.push(new ContextWatcher(configDirOf(finderInput()), () => void engines.reconsider()));
  });
}

/** Ends the exercise's program and removes its group: nothing of ours runs on without its window. */
export async function deactivate(): Promise<void> {
  await endExercise?.();
}
