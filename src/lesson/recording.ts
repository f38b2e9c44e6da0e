import * as l10n from '@vscode/l10n';
import type { Clock } from '../base/clock';
import { HumanError } from '../base/errors';
import { sleep } from '../base/sleep';
import type { EngineFacts, OutputChunk } from '../engine/engine';
import type { HelloListener, HelloResult, HelloStage } from '../engine/helloWorld';

/** What a run of hello-world did, to be looked at where there is no engine. The tests' recorded runs are of this format, too. */
export interface RunRecording {
  format: 'hello-containers-run/1';
  /** ISO 8601. */
  recordedAt: string;
  /** Without the name of the machine. */
  engine: Pick<EngineFacts, 'version' | 'apiVersion' | 'kernelVersion'>;
  image: string;
  name: string;
  exitCode: number;
  entries: readonly RecordedEntry[];
}

/** `at`: milliseconds since the run began. */
export type RecordedEntry =
  | { at: number; stage: HelloStage }
  | { at: number; stream: 'stdout' | 'stderr'; text: string };

/** The text is no recording of ours. */
export class BadRecording extends HumanError {
  constructor(cause?: unknown) {
    super(l10n.t('This is not a recording of a run: choose a file that Hello Containers has saved.'), { cause });
  }
}

const format = 'hello-containers-run/1';
const stages: readonly string[] = ['look', 'pull', 'load', 'create', 'attach', 'start', 'wait', 'inspect'] satisfies HelloStage[];
/** A recording that waits longer than this at one place is shown without the wait, in milliseconds. */
const longestPause = 5_000;

/** Listens to a run for somebody else, and writes it down. */
export class RunRecorder implements HelloListener {
  private readonly entries: RecordedEntry[] = [];
  private readonly began: number;
  private readonly decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  constructor(private readonly clock: Clock, private readonly listener: HelloListener) {
    this.began = clock.monotonic();
  }

  onStage(stage: HelloStage): void {
    this.entries.push({ at: this.now(), stage });
    this.listener.onStage(stage);
  }

  onPull(progress: Parameters<HelloListener['onPull']>[0]): void { this.listener.onPull(progress); }

  onOutput(chunk: OutputChunk): void {
    this.entries.push({ at: this.now(), stream: chunk.stream, text: this.decoders[chunk.stream].decode(chunk.data, { stream: true }) });
    this.listener.onOutput(chunk);
  }

  finish({ name, image, exitCode }: HelloResult, { version, apiVersion, kernelVersion }: EngineFacts): RunRecording {
    return { format, recordedAt: new Date(this.clock.now()).toISOString(), engine: { version, apiVersion, kernelVersion }, image, name, exitCode, entries: this.entries };
  }

  private now(): number { return Math.round((this.clock.monotonic() - this.began) * 10) / 10; }
}

/** @throws BadRecording */
export function parseRecording(text: string): RunRecording {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadRecording(error);
  }
  if (!isRecording(value)) { throw new BadRecording(); }
  return value;
}

/** Plays a recording in its own time. Ends early, without an error, when it is aborted. */
export async function replay({ entries }: RunRecording, listener: Pick<HelloListener, 'onStage' | 'onOutput'>, signal: AbortSignal): Promise<void> {
  let at = 0;
  for (const entry of entries) {
    await sleep(Math.min(entry.at - at, longestPause), signal);
    if (signal.aborted) { return; }
    at = entry.at;
    if ('stage' in entry) { listener.onStage(entry.stage); } else { listener.onOutput({ stream: entry.stream, data: new TextEncoder().encode(entry.text) }); }
  }
}

function isRecording(value: unknown): value is RunRecording {
  const found = (value ?? {}) as Partial<Record<keyof RunRecording, unknown>>;
  const engine = (found.engine ?? {}) as Partial<Record<string, unknown>>;
  return found.format === format && [found.recordedAt, found.image, found.name, engine.version, engine.apiVersion, engine.kernelVersion].every((text) => typeof text === 'string')
    && Number.isSafeInteger(found.exitCode) && Array.isArray(found.entries) && found.entries.every(isEntry)
    && found.entries.every((entry: RecordedEntry, index: number, all: RecordedEntry[]) => entry.at >= (all[index - 1]?.at ?? 0));
}

function isEntry(value: unknown): value is RecordedEntry {
  const { at, stage, stream, text } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof at !== 'number' || !Number.isFinite(at)) { return false; }
  return stage === undefined ? (stream === 'stdout' || stream === 'stderr') && typeof text === 'string' : stages.includes(stage as string);
}
