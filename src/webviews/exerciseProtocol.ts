import { taskIds, type TaskId } from '../lesson/exercise';

/** Every message between the extension host and the exercise's page. No VS Code, no DOM. */

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
    /** What this machine is, a sentence each. */
    machine: string[];
    tasks: ShownTask[];
    /** Whether the program runs: then it can be watched live. */
    running: boolean;
    l10n: Record<string, string> | undefined;
  }
  /** A task is being done, or no longer. */
  | { type: 'busy'; task: TaskId | null };

export type FromExercisePage =
  | { type: 'ready' }
  | { type: 'do' | 'run' | 'copy'; task: TaskId }
  | { type: 'watch' };

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromExercisePage(value: unknown): FromExercisePage | undefined {
  if (typeof value !== 'object' || value === null) { return undefined; }
  const { type, task } = value as { type?: unknown; task?: unknown };
  if (type === 'ready' || type === 'watch') { return { type }; }
  const known = taskIds.find((id) => id === task);
  return (type === 'do' || type === 'run' || type === 'copy') && known !== undefined ? { type, task: known } : undefined;
}
