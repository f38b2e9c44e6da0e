import * as l10n from '@vscode/l10n';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { ProcessHost } from '../cgroup/host';
import type { ConnectionState } from '../engine/connection';
import type { Container } from '../engine/containers';
import type { EngineEvent } from '../engine/engine';
import type { ConnectedEngine } from '../engine/engines';
import { roleOf } from '../engine/ours';
import type { SwarmState } from '../engine/swarm/swarm';
import { DeepReads } from './deepReads';
import { type ByHand, type LessonFacts, noFacts, type Read } from './facts';
import { type LessonMemory, LessonNotes } from './notes';
import type { Exercise, Question, StepId, StepState } from './step';
import { checkSteps, stepOf } from './steps';

export type { LessonMemory } from './notes';

/** Milliseconds between two checks, when changes come faster. */
const apartMillis = 100;

/** The engine that the lesson is done on, whichever that is at the moment. */
export interface LessonEngine {
  readonly state: ConnectionState;
  readonly containers: Iterable<Container>;
  /** All engines that answer; the one that is used first. */
  readonly connected: readonly ConnectedEngine[];
  /** Any of the above is another. */
  readonly onDidChange: Event<undefined>;
  /** Of the one that is used. */
  readonly onEvent: Event<EngineEvent>;
}

/** The swarm that this engine manages, if it does. */
export interface LessonSwarm {
  readonly state: SwarmState | undefined;
  readonly onDidChange: Event<undefined>;
}

/**
 * Checks the steps again whenever the engine or the kernel has news; there is nothing else to go by. Nothing is polled: what the list
 * of containers does not say is read after an event that concerns it (see DeepReads).
 */
export class LessonProgress implements Disposable {
  /** What is remembered of the lesson. Hands get it. */
  readonly notes: LessonNotes;
  private readonly subscriptions = new DisposableStore();
  private readonly changed = new Emitter<Record<StepId, StepState>>();
  private readonly reads: DeepReads;
  private exercise: { subscription: Disposable; byHand: () => ByHand } | undefined;
  private whyNoExercise = l10n.t('Nobody has looked at the control groups yet: open the exercise.');
  private scheduled: NodeJS.Timeout | undefined;
  private checkedAt = -Infinity;
  private known: LessonFacts = noFacts('');
  private current: Record<StepId, StepState>;

  /** After each check, whether a step's state is another or only the facts are. */
  readonly onDidChange = this.changed.event;

  /** @param host this machine, whose kernel tells of containers that run on it */
  constructor(private readonly engine: LessonEngine, memory: LessonMemory, host: ProcessHost, private readonly swarm?: LessonSwarm) {
    this.notes = this.subscriptions.add(new LessonNotes(memory));
    this.reads = this.subscriptions.add(new DeepReads(host));
    this.current = this.check();
    this.subscriptions.add(engine.onDidChange(() => this.schedule()));
    this.subscriptions.add(engine.onEvent((event) => { if (this.reads.accept(event)) { this.schedule(); } }));
    if (swarm !== undefined) { this.subscriptions.add(swarm.onDidChange(() => this.schedule())); }
    this.subscriptions.add(this.reads.onDidChange(() => this.schedule()));
    // Only one step looks at the account, and five times a second is more often than anybody needs to know.
    this.subscriptions.add(this.notes.onDidChange((what) => { if (what === 'note' || this.current.watch.state !== 'done') { this.schedule(); } }));
  }

  get steps(): Record<StepId, StepState> { return this.current; }

  /** What the last check looked at: for hints and questions. */
  get facts(): LessonFacts { return this.known; }

  /** The kernel's account of a container under its present limit, as the live page reads it; null when it has no limit. */
  noteAccount(containerId: string, account: { cores: number; periods: number; throttledPeriods: number } | null): void {
    this.notes.noteAccount(containerId, account);
  }

  /** The exercise by hand is there from now on, until another one is, or it ends with a reason. */
  useExercise(exercise: Exercise, about: Omit<ByHand, 'tasks'>): void {
    this.exercise?.subscription.dispose();
    this.exercise = { subscription: exercise.onDidChange(() => this.schedule()), byHand: () => ({ ...about, tasks: exercise.tasks }) };
    this.schedule();
  }

  /** There is no exercise (any more): its steps are unknown, for this reason. */
  endExercise(why: string): void {
    this.exercise?.subscription.dispose();
    this.exercise = undefined;
    this.whyNoExercise = why;
    this.schedule();
  }

  question(step: StepId): Question | undefined {
    return stepOf(step).question?.(this.known);
  }

  /** Notes an answer if it is right for this machine. @returns whether it is */
  answer(step: StepId, answer: string): boolean {
    if (this.question(step)?.answer !== answer) { return false; }
    this.notes.noteRight(step, answer);
    return true;
  }

  dispose(): void {
    clearTimeout(this.scheduled);
    this.exercise?.subscription.dispose();
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  /** Once for all changes of one turn, and a few times a second however many changes there are: a check looks at every container. */
  private schedule(): void {
    if (this.scheduled !== undefined) { return; }
    const check = (): void => {
      this.scheduled = undefined;
      this.checkedAt = performance.now();
      this.current = this.check();
      this.changed.fire(this.current);
    };
    const wait = this.checkedAt + apartMillis - performance.now();
    this.scheduled = setTimeout(check, Math.max(0, wait));
  }

  private check(): Record<StepId, StepState> {
    const { engine: { state, connected: engines }, notes } = this;
    const containers = [...this.engine.containers];
    this.reads.update(state.kind === 'connected' ? state.engine : undefined, containers);
    const { twins } = this.reads.facts;
    if (containers.some(({ labels }) => roleOf(labels) !== undefined)) { notes.noteMade(); }
    if ('value' in twins) { notes.noteChangedOf(twins.value); }
    const byHand: Read<ByHand> = this.exercise === undefined ? { why: this.whyNoExercise } : { value: this.exercise.byHand() };
    const { madeSomething, changedTwins, answers, account } = notes;
    this.known = { connected: state.kind === 'connected', engines, containers, swarm: this.swarm?.state, ...this.reads.facts, madeSomething, changedTwins, answers, account, byHand };
    return checkSteps(this.known);
  }
}
