import type { Clock } from '../base/clock';
import type { Event } from '../base/emitter';
import type { Log } from '../base/log';
import type { Engine, OutputChunk } from '../engine/engine';
import type { PullProgress } from '../engine/pull';
import type { TaskId, TaskState } from './exercise';
import type { LessonFacts } from './facts';
import type { LessonNotes } from './notes';

/** The lesson's steps, in order. Also the ids of the walkthrough's steps. */
export const stepIds = [
  'connect', 'containers-and-vms', 'image-container-host', 'architecture', 'hello-world', 'follow-the-run', 'a-process',
  'cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand', 'cpu-demo', 'limit', 'watch', 'clean-up', 'remote-engine', 'other-runtime', 'swarm',
] as const;
export type StepId = typeof stepIds[number];

/** "unknown" is not "open": without an engine, an answer or the right to look, nothing can be said. */
export interface StepState {
  state: 'done' | 'open' | 'unknown';
  /** Why, in the user's language: the evidence when it is done, what is missing when it is not. */
  reason: string;
  /** Figures and names that prove it, under labels in the user's language, in the order to be shown. Text from engines: show it as text. */
  evidence?: Readonly<Record<string, string | number>>;
}

/** A short question about a step's concept, whose right answer this machine gives. */
export interface Question {
  prompt: string;
  /** In an order that says nothing about which is right. Text from engines: show it as text. */
  options: readonly string[];
  /** One of the options. */
  answer: string;
  /** Why it is right, with what this machine says. For after the answer. */
  explanation: string;
}

/** Three hints, each saying more: a nudge, the way, and the exact commands for this machine and engine (lines of a shell). */
export type Hints = readonly [nudge: string, way: string, commands: string];

/**
 * A step of the lesson. Checks, hints and questions are functions of what is known and change nothing: ask as often as you like. A step
 * that was undone is not done any more. `solve` and `reset` change the engine or the kernel; what they changed comes back through the
 * engine's events, so that the check of a step that was solved is done a moment later, not at once.
 */
export interface Step {
  id: StepId;
  /** Beyond what the lesson asks for: without it the lesson is complete. */
  optional?: true;
  title(): string;
  /** What the learner will know after it. */
  know(): string;
  check(facts: LessonFacts): StepState;
  hints(facts: LessonFacts): Hints;
  /**
   * Does the step for the learner, with everything that it needs. When it fails or is cancelled, no container, program or group stays that
   * it made. Missing where only the learner can do it: the hints say how.
   * @throws what the engine or the kernel refused, as errors of their kind; an AbortError
   */
  solve?(hands: Hands, signal: AbortSignal): Promise<void>;
  /**
   * Undoes the step and takes away what counts for it, also what the learner made in a terminal: the check is then not done. What an
   * earlier step made stays, and an image that was pulled stays until the clean-up.
   * @throws as solve
   */
  reset?(hands: Hands, signal: AbortSignal): Promise<void>;
  /** undefined while the machine cannot tell what is right. */
  question?(facts: LessonFacts): Question | undefined;
}

/** The exercise by hand, as ExerciseSession does it. */
export interface Exercise {
  readonly tasks: Readonly<Record<TaskId, TaskState>> | undefined;
  readonly onDidChange: Event<unknown>;
  /** Does a task, and looks. */
  do(task: TaskId): Promise<void>;
  /** Reads the kernel's state now. */
  look(): Promise<void>;
  /** Begins anew: what was seen earlier does not count any more. */
  forget(): Promise<void>;
}

/** Our record of images that we pulled because they were absent, by engine. */
export interface PulledImages {
  pulled(engineId: string): readonly string[];
  addPulled(engineId: string, reference: string): Promise<void>;
  forgetPulled(engineId: string, tags: readonly string[]): Promise<void>;
}

/** What solve and reset work with. Made for one engine: the one that is used when the learner asks. */
export interface Hands {
  /** That of the connection whose containers the checks see: it remembers what Podman does not tell. */
  engine: Engine;
  /** The image of hello-world (the official or the bundled one), and that of the CPU demo with whether the learner chose it. */
  images: { hello: string; demo: string; demoChosen: boolean };
  made: PulledImages;
  /** Text of the lesson's Python program. */
  program(): Promise<string>;
  /** undefined on a machine without groups for it. */
  exercise: Exercise | undefined;
  /** What the lesson remembers; what is noted there is checked at once. */
  notes: LessonNotes;
  /** What is known now. */
  facts(): LessonFacts;
  /** Asks for a container again after a change that not every engine announces: Podman says nothing of a new limit. */
  refresh(containerId: string): Promise<void>;
  /** For a progress bar, and what a container printed. */
  onPull(progress: PullProgress): void;
  onOutput(chunk: OutputChunk): void;
  clock: Clock;
  log: Log;
}
