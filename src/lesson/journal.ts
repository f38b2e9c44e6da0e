import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/emitter';
import type { LessonMemory } from './notes';
import type { LessonProgress } from './progress';
import { type StepId, stepIds, type StepState } from './step';

/** When a step was last seen done, and by what. */
export interface JournalEntry {
  /** Milliseconds since the epoch. */
  at: number;
  reason: string;
  evidence: Readonly<Record<string, string | number>>;
}

const keyOf = (id: StepId): string => `lesson.journal.${id}`;

/**
 * Which steps were done, when, and what proved it. A step that is undone is not done any more, but it was: a clean-up at the end takes
 * away what proved the others.
 */
export class LessonJournal implements Disposable {
  private readonly subscriptions = new DisposableStore();
  private readonly changed = new Emitter<undefined>();
  private last: Partial<Record<StepId, StepState['state']>> = {};
  /** To be forgotten until they are done again: an undoing is seen a moment after it was asked for. */
  private readonly forgotten = new Set<StepId>();

  readonly onDidChange = this.changed.event;

  constructor(progress: Pick<LessonProgress, 'onDidChange'>, private readonly memory: LessonMemory, private readonly clock: Clock) {
    this.subscriptions.add(progress.onDidChange((steps) => this.look(steps)));
  }

  get entries(): Readonly<Partial<Record<StepId, JournalEntry>>> {
    return Object.fromEntries(stepIds.flatMap((id): [StepId, JournalEntry][] => {
      const entry = this.memory.get<unknown>(keyOf(id), undefined);
      return isEntry(entry) ? [[id, entry]] : [];
    }));
  }

  /** For a step that is to be done again, or for all. */
  async forget(...steps: readonly StepId[]): Promise<void> {
    const all: readonly StepId[] = steps.length === 0 ? stepIds : steps;
    for (const id of all) { this.forgotten.add(id); }
    await Promise.all(all.map((id) => this.memory.update(keyOf(id), undefined)));
    this.changed.fire(undefined);
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  private look(steps: Readonly<Record<StepId, StepState>>): void {
    for (const id of stepIds) { if (steps[id].state !== 'done') { this.forgotten.delete(id); } }
    const { entries } = this;
    // Two windows that see the same engine write at the same time, and VS Code keeps what one of them wrote: what is missing is noted again.
    const done = stepIds.filter((id) => steps[id].state === 'done' && !this.forgotten.has(id) && (this.last[id] !== 'done' || entries[id] === undefined));
    this.last = Object.fromEntries(stepIds.map((id) => [id, steps[id].state]));
    if (done.length === 0) { return; }
    const at = this.clock.now();
    for (const id of done) { void this.memory.update(keyOf(id), { at, reason: steps[id].reason, evidence: steps[id].evidence ?? {} } satisfies JournalEntry); }
    this.changed.fire(undefined);
  }
}

/** What is remembered may be of another version of us. */
function isEntry(value: unknown): value is JournalEntry {
  const { at, reason, evidence } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof at === 'number' && Math.abs(at) <= lastDate && typeof reason === 'string' && typeof evidence === 'object' && evidence !== null
    && Object.values(evidence).every((field) => typeof field === 'string' || typeof field === 'number');
}

/** The last moment that a Date can be. */
const lastDate = 8.64e15;
