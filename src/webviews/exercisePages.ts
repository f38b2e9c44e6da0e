import { basename } from 'node:path';
import * as vscode from 'vscode';
import { detailsOf, HumanError, isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import { typedLines } from '../base/typedLine';
import type { ExerciseStep, StepCommands } from '../cgroup/exerciseCommands';
import { checkGroupName } from '../cgroup/input';
import { type TaskId, taskIds } from '../lesson/exercise';
import { EnginePlace } from '../lesson/enginePlace';
import type { Exercise } from './exercise';
import { type CommandsOf, readExercisePage, type ShownTask, type ToExercisePage } from './exerciseProtocol';
import { Page } from './page';
import type { Heard } from './pageMessages';
import type { ProcessPages } from './processPages';

export interface ExercisePagesInput {
  exercise: Exercise;
  processes: ProcessPages;
  log: Log;
  extensionUri: vscode.Uri;
}

/** Which commands belong to which task. */
const stepOf: Record<TaskId, ExerciseStep> = {
  'start': 'start', 'make-group': 'makeGroup', 'limit-50': 'limitTo50', 'limit-10': 'limitTo10', 'move': 'move', 'watch': 'watch', 'stop': 'stop', 'remove-group': 'removeGroup',
};

/** These need more than the learner's own rights, where the machine's groups are root's. */
const ofGroup: readonly TaskId[] = ['make-group', 'limit-50', 'limit-10', 'move', 'remove-group'];

/** The page of the exercise "limit a process by hand". One at a time, as there is one exercise. */
export class ExercisePages implements vscode.Disposable {
  private page: Page<ToExercisePage, Heard<typeof readExercisePage>> | undefined;
  private terminal: vscode.Terminal | undefined;
  private readonly subscription: { dispose(): void };

  constructor(private readonly input: ExercisePagesInput) {
    this.subscription = input.exercise.onDidChange(() => this.show());
  }

  /** Opens the page, or brings it to the front. */
  async open(): Promise<void> {
    if (this.page !== undefined) {
      this.page.reveal();
      return;
    }
    const { exercise, extensionUri, log } = this.input;
    await exercise.ensure();
    // To look at, and for the learner's own commands.
    await exercise.saveProgram();
    this.page = new Page({
      name: 'exercise', title: vscode.l10n.t('Limit a Process by Hand'), column: vscode.ViewColumn.Active, extensionUri, log, read: readExercisePage,
      onMessage: (message) => void this.act(message), onVisible: (visible) => exercise.setVisible(visible),
      onClose: () => {
        this.page = undefined;
        exercise.leave().catch((error: unknown) => {
          log.error(`exercise: ${detailsOf(error)}`);
          void vscode.window.showErrorMessage(messageText(messageOf(error)));
        });
      },
    });
    exercise.setVisible(true);
  }

  dispose(): void {
    this.subscription.dispose();
    this.page?.dispose();
  }

  private show(): void {
    const { exercise } = this.input;
    const { session, tasks, place } = exercise;
    const needsHelper = session === undefined && place === 'engine';
    if (tasks === undefined && !needsHelper) { return; }
    const commands = exercise.commands();
    this.post({
      type: 'tasks', places: exercise.places, place, needsHelper, machine: session === undefined ? [] : [...exercise.machine], group: exercise.groupName,
      running: session?.observation?.program !== undefined, scope: exercise.scope ?? null, l10n: vscode.l10n.bundle,
      tasks: taskIds.map((id): ShownTask => ({
        id,
        ...tasks?.[id] ?? { done: false, reason: vscode.l10n.t('Not known: no helper looks at that machine yet.') },
        ...commands?.[stepOf[id]] ?? { lines: [], why: '' },
        mayDo: session === undefined || session.place.mayWrite || !ofGroup.includes(id),
      })),
    });
  }

  private post(message: ToExercisePage): void { this.page?.post(message); }

  private async act(message: Heard<typeof readExercisePage>): Promise<void> {
    const { exercise, log } = this.input;
    try {
      switch (message.type) {
        case 'ready':
          await exercise.look();
          this.show();
          break;
        case 'do':
          await this.busy(message.task, () => exercise.do(message.task));
          break;
        case 'run':
          this.openTerminal(this.linesOf(message.task));
          break;
        case 'copy':
          await vscode.env.clipboard.writeText(this.linesOf(message.task).join('\n'));
          break;
        case 'place':
          await this.busy('start', () => exercise.choose(message.place));
          break;
        case 'startHelper':
          await this.busy('start', () => exercise.startHelper());
          break;
        case 'rename':
          await this.rename();
          break;
        case 'watch':
          this.watch();
          break;
        case 'explore':
          await vscode.commands.executeCommand('helloContainers.showProcessCgroup', this.program().pid);
          break;
      }
    } catch (error) {
      if (isAbort(error)) { return; }
      log.error(`exercise: ${detailsOf(error)}`);
      void vscode.window.showErrorMessage(messageText(messageOf(error)));
    }
  }

  private async busy(task: TaskId, work: () => Promise<void>): Promise<void> {
    this.post({ type: 'busy', task });
    await work().finally(() => {
      this.post({ type: 'busy', task: null });
      this.show();
    });
  }

  private linesOf(task: CommandsOf): readonly string[] {
    const { exercise } = this.input;
    const commands: StepCommands | undefined = task === 'scope' ? exercise.scope : exercise.commands()?.[stepOf[task]];
    return typedLines(commands?.lines ?? []);
  }

  /** One terminal that the learner sees, in their folder. */
  private openTerminal(lines: readonly string[]): void {
    if (this.terminal?.exitStatus !== undefined) { this.terminal = undefined; }
    this.terminal ??= vscode.window.createTerminal({ name: vscode.l10n.t('By hand'), iconPath: new vscode.ThemeIcon('tools') });
    this.terminal.show(true);
    for (const line of lines) { this.terminal.sendText(line); }
  }

  private async rename(): Promise<void> {
    const { exercise } = this.input;
    const name = await vscode.window.showInputBox({
      title: vscode.l10n.t('Name of the group'), prompt: vscode.l10n.t('A group that is there already keeps its name.'), value: exercise.groupName, validateInput: checkGroupName,
    });
    if (name !== undefined) { await exercise.rename(name); }
  }

  private program(): { pid: number; command: readonly string[] } {
    const program = this.input.exercise.session?.observation?.program;
    if (program === undefined) { throw new HumanError(vscode.l10n.t('The program does not run: start it first.')); }
    return program;
  }

  private watch(): void {
    const { exercise: { session }, processes } = this.input;
    const { pid, command } = this.program();
    if (session === undefined) { return; }
    const { place } = session;
    processes.open({
      host: place.host, pid, name: `${basename(command.at(-1) ?? '')} (${pid})`,
      ...place instanceof EnginePlace ? { lookMillis: 2_000, output: (signal: AbortSignal) => place.outputOf(pid, signal), key: 'engine' } : { key: 'here' },
    });
  }
}
