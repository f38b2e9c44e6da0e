import { taskIds, type TaskId } from '../lesson/exercise';

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

export type FromExercisePage =
  | { type: 'ready' }
  | { type: 'do'; task: TaskId }
  | { type: 'run' | 'copy'; task: CommandsOf }
  | { type: 'place'; place: PlaceId }
  /** startHelper: asks for it  rename: asks for the group's name  explore: shows the program's groups */
  | { type: 'watch' | 'startHelper' | 'rename' | 'explore' };

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromExercisePage(value: unknown): FromExercisePage | undefined {
  if (typeof value !== 'object' || value === null) { return undefined; }
  const { type, task, place } = value as { type?: unknown; task?: unknown; place?: unknown };
  switch (type) {
    case 'ready':
    case 'watch':
    case 'startHelper':
    case 'rename':
    case 'explore': return { type };
    case 'place': return place === 'here' || place === 'engine' ? { type, place } : undefined;
    case 'do':
    case 'run':
    case 'copy': {
      const known = taskIds.find((id) => id === task);
      if (known !== undefined) { return { type, task: known }; }
      return task === 'scope' && type !== 'do' ? { type, task } : undefined;
    }
    default: return undefined;
  }
}
