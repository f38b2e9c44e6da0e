import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import type { CpuMax } from '../cgroup/cpu';
import { limitGroup, makeGroup, moveIn, removeGroup } from '../cgroup/demoGroup';
import type { WritableCgroupHost } from '../cgroup/host';
import { explainKernelError, type KernelOperation } from '../cgroup/kernelErrors';
import type { MadeRecord } from '../cgroup/made';
import { rateBetween, type Reading } from '../cgroup/meter';
import { groupAt, groupNames, type GroupRoot, type Observation, observe } from '../cgroup/observe';
import { readProcess } from '../cgroup/processes';
import { checkTasks, type ExerciseFacts, type ExerciseMemory, remember, type TaskId, type TaskState } from './exercise';

export interface ExerciseInput {
  host: WritableCgroupHost;
  root: GroupRoot;
  /** The program's file name, and the name that we give the group. */
  file: string;
  group: string;
  record: MadeRecord;
  clock: Clock;
  /** Starts the program in the background, its output in a file. */
  startProgram(): Promise<ChildProcess>;
  /** Ends a process, politely. */
  kill(pid: number): void;
}

/** What the kernel is asked for in a task. */
const operationOf: Record<TaskId, KernelOperation> = {
  'start': 'read', 'make-group': 'makeGroup', 'limit-50': 'setLimit', 'limit-10': 'setLimit', 'move': 'move', 'watch': 'read', 'stop': 'read', 'remove-group': 'removeGroup',
};

/** The kernel's files tell of no change: while the page is seen they are read. Milliseconds. */
const lookMillis = 1_000;
const periodMicros = 100_000;
const half: CpuMax = { quotaMicros: periodMicros / 2, periodMicros };
const tenth: CpuMax = { quotaMicros: periodMicros / 10, periodMicros };

/** The exercise "limit a process by hand": what the kernel says of each task, and each task done for the learner. */
export class ExerciseSession implements Disposable {
  private readonly changed = new Emitter<Record<TaskId, TaskState>>();
  private memory: ExerciseMemory = { halved: false, watched: false };
  private before: ReadonlySet<string> | undefined;
  private seen: Observation | undefined;
  /** Where the kernel's account of the program under its present limit begins. */
  private from: { key: string; reading: Reading } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private disposed = false;
  private states: Record<TaskId, TaskState> | undefined;

  readonly onDidChange = this.changed.event;

  constructor(private readonly input: ExerciseInput) { }

  get tasks(): Record<TaskId, TaskState> | undefined { return this.states; }
  get observation(): Observation | undefined { return this.seen; }

  /** Looks while somebody sees the page; otherwise nothing is read. */
  setVisible(visible: boolean): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (!visible || this.disposed) { return; }
    this.timer = setInterval(() => void this.look(), lookMillis);
    void this.look();
  }

  /** Reads the kernel's state now. */
  look(): Promise<void> {
    return this.looking ??= this.read().finally(() => { this.looking = undefined; });
  }

  /**
   * Does a task.
   * @throws KernelRefused, ForeignProcesses, NoCpuController, LimitNotTaken
   */
  async do(task: TaskId): Promise<void> {
    try {
      await this.attempt(task);
    } catch (error) {
      throw explainKernelError(error, operationOf[task], this.input.group);
    } finally {
      await this.look();
    }
  }

  private async attempt(task: TaskId): Promise<void> {
    await this.look();
    const { host, root, record, kill } = this.input;
    const { program, group: found } = this.seen ?? {};
    const group = found?.isPlainFolder === false ? found : groupAt(root, this.input.group);
    switch (task) {
      case 'start':
        if (program === undefined) { await this.start(); }
        break;
      case 'make-group':
        await record.add({ kind: 'group', group });
        await makeGroup(host, group);
        break;
      case 'limit-50':
        await limitGroup(host, group, half);
        break;
      case 'limit-10':
        await limitGroup(host, group, tenth);
        break;
      case 'move':
        if (program !== undefined) { await moveIn(host, group, program.pid); }
        break;
      case 'watch':
        break;
      case 'stop':
        if (program !== undefined) {
          kill(program.pid);
          await this.ended(program.pid);
          await record.forget({ kind: 'process', pid: program.pid, startTicks: program.startTicks });
        }
        break;
      case 'remove-group':
        await removeGroup(host, group, new Set(program === undefined ? [] : [program.pid]));
        await record.forget({ kind: 'group', group });
        break;
    }
  }

  dispose(): void {
    this.disposed = true;
    this.setVisible(false);
    this.changed.dispose();
  }

  private async start(): Promise<void> {
    const { host, record, startProgram } = this.input;
    const child = await startProgram();
    if (child.pid === undefined) { return; }
    const started = await readProcess(host, child.pid);
    if (started !== undefined) { await record.add({ kind: 'process', pid: started.pid, startTicks: started.startTicks }); }
  }

  private async ended(pid: number): Promise<void> {
    while (await readProcess(this.input.host, pid) !== undefined) { await new Promise((resolve) => { setTimeout(resolve, 50); }); }
  }

  private async read(): Promise<void> {
    const { host, root, file, group: name, clock } = this.input;
    const before = this.before ??= new Set([...await groupNames(host, root)].filter((known) => known !== name));
    const seen = this.seen = await observe({ host, root, file, name, before, monotonic: () => clock.monotonic() });
    const facts: ExerciseFacts = { program: seen.program, programGroup: seen.programGroup, group: seen.group, account: this.account(seen) };
    this.memory = remember(facts, this.memory);
    const states = checkTasks(facts, this.memory);
    if (this.disposed || JSON.stringify(states) === JSON.stringify(this.states)) { return; }
    this.states = states;
    this.changed.fire(states);
  }

  /** Begins anew whenever the program, its group or the limit is another. */
  private account({ program, group, reading, accountedBy }: Observation): ExerciseFacts['account'] {
    if (program === undefined || group === undefined || reading === undefined || group.threadsInside < program.threads) {
      this.from = undefined;
      return undefined;
    }
    const key = `${program.pid} ${group.dir} ${accountedBy ?? ''} ${JSON.stringify(group.limit)}`;
    if (this.from?.key !== key) { this.from = { key, reading }; }
    const rate = rateBetween(this.from.reading, reading);
    return rate && { cores: rate.cores, periods: rate.periods, throttledPeriods: rate.throttledPeriods };
  }
}
