import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { detailsOf, HumanError, messageOf } from '../base/errors';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import { exerciseCommands, type ExerciseStep } from '../cgroup/exerciseCommands';
import { describeMachine } from '../cgroup/describeMachine';
import type { WritableCgroupHost } from '../cgroup/host';
import { type CgroupMachine, inspectMachine } from '../cgroup/machine';
import type { MadeRecord } from '../cgroup/made';
import type { GroupRoot } from '../cgroup/observe';
import { type TaskId, taskIds } from '../lesson/exercise';
import { type FromExercisePage, parseFromExercisePage, type ToExercisePage } from './exerciseProtocol';
import { ExerciseSession } from '../lesson/exerciseSession';
import { pageHtml } from './html';
import { parseFromLivePage, type ToLivePage } from './protocol';
import { ProcessSession } from './processSession';

export interface ExercisePagesInput {
  host: WritableCgroupHost;
  record: MadeRecord;
  clock: Clock;
  log: Log;
  /** Where the program goes when no folder is open. */
  storageFolder: string;
  extensionUri: vscode.Uri;
}

const programFile = 'factorials.py';
/** As the lesson calls it. */
const groupName = 'demo';

/** Which commands belong to which task. */
const stepOf: Record<TaskId, ExerciseStep> = {
  'start': 'start', 'make-group': 'makeGroup', 'limit-50': 'limitTo50', 'limit-10': 'limitTo10', 'move': 'move', 'watch': 'watch', 'stop': 'stop', 'remove-group': 'removeGroup',
};

/** The kernel here has no groups that could limit CPU. */
class NoCgroups extends HumanError {
  constructor() {
    super(vscode.l10n.t('The machine that VS Code\'s extensions run on has no cgroup file system with a cpu controller: it is not Linux, or the controller is not mounted. Limit a container instead: that works on any engine.'));
  }
}

/** A file of the learner's own is where the program would go. */
class FileInTheWay extends HumanError {
  constructor(path: string) {
    super(vscode.l10n.t('{0} is there already and is another program. Rename it, or open another folder.', path));
  }
}

/** The page of the exercise "limit a process by hand". One at a time: there is one group of its name. */
export class ExercisePages implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private terminal: vscode.Terminal | undefined;
  private readonly livePanels = new Map<number, vscode.WebviewPanel>();

  constructor(private readonly input: ExercisePagesInput) { }

  /** Opens the page, or brings it to the front. */
  async open(): Promise<void> {
    if (this.panel !== undefined) {
      this.panel.reveal();
      return;
    }
    const { host, record, clock, extensionUri } = this.input;
    const machine = await inspectMachine(host);
    const root = rootOf(machine);
    if (root === undefined) { throw new NoCgroups(); }
    const { mayWrite } = machine;
    const program = await this.saveProgram();
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const title = vscode.l10n.t('Limit a Process by Hand');
    const panel = this.panel = vscode.window.createWebviewPanel('helloContainers.exercise', title, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = this.icon();
    const session = new ExerciseSession({
      host, root, file: programFile, group: groupName, record, clock,
      startProgram: () => startProgram(program), kill: (pid) => process.kill(pid, 'SIGTERM'),
    });
    const post = (message: ToExercisePage): void => void panel.webview.postMessage(message);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const commandsNow = (): ReturnType<typeof exerciseCommands> => exerciseCommands(machine, {
      group: session.observation?.group?.isPlainFolder === false ? basename(session.observation.group.dir) : groupName,
      pid: session.observation?.program?.pid, sudo: !mayWrite,
      program: folder !== undefined && dirname(program) === folder ? basename(program) : program,
    });
    const show = (): void => {
      const { tasks: states, observation } = session;
      if (states === undefined) { return; }
      const commands = commandsNow();
      const ofGroup: readonly TaskId[] = ['make-group', 'limit-50', 'limit-10', 'move', 'remove-group'];
      post({
        type: 'tasks', machine: describeMachine(machine).findings, running: observation?.program !== undefined, l10n: vscode.l10n.bundle,
        tasks: taskIds.map((id) => ({ id, ...states[id], ...commands[stepOf[id]], mayDo: mayWrite || !ofGroup.includes(id) })),
      });
    };
    session.onDidChange(show);
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromExercisePage(value);
      if (message === undefined) {
        this.input.log.warn('the exercise\'s page sent a message that is not in the protocol');
      } else if (message.type === 'ready') {
        session.look().then(show, (error: unknown) => this.input.log.error(`exercise: ${detailsOf(error)}`));
      } else {
        void this.act(message, session, commandsNow, post);
      }
    });
    panel.onDidChangeViewState(() => session.setVisible(panel.visible));
    panel.onDidDispose(() => {
      session.dispose();
      this.panel = undefined;
    });
    panel.webview.html = pageHtml(panel.webview, dist, 'exercise', title);
    session.setVisible(true);
  }

  dispose(): void {
    this.panel?.dispose();
    for (const panel of [...this.livePanels.values()]) { panel.dispose(); }
  }

  private async act(message: Exclude<FromExercisePage, { type: 'ready' }>, session: ExerciseSession, commands: () => ReturnType<typeof exerciseCommands>, post: (message: ToExercisePage) => void): Promise<void> {
    try {
      switch (message.type) {
        case 'do':
          post({ type: 'busy', task: message.task });
          await session.do(message.task).finally(() => post({ type: 'busy', task: null }));
          break;
        case 'run': {
          const terminal = this.openTerminal();
          for (const line of commands()[stepOf[message.task]].lines) { terminal.sendText(line); }
          break;
        }
        case 'copy':
          await vscode.env.clipboard.writeText(commands()[stepOf[message.task]].lines.join('\n'));
          break;
        case 'watch': {
          const pid = session.observation?.program?.pid;
          if (pid !== undefined) { this.openLive(pid); } else { throw new HumanError(vscode.l10n.t('The program does not run: start it first.')); }
          break;
        }
      }
    } catch (error) {
      this.input.log.error(`exercise: ${detailsOf(error)}`);
      void vscode.window.showErrorMessage(messageText(messageOf(error)));
    }
  }

  /** One terminal that the learner sees, in their folder. */
  private openTerminal(): vscode.Terminal {
    if (this.terminal?.exitStatus !== undefined) { this.terminal = undefined; }
    this.terminal ??= vscode.window.createTerminal({ name: vscode.l10n.t('By hand'), iconPath: new vscode.ThemeIcon('tools') });
    this.terminal.show(true);
    return this.terminal;
  }

  private openLive(pid: number): void {
    const known = this.livePanels.get(pid);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const { host, clock, extensionUri } = this.input;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const title = vscode.l10n.t('Live CPU: process {0}', pid);
    const panel = vscode.window.createWebviewPanel('helloContainers.live', title, vscode.ViewColumn.Beside, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = this.icon();
    this.livePanels.set(pid, panel);
    const session = new ProcessSession({ host, pid, clock, name: `${programFile} (${pid})`, machineCpus: availableParallelism(), l10nBundle: vscode.l10n.bundle });
    let listening = false;
    const post = (message: ToLivePage): void => { if (listening) { void panel.webview.postMessage(message); } };
    session.onMessage(post);
    panel.webview.onDidReceiveMessage((value: unknown) => {
      if (parseFromLivePage(value)?.type !== 'ready') { return; }
      listening = true;
      post(session.snapshot());
    });
    panel.onDidChangeViewState(() => {
      session.setVisible(panel.visible);
      if (!panel.visible) { listening = false; }
    });
    panel.onDidDispose(() => {
      session.dispose();
      this.livePanels.delete(pid);
    });
    panel.webview.html = pageHtml(panel.webview, dist, 'live', title);
  }

  private icon(): { light: vscode.Uri; dark: vscode.Uri } {
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.input.extensionUri, 'media', `tab-${theme}.svg`);
    return { light: icon('light'), dark: icon('dark') };
  }

  /** The program as a file of the learner's own, to look at and to change. Never in the place of another file. */
  private async saveProgram(): Promise<string> {
    const text = await readFile(vscode.Uri.joinPath(this.input.extensionUri, 'media', programFile).fsPath, 'utf8');
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = join(folder?.scheme === 'file' ? folder.fsPath : this.input.storageFolder, programFile);
    const found = await readFile(target, 'utf8').catch(() => undefined);
    if (found === text) { return target; }
    if (found !== undefined) { throw new FileInTheWay(target); }
    await mkdir(dirname(target), { recursive: true });
    // Fails, rather than replaces, when a file came meanwhile.
    await writeFile(target, text, { flag: 'wx' });
    return target;
  }
}

/** In the background and on its own: the terminal's and the window's end do not end it, our record does. */
async function startProgram(program: string): Promise<ChildProcess> {
  const output = await open(program.replace(/\.py$/, '.log'), 'a');
  try {
    const child = spawn('python3', ['-u', program], { cwd: dirname(program), detached: true, stdio: ['ignore', output.fd, output.fd] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', () => reject(new HumanError(vscode.l10n.t('python3 was not found. Install it (on Debian and Ubuntu: sudo apt install python3), then try again.'))));
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

function rootOf({ version, cpuMount, accountMount }: CgroupMachine): GroupRoot | undefined {
  return version === undefined || cpuMount === undefined ? undefined : { version, mount: cpuMount, accountMount: version === 'v2' ? cpuMount : accountMount ?? cpuMount };
}
