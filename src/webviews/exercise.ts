import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { Emitter } from '../base/emitter';
import { detailsOf } from '../base/errors';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import { describeMachine } from '../cgroup/describeMachine';
import { type ExerciseStep, type StepCommands, userScopeCommands } from '../cgroup/exerciseCommands';
import type { WritableCgroupHost } from '../cgroup/host';
import { inspectMachine } from '../cgroup/machine';
import { type MadeRecord, takeAway } from '../cgroup/made';
import type { Engine } from '../engine/engine';
import type { Engines } from '../engine/engines';
import { dockerCommand } from '../engine/places';
import type { TaskId, TaskState } from '../lesson/exercise';
import { EnginePlace } from '../lesson/enginePlace';
import { ExerciseSession } from '../lesson/exerciseSession';
import { rootOf } from '../lesson/exercisePlace';
import { LocalPlace } from '../lesson/localPlace';
import type { LessonProgress } from '../lesson/progress';
import type { EngineRecord } from './engineRecord';
import { programPlace, saveProgram, spawnProgram } from './exerciseProgram';
import type { PlaceId, ShownPlace } from './exerciseProtocol';
import type { HelperAccess } from './helperAccess';

export interface ExerciseInput {
  host: WritableCgroupHost;
  record: MadeRecord;
  engineRecord: EngineRecord;
  helpers: HelperAccess;
  engines: Engines;
  clock: Clock;
  log: Log;
  memory: vscode.Memento;
  readProgram(): Promise<string>;
  /** Its steps by hand are those of the session here. */
  progress: Pick<LessonProgress, 'useExercise' | 'endExercise'>;
  /** Makes sure that an engine has an image with python3, with progress, and says which. */
  findImage(engine: Engine): Promise<string>;
  storageFolder: string;
}

const placeKey = 'exercise.place';
const groupKey = 'exercise.group';
/** As the lesson calls it. */
const defaultGroup = 'demo';

/**
 * The exercise of this window: where it is done, and the session there. On this machine a session is there as soon as somebody asks;
 * on an engine's machine only after the user agreed to a helper.
 */
export class Exercise implements vscode.Disposable {
  private readonly changed = new Emitter<undefined>();
  private current: ExerciseSession | undefined;
  private where: PlaceId = 'here';
  private visible = false;
  /** Why there are no groups on this machine; undefined while there may be. */
  private notHere: string | undefined;
  private sentences: { machine: string[]; direct: string; scope: StepCommands | undefined } = { machine: [], direct: '', scope: undefined };

  readonly onDidChange = this.changed.event;

  constructor(private readonly input: ExerciseInput) { }

  get session(): ExerciseSession | undefined { return this.current; }
  get tasks(): Record<TaskId, TaskState> | undefined { return this.current?.tasks; }
  get place(): PlaceId { return this.where; }
  /** What the machine is, a sentence each. */
  get machine(): readonly string[] { return this.sentences.machine; }
  /** The way without root, where systemd hands the controller to the user. */
  get scope(): StepCommands | undefined { return this.where === 'here' ? this.sentences.scope : undefined; }
  get groupName(): string { return this.input.memory.get(groupKey, defaultGroup); }

  /** Where the exercise can be done, each with what is true of it. */
  get places(): ShownPlace[] {
    const { used } = this.input.engines;
    const here = { id: 'here' as const, title: vscode.l10n.t('On this machine'), reason: this.notHere ?? this.sentences.direct, possible: this.notHere === undefined };
    const name = used?.name ?? '';
    const connected = used?.connection.state.kind === 'connected';
    const reason = !connected ? vscode.l10n.t('No engine is connected.')
      : this.where === 'engine' && this.current !== undefined ? vscode.l10n.t('A helper container writes into the groups of that machine; the program runs in a container there.')
        : vscode.l10n.t('A helper container writes into the groups of that machine, after you have seen what it may do and agreed. The program runs in a container there.');
    return [here, { id: 'engine', title: vscode.l10n.t('On the machine of the engine “{0}”', name), reason, possible: connected }];
  }

  /** Makes the session at the place that was used last, if it can be made without asking. @throws what LocalPlace.open throws, but NoCgroups */
  async ensure(): Promise<void> {
    if (this.current !== undefined) { return; }
    const machine = await inspectMachine(this.input.host);
    const described = describeMachine(machine);
    const way = described.ways.find((found) => found.way === (machine.mayWrite ? 'direct' : 'sudo'));
    this.sentences = { ...this.sentences, machine: described.findings, direct: way?.reason ?? '' };
    this.notHere = rootOf(machine) === undefined ? vscode.l10n.t('This machine has no cgroup file system with a cpu controller: it is not Linux, or the controller is not mounted.') : undefined;
    const remembered = this.input.memory.get<PlaceId>(placeKey, 'here');
    await this.choose(this.notHere !== undefined ? 'engine' : remembered);
  }

  /** Does the exercise elsewhere. What was made at the other place stays there until it is removed there. */
  async choose(place: PlaceId): Promise<void> {
    if (place === this.where && (this.current !== undefined || place === 'engine')) { return; }
    await this.close();
    this.where = place;
    await this.input.memory.update(placeKey, place);
    if (place === 'here' && this.notHere === undefined) {
      const { host, record } = this.input;
      const program = this.program();
      const local = await LocalPlace.open({ host, record, program, saveProgram: () => this.saveProgram(), spawn: spawnProgram, kill: (pid) => process.kill(pid, 'SIGTERM') });
      this.sentences = { ...this.sentences, scope: local.machine.delegatedTo === undefined ? undefined : userScopeCommands(program.word) };
      this.take(new ExerciseSession(local, this.groupName, this.input.clock));
    } else {
      this.none();
    }
  }

  /** Asks for a helper on the machine of the engine that is used, and begins there. Nothing happens when the user does not agree. */
  async startHelper(): Promise<void> {
    const { engines, helpers, engineRecord, readProgram, clock, findImage } = this.input;
    const known = await engines.usedEngine();
    const engine = await known.connection.engine();
    const helper = await helpers.start(engine, known.name, vscode.l10n.t('The exercise makes a control group on the machine of that engine, limits it, and moves a program into it.'));
    if (helper === undefined) { return; }
    try {
      const { id: engineId } = await engine.facts();
      await engineRecord.note(engineId);
      const place = await EnginePlace.open({
        engine, helper, program: await readProgram(), programPath: this.program().word, docker: dockerCommand(known.place), window: engineRecord.window,
        containers: () => known.connection.containers.containers,
        findImage: () => findImage(engine),
        noteGroup: (group) => engineRecord.note(engineId, group), forgetGroup: (group) => engineRecord.forget({ engineId, group }),
      });
      this.where = 'engine';
      this.sentences = { ...this.sentences, machine: describeMachine(place.machine).findings };
      this.take(new ExerciseSession(place, this.groupName, clock));
    } catch (error) {
      await helpers.close(helper);
      throw error;
    }
  }

  /** Where the program is on this machine, for the learner's own commands. */
  program(): { path: string; word: string } { return programPlace(this.input.storageFolder); }

  async saveProgram(): Promise<void> { await saveProgram(await this.input.readProgram(), this.program().path); }

  /** Begins anew: what was seen earlier does not count any more. */
  async forget(): Promise<void> { await this.current?.forget(); }

  /** Reads the kernel's state now, where that needs no question. */
  async look(): Promise<void> {
    await this.ensure();
    await this.current?.look();
  }

  /** Does a task; on an engine's machine it asks for the helper first. */
  async do(task: TaskId): Promise<void> {
    await this.ensure();
    if (this.current === undefined) { await this.startHelper(); }
    await this.current?.do(task);
  }

  commands(): Record<ExerciseStep, StepCommands> | undefined {
    const { current } = this;
    if (current === undefined) { return undefined; }
    const found = current.observation?.group;
    // The learner's own group is called by its own name.
    const { root } = current.place;
    const name = found?.isPlainFolder === false && found.dir.startsWith(`${root.mount}/`) ? found.dir.slice(root.mount.length + 1) : this.groupName;
    return current.place.commands(name, current.observation?.program?.pid);
  }

  async rename(group: string): Promise<void> {
    await this.input.memory.update(groupKey, group);
    this.current?.rename(group);
    await this.current?.look();
    this.changed.fire(undefined);
  }

  /** Looks on by itself while somebody sees the tasks. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.current?.setVisible(visible);
  }

  /** The page is closed: a helper goes with it. What is still there is said, and taken away if the user wants. */
  async leave(): Promise<void> {
    this.setVisible(false);
    const session = this.current;
    const { program, group } = session?.observation ?? {};
    if (session !== undefined && (program !== undefined || group?.isPlainFolder === false)) {
      const takeAway = vscode.l10n.t('Take Away');
      const chosen = await vscode.window.showInformationMessage(messageText(vscode.l10n.t('The exercise goes on without its page: {0} is still there.', [program === undefined ? [] : [vscode.l10n.t('process {0}', program.pid)], group === undefined ? [] : [group.dir]].flat().join(', '))), takeAway);
      if (chosen === takeAway) {
        if (program !== undefined) { await session.do('stop'); }
        if (group !== undefined) { await session.do('remove-group'); }
      }
    }
    // Unless the page was opened again meanwhile.
    if (!this.visible && session === this.current && session?.place instanceof EnginePlace) { await this.close(); }
  }

  /** Ends what runs and removes what we made, as the window ends. */
  async end(): Promise<void> {
    this.setVisible(false);
    const { record, host, log } = this.input;
    const left = await takeAway(host, record.all, (pid) => process.kill(pid, 'SIGKILL'));
    for (const { thing, error } of left) { log.warn(`${JSON.stringify(thing)} stays: ${detailsOf(error)}`); }
    for (const thing of record.all) { if (!left.some((found) => found.thing === thing)) { await record.forget(thing); } }
    if (this.current?.place instanceof EnginePlace && this.current.observation?.program !== undefined) { await this.current.do('stop'); }
    if (this.current?.place instanceof EnginePlace && this.current.observation?.group !== undefined) { await this.current.do('remove-group'); }
    await this.input.helpers.closeAll();
  }

  dispose(): void {
    this.current?.dispose();
    this.changed.dispose();
  }

  private take(session: ExerciseSession): void {
    this.current?.dispose();
    this.current = session;
    session.onDidChange(() => this.changed.fire(undefined));
    session.onDidFail((error) => void this.fail(session, error));
    session.setVisible(this.visible);
    this.input.progress.useExercise(this, { machine: session.place.machine, cpus: availableParallelism(), group: this.groupName, program: this.program().word });
    this.changed.fire(undefined);
  }

  /** Through a helper that has ended nothing is seen any more: it can be started again. */
  private async fail(session: ExerciseSession, error: unknown): Promise<void> {
    this.input.log.warn(`exercise: ${detailsOf(error)}`);
    if (session === this.current && session.place instanceof EnginePlace) {
      await this.close();
      this.none();
    }
  }

  private none(): void {
    this.input.progress.endExercise(vscode.l10n.t('Not known: no helper looks at the engine\'s machine yet. Open the exercise.'));
    this.changed.fire(undefined);
  }

  private async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    current?.dispose();
    if (current?.place instanceof EnginePlace) { await this.input.helpers.close(current.place.host).catch((error: unknown) => this.input.log.warn(`helper: ${detailsOf(error)}`)); }
  }
}
