import type { TraceStage } from '../lesson/traceStage';
import { reader, type Sent } from './pageMessages';

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
export const readRunPage = reader({ ready: {}, run: {}, save: {}, replayRecorded: {} });
export type FromRunPage = Sent<typeof readRunPage>;
