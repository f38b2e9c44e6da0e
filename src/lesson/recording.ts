import * as l10n from '@vscode/l10n';
import type { Clock } from '../base/clock';
import { HumanError } from '../base/errors';
import { sleep } from '../base/sleep';
import type { EngineFacts, OutputChunk } from '../engine/engine';
import type { HelloListener, HelloResult, HelloStage } from '../engine/helloWorld';
import type { RunEvidence } from './runEvidence';

/** What a run of hello-world did, to be looked at where there is no engine. The tests' recorded runs are of this format, too. */
export interface RunRecording {
  format: 'hello-containers-run/1';
  /** ISO 8601. */
  recordedAt: string;
  /** Without the name of the machine. */
  engine: Pick<EngineFacts, 'version' | 'apiVersion' | 'kernelVersion'> & Partial<Pick<EngineFacts, 'components'>>;
  image: string;
  name: string;
  exitCode: number;
  entries: readonly RecordedEntry[];
  /** What the engine and the kernel said meanwhile; without it the run can be read, but not drawn. */
  evidence?: RunEvidence;
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

  onCreated(containerId: string): void { this.listener.onCreated?.(containerId); }

  finish({ name, image, exitCode }: HelloResult, { version, apiVersion, kernelVersion, components }: EngineFacts): RunRecording {
    return { format, recordedAt: new Date(this.clock.now()).toISOString(), engine: { version, apiVersion, kernelVersion, components }, image, name, exitCode, entries: this.entries };
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
    && (found.evidence === undefined || isEvidence(found.evidence)) && (engine.components === undefined || listOf(engine.components, { name: 'string', version: 'string' }))
    && found.entries.every((entry: RecordedEntry, index: number, all: RecordedEntry[]) => entry.at >= (all[index - 1]?.at ?? 0));
}

function isEntry(value: unknown): value is RecordedEntry {
  const { at, stage, stream, text } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof at !== 'number' || !(Math.abs(at) <= Number.MAX_SAFE_INTEGER)) { return false; }
  return stage === undefined ? (stream === 'stdout' || stream === 'stderr') && typeof text === 'string' : stages.includes(stage as string);
}

/** Fields that must be there, by the type of what they hold; those with "?" may be missing. */
type Shape = Readonly<Record<string, 'string' | 'number' | 'string?' | 'number?'>>;

function isEvidence(value: unknown): value is RunEvidence {
  const found = (value ?? {}) as Partial<Record<keyof RunEvidence, unknown>>;
  return hasShape(value, { endedAt: 'number?', exitCode: 'number?', failure: 'string?' })
    && listOf(found.stages, { stage: 'string', at: 'number' })
    && listOf(found.requests, { method: 'string', path: 'string', at: 'number', status: 'number?', millis: 'number?' })
    && listOf(found.events, { action: 'string', at: 'number', engineAt: 'number', exitCode: 'number?' })
    && listOf(found.sightings, { role: 'string', pid: 'number', parent: 'number', parentName: 'string', command: 'string', cgroup: 'string?', at: 'number' })
    && (found.pull === undefined || hasShape(found.pull, { layers: 'number', bytes: 'number' }));
}

function listOf(value: unknown, shape: Shape): boolean {
  return Array.isArray(value) && value.every((item) => hasShape(item, shape));
}

function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) { return false; }
  const fields = value as Partial<Record<string, unknown>>;
  return Object.entries(shape).every(([name, type]) => {
    const field = fields[name];
    if (field === undefined) { return type.endsWith('?'); }
    return typeof field === type.replace('?', '') && (typeof field !== 'number' || Math.abs(field) <= Number.MAX_SAFE_INTEGER);
  });
}
