import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import type { ChangedTwin, LessonFacts, Twin } from './facts';
import { type StepId, stepIds } from './step';

/** What is remembered between windows. VS Code's Memento is one. */
export interface LessonMemory {
  get<T>(key: string, defaultValue: T): T;
  update(key: string, value: unknown): Thenable<void>;
}

const madeKey = 'lesson.madeSomething';
const answersKey = 'lesson.answers';
const changedKey = 'lesson.changedTwins';
/** Twins that are remembered: a learner changes one or two. */
const maxChanged = 10;

/** What was seen or answered and cannot be asked for again. Everything else is read from the engine and the kernel each time. */
export class LessonNotes implements Disposable {
  private readonly changed = new Emitter<'account' | 'note'>();
  private counted: LessonFacts['account'];

  /** An account comes several times a second while a live page is open. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: LessonMemory) { }

  get madeSomething(): boolean { return this.memory.get<unknown>(madeKey, false) === true; }

  get answers(): LessonFacts['answers'] {
    const stored = (this.memory.get<unknown>(answersKey, {}) ?? {}) as Partial<Record<StepId, unknown>>;
    return Object.fromEntries(stepIds.flatMap((id) => { const given = stored[id]; return isTexts(given) ? [[id, given]] : []; }));
  }

  get changedTwins(): readonly ChangedTwin[] {
    const stored = this.memory.get<unknown>(changedKey, []);
    return Array.isArray(stored) ? stored.filter(isChangedTwin) : [];
  }

  get account(): LessonFacts['account'] { return this.counted; }

  noteMade(): void { if (!this.madeSomething) { this.remember(madeKey, true); } }
  forgetMade(): void { this.remember(madeKey, undefined); }

  /** An answer that was right. */
  noteRight(step: StepId, answer: string): void {
    const known = this.answers[step] ?? [];
    if (!known.includes(answer)) { this.remember(answersKey, { ...this.answers, [step]: [...known, answer] }); }
  }

  forgetAnswers(step: StepId): void {
    this.remember(answersKey, { ...this.answers, [step]: [] });
  }

  /** Each twin with a change, as it was when it was first seen so. */
  noteChangedOf(twins: readonly Twin[]): void {
    const { changedTwins } = this;
    const more = twins.flatMap(({ id, name, imageId, changes: [change] }): ChangedTwin[] => {
      if (change === undefined || changedTwins.some((known) => known.id === id)) { return []; }
      return [{ id, name, imageId, path: change.path, beside: twins.map((twin) => twin.id).filter((other) => other !== id) }];
    });
    if (more.length > 0) { this.remember(changedKey, [...changedTwins, ...more].slice(-maxChanged)); }
  }

  forgetChanged(): void { this.remember(changedKey, undefined); }

  /** The kernel's account of a container under its present limit; null when that has none any more. */
  noteAccount(containerId: string, account: { cores: number; periods: number; throttledPeriods: number } | null): void {
    if (account !== null) {
      this.counted = { containerId, ...account };
    } else if (this.counted?.containerId === containerId) {
      this.counted = undefined;
    }
    this.changed.fire('account');
  }

  forgetAccount(): void {
    this.counted = undefined;
    this.changed.fire('note');
  }

  dispose(): void {
    this.changed.dispose();
  }

  private remember(key: string, value: unknown): void {
    void this.memory.update(key, value);
    this.changed.fire('note');
  }
}

/* What is remembered may be of another version of us. */

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isChangedTwin(value: unknown): value is ChangedTwin {
  const { id, name, imageId, path, beside } = (value ?? {}) as Partial<Record<string, unknown>>;
  return isTexts([id, name, imageId, path]) && isTexts(beside);
}
