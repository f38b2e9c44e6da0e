import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { ConnectionState } from '../engine/connection';
import type { Container } from '../engine/containers';
import { roleOf } from '../engine/ours';
import { checkSteps, type LessonFacts, type StepId, type StepState } from './steps';

/** What is remembered between windows. */
export interface LessonMemory {
  get(key: string, defaultValue: boolean): boolean;
  update(key: string, value: boolean): Thenable<void>;
}

/** The engine that the lesson is done on, whichever that is at the moment. */
export interface LessonEngine {
  readonly state: ConnectionState;
  readonly containers: Iterable<Container>;
  readonly onDidChange: Event<undefined>;
}

const madeKey = 'lesson.madeSomething';

/** Checks the steps again whenever the engine or the kernel has news; there is nothing else to go by. */
export class LessonProgress implements Disposable {
  private readonly subscriptions = new DisposableStore();
  private readonly changed = new Emitter<Record<StepId, StepState>>();
  private account: LessonFacts['account'];
  private scheduled = false;
  private current: Record<StepId, StepState>;

  readonly onDidChange = this.changed.event;

  constructor(private readonly engine: LessonEngine, private readonly memory: LessonMemory) {
    this.current = this.check();
    this.subscriptions.add(engine.onDidChange(() => this.schedule()));
  }

  get steps(): Record<StepId, StepState> { return this.current; }

  /** The kernel's account of a container under its present limit, as the live page reads it. */
  noteAccount(containerId: string, account: { cores: number; periods: number; throttledPeriods: number } | null): void {
    if (account === null) {
      if (this.account?.containerId === containerId) { this.account = undefined; }
    } else {
      this.account = { containerId, ...account };
    }
    // Only this step looks at it, and five times a second is more often than anybody needs to know.
    if (this.current.watch.state !== 'done') { this.schedule(); }
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  /** Once for all changes of one turn: a list of 1,000 containers is one check. */
  private schedule(): void {
    if (this.scheduled) { return; }
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.current = this.check();
      this.changed.fire(this.current);
    });
  }

  private check(): Record<StepId, StepState> {
    const connected = this.engine.state.kind === 'connected';
    const containers = [...this.engine.containers];
    let madeSomething = this.memory.get(madeKey, false);
    if (!madeSomething && containers.some(({ labels }) => roleOf(labels) !== undefined)) {
      madeSomething = true;
      void this.memory.update(madeKey, true);
    }
    return checkSteps({ connected, containers, madeSomething, account: this.account });
  }
}
