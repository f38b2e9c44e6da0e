import { taskIds, type TaskId } from '../lesson/exercise';
import { reader, type Sent } from './pageMessages';

/** Every message between the extension host and the exercise's page. No VS Code, no DOM. */

/** Where the exercise is done: on this machine, or on the machine of the engine that is used. */
export type PlaceId = 'here' | 'engine';

/** One of the places, as it is shown. */
export interface ShownPlace {
  id: PlaceId;
  title: string;
  /** How groups are written there, or why they cannot be. */
  reason: string;
  possible: boolean;
}

/** One task, as it is shown. */
export interface ShownTask {
  id: TaskId;
  done: boolean;
  /** The evidence, or what is missing. */
  reason: string;
  lines: string[];
  why: string;
  /** Whether we can do it without more rights; else the commands go into a terminal. */
  mayDo: boolean;
}

export type ToExercisePage =
  | {
    type: 'tasks';
    places: ShownPlace[];
    place: PlaceId;
    /** Whether a helper must be started before anything is known there. */
    needsHelper: boolean;
    /** What this machine is, a sentence each. */
    machine: string[];
    tasks: ShownTask[];
    /** How our group is called. */
    group: string;
    /** Whether the program runs: then it can be watched live. */
    running: boolean;
    /** The way without root, where there is one. */
    scope: { lines: string[]; why: string } | null;
    l10n: Record<string, string> | undefined;
  }
  /** A task is being done, or no longer. */
  | { type: 'busy'; task: TaskId | null };

/** What has commands: a task, or the way without root. */
export type CommandsOf = TaskId | 'scope';

const commands = [...taskIds, 'scope'] as const;

/** startHelper: asks for it. rename: asks for the group's name. explore: shows the program's groups. */
export const readExercisePage = reader({
  ready: {}, do: { task: taskIds }, run: { task: commands }, copy: { task: commands }, place: { place: ['here', 'engine'] },
  watch: {}, startHelper: {}, rename: {}, explore: {},
});
export type FromExercisePage = Sent<typeof readExercisePage>;
