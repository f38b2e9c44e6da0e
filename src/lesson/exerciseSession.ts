import * as l10n from '@vscode/l10n';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { HumanError } from '../base/errors';
import type { CpuMax } from '../cgroup/cpu';
import { enableCpu, limitGroup, makeGroup, moveIn, NoCpuController, removeGroup } from '../cgroup/demoGroup';
import { explainKernelError, type KernelOperation } from '../cgroup/kernelErrors';
import { rateBetween, type Reading } from '../cgroup/meter';
import { whyNotMovable } from '../cgroup/movable';
import { groupAt, groupNames, type Observation, observe } from '../cgroup/observe';
import { checkTasks, type ExerciseFacts, type ExerciseMemory, remember, type TaskId, type TaskState } from './exercise';
import type { ExercisePlace } from './exercisePlace';

/** The process must stay where it is. */
export class NotMovable extends HumanError { }

/** What the kernel is asked for in a task. */
const operationOf: Record<TaskId, KernelOperation> = {
  'start': 'read', 'make-group': 'makeGroup', 'limit-50': 'setLimit', 'limit-10': 'setLimit', 'move': 'move', 'watch': 'read', 'stop': 'read', 'remove-group': 'removeGroup',
};

const periodMicros = 100_000;
const half: CpuMax = { quotaMicros: periodMicros / 2, periodMicros };
const tenth: CpuMax = { quotaMicros: periodMicros / 10, periodMicros };

/**
 * The exercise "limit a process by hand": what the kernel says of each task, and each task done for the learner. The kernel's files
 * tell of no change: they are read while somebody looks, and when asked.
 */
export class ExerciseSession implements Disposable {
  private readonly changed = new Emitter<Record<TaskId, TaskState>>();
  private readonly failed = new Emitter<unknown>();
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
  /** A look failed: the helper has ended, say. */
  readonly onDidFail = this.failed.event;

  /** @param group the name that we give the group */
  constructor(readonly place: ExercisePlace, private group: string, private readonly clock: Clock) { }

  get tasks(): Record<TaskId, TaskState> | undefined { return this.states; }
  get groupName(): string { return this.group; }
  get observation(): Observation | undefined { return this.seen; }

  /** Looks while somebody sees the page; otherwise nothing is read. */
  setVisible(visible: boolean): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (!visible || this.disposed) { return; }
    const look = (): void => { this.look().catch((error: unknown) => this.failed.fire(error)); };
    this.timer = setInterval(look, this.place.lookMillis);
    look();
  }

  /** What our group is to be called from now on; one that is there keeps its name. */
  rename(group: string): void {
    this.group = group;
  }

  /** Reads the kernel's state now. */
  look(): Promise<void> {
    return this.looking ??= this.read().finally(() => { this.looking = undefined; });
  }

  /**
   * Does a task.
   * @throws KernelRefused, ForeignProcesses, NoCpuController, CpuNotEnabled, LimitNotTaken, NotMovable
   */
  async do(task: TaskId): Promise<void> {
    try {
      await this.attempt(task);
    } catch (error) {
      throw explainKernelError(error, operationOf[task], this.subjectOf(task));
    } finally {
      await this.look();
    }
  }

  private async attempt(task: TaskId): Promise<void> {
    await this.look();
    const { place } = this;
    const { host } = place;
    const program = this.seen?.program;
    const group = this.ownGroup();
    switch (task) {
      case 'start':
        if (program === undefined) { await place.startProgram(); }
        break;
      case 'make-group':
        await place.noteGroup(group);
        try {
          await this.make();
        } catch (error) {
          // What is there all the same is looked after by its record.
          if (!await host.list(group.dir).then(() => true, () => false)) { await place.forgetGroup(group); }
          throw error;
        }
        break;
      case 'limit-50':
        await limitGroup(host, group, half);
        break;
      case 'limit-10':
        await limitGroup(host, group, tenth);
        break;
      case 'move': {
        if (program === undefined) { throw new NotMovable(l10n.t('The program does not run: start it first.')); }
        const reason = await whyNotMovable(host, program.pid, place.machine.uid ?? 0);
        if (reason !== undefined) { throw new NotMovable(reason); }
        await moveIn(host, group, program.pid);
        break;
      }
      case 'watch':
        break;
      case 'stop':
        if (program !== undefined) { await place.stopProgram(program); }
        break;
      case 'remove-group':
        await removeGroup(host, group, new Set(program === undefined ? [] : [program.pid]));
        await place.forgetGroup(group);
        break;
    }
  }

  /** With v2 the group above may have to share the cpu controller out first. */
  private async make(): Promise<void> {
    const { host, root } = this.place;
    try {
      await makeGroup(host, this.ownGroup());
    } catch (error) {
      if (!(error instanceof NoCpuController)) { throw error; }
      await enableCpu(host, root.mount).catch((refused: unknown) => { throw explainKernelError(refused, 'enableCpu', root.mount); });
      await makeGroup(host, this.ownGroup());
    }
  }

  /** The group that was made for the exercise under whatever name, or the one that we would make. */
  private ownGroup(): ReturnType<typeof groupAt> {
    const found = this.seen?.group;
    return found?.isPlainFolder === false ? found : groupAt(this.place.root, this.group);
  }

  private subjectOf(task: TaskId): string {
    return task === 'move' ? String(this.seen?.program?.pid ?? '') : this.ownGroup().dir;
  }

  /** Begins anew: what was seen earlier does not count any more. */
  async forget(): Promise<void> {
    this.memory = { halved: false, watched: false };
    this.from = undefined;
    await this.look();
  }

  dispose(): void {
    this.disposed = true;
    this.setVisible(false);
    this.changed.dispose();
    this.failed.dispose();
  }

  private async read(): Promise<void> {
    const { place: { host, root, contained, file }, group: name, clock } = this;
    const before = this.before ??= new Set([...await groupNames(host, root)].filter((known) => known !== name));
    const among = await this.place.among();
    const seen = this.seen = await observe({ host, root, file, name, before, contained, among, monotonic: () => clock.monotonic() });
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
