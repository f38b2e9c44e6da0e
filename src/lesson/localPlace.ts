import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import type { DemoGroup } from '../cgroup/demoGroup';
import { exerciseCommands, type ExerciseStep, type StepCommands } from '../cgroup/exerciseCommands';
import type { WritableCgroupHost } from '../cgroup/host';
import { type CgroupMachine, inspectMachine } from '../cgroup/machine';
import { environmentOf, type MadeRecord, type MadeThing } from '../cgroup/made';
import type { GroupRoot } from '../cgroup/observe';
import { type Process, readProcess } from '../cgroup/processes';
import { type ExercisePlace, rootOf } from './exercisePlace';

export interface LocalPlaceInput {
  host: WritableCgroupHost;
  record: MadeRecord;
  /** Where the program is, or will be: its path, and the word for it in the learner's terminal. */
  program: { path: string; word: string };
  /** Saves it there, if it is not. */
  saveProgram(): Promise<void>;
  /** Starts a program in the background, its output in a file beside it. */
  spawn(path: string, environment: Record<string, string>): Promise<ChildProcess>;
  /** Asks a process to end (SIGTERM). */
  kill(pid: number): void;
}

/** The kernel here has no groups that could limit CPU. */
export class NoCgroups extends HumanError {
  constructor() {
    super(l10n.t('The machine that VS Code\'s extensions run on has no cgroup file system with a cpu controller: it is not Linux, or the controller is not mounted. Do the exercise on the machine of a container engine instead.'));
  }
}

/** A polite end takes as long as the program wants; then it is said. Milliseconds. */
const endMillis = 10_000;

/** This machine: its files when we may write them, else a terminal with sudo. */
export class LocalPlace implements ExercisePlace {
  readonly contained = false;
  readonly lookMillis = 1_000;
  readonly host: WritableCgroupHost;
  /** What of ours runs, with what is written down of it. */
  private started: { child: ChildProcess; thing: MadeThing } | undefined;

  private constructor(private readonly input: LocalPlaceInput, readonly machine: CgroupMachine, readonly root: GroupRoot) {
    this.host = input.host;
  }

  /** Looks at the machine, and changes nothing. @throws NoCgroups */
  static async open(input: LocalPlaceInput): Promise<LocalPlace> {
    const machine = await inspectMachine(input.host);
    const root = rootOf(machine);
    if (root === undefined) { throw new NoCgroups(); }
    return new LocalPlace(input, machine, root);
  }

  get file(): string { return basename(this.input.program.path); }

  get mayWrite(): boolean { return this.machine.mayWrite; }

  among(): Promise<undefined> { return Promise.resolve(undefined); }

  async startProgram(): Promise<void> {
    const { record, saveProgram, spawn, program: { path } } = this.input;
    await saveProgram();
    const mark = randomUUID();
    const thing: MadeThing = { kind: 'program', mark };
    await record.add(thing);
    try {
      this.started = { child: await spawn(path, environmentOf(mark)), thing };
    } catch (error) {
      await record.forget(thing);
      throw error;
    }
  }

  async stopProgram(program: Process): Promise<void> {
    const { host, kill, record } = this.input;
    kill(program.pid);
    const longest = within(endMillis);
    while (await readProcess(host, program.pid) !== undefined) {
      if (longest.aborted) { throw new HumanError(l10n.t('Process {0} was asked to end (SIGTERM), but still runs. End it yourself: kill -KILL {0}', program.pid)); }
      await sleep(50, longest);
    }
    const { started } = this;
    if (started !== undefined && (started.child.pid === program.pid || started.child.exitCode !== null || started.child.signalCode !== null)) {
      this.started = undefined;
      await record.forget(started.thing);
    }
  }

  noteGroup(group: DemoGroup): Promise<void> { return this.input.record.add({ kind: 'group', group }); }
  forgetGroup(group: DemoGroup): Promise<void> { return this.input.record.forget({ kind: 'group', group }); }

  commands(group: string, pid: number | undefined): Record<ExerciseStep, StepCommands> {
    return exerciseCommands(this.machine, { group, pid, program: this.input.program.word, sudo: !this.mayWrite });
  }
}
