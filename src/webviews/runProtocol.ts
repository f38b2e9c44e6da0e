import type { TraceStage } from '../lesson/traceStage';

/** Every message between the extension host and the page that draws runs of hello-world. No VS Code, no DOM. */

export interface ToRunPage {
  type: 'runs';
  /** The newest first. */
  runs: readonly ShownRun[];
  l10n: Record<string, string> | undefined;
}

export interface ShownRun {
  id: number;
  image: string;
  engine: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** It does not happen now: it comes from a file. */
  recorded: boolean;
  over: boolean;
  stages: readonly TraceStage[];
}

/** run: run hello-world now. save: the last run, to a file. */
export interface FromRunPage { type: 'ready' | 'run' | 'save' | 'replayRecorded' }

const types: readonly unknown[] = ['ready', 'run', 'save', 'replayRecorded'] satisfies FromRunPage['type'][];

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromRunPage(value: unknown): FromRunPage | undefined {
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  return types.includes(type) ? { type: type as FromRunPage['type'] } : undefined;
}
