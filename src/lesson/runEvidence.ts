import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { messageOf } from '../base/errors';
import type { WritableCgroupHost } from '../cgroup/host';
import { type Sighting, watchStart } from '../cgroup/startWatch';
import type { OutputChunk } from '../engine/engine';
import type { KnownEngine } from '../engine/engines';
import type { HelloListener, HelloResult, HelloStage } from '../engine/helloWorld';
import type { PullProgress } from '../engine/pull';
import type { RecordedEvent, RecordedRequest } from '../engine/recorder';
import { exitCodeOf } from './reads';

/** What was seen of one run of hello-world. All times are milliseconds since it began, on our clock. */
export interface RunEvidence {
  stages: readonly { stage: HelloStage; at: number }[];
  pull?: { layers: number; bytes: number };
  requests: readonly RunRequest[];
  events: readonly HeardEvent[];
  sightings: readonly Sighting[];
  /** When it was over. */
  endedAt?: number;
  /** How it ended. */
  exitCode?: number;
  /** Why it did not. */
  failure?: string;
}

export interface RunRequest {
  method: string;
  path: string;
  at: number;
  status?: number;
  millis?: number;
}

export interface HeardEvent {
  action: string;
  /** When it reached us. */
  at: number;
  /** When it happened, by the engine's clock: milliseconds since the epoch. */
  engineAt: number;
  exitCode?: number;
}

/** A container's events from its creation to its end. */
const ofRuns = new Set(['create', 'attach', 'start', 'die', 'pull']);

/** Collects the evidence of a run: what the client does, what was asked of the engine, what it announced, and which processes /proc showed. */
export class RunTracer implements HelloListener, Disposable {
  private readonly changed = new Emitter<undefined>();
  private readonly began: number;
  private readonly stages: { stage: HelloStage; at: number }[] = [];
  private readonly sightings: Sighting[] = [];
  private readonly firstNumber: number;
  private readonly watching = new AbortController();
  private readonly recording: Disposable;
  private requests: RecordedRequest[] = [];
  private events: RecordedEvent[] = [];
  private progress: PullProgress | undefined;
  private end: Pick<RunEvidence, 'endedAt' | 'exitCode' | 'failure'> = {};

  containerId: string | undefined;
  readonly onDidChange = this.changed.event;

  constructor(readonly engine: Pick<KnownEngine, 'recorder'>, private readonly image: string, private readonly host: Pick<WritableCgroupHost, 'list' | 'read'>, private readonly clock: Clock) {
    this.began = clock.monotonic();
    this.firstNumber = Math.max(0, engine.recorder.requests.at(-1)?.number ?? 0, engine.recorder.events.at(-1)?.number ?? 0);
    this.recording = engine.recorder.onDidRecord(() => this.take());
  }

  get evidence(): RunEvidence {
    // A wall clock that jumped in the middle of a run would only shift what is relative to it.
    const offset = this.clock.now() - this.clock.monotonic();
    const since = (wall: number): number => rounded(wall - offset - this.began);
    return {
      stages: this.stages,
      ...(this.progress === undefined ? {} : { pull: { layers: this.progress.layers, bytes: this.progress.totalBytes } }),
      requests: this.requests.map(({ method, path, at, status, answeredAfter }) => ({ method, path, at: since(at), ...(status === undefined ? {} : { status }), ...(answeredAfter === undefined ? {} : { millis: rounded(answeredAfter) }) })),
      events: this.events.map(({ at, event: { action, at: engineAt, attributes } }) => {
        const exitCode = exitCodeOf(attributes);
        return { action, at: since(at), engineAt, ...(exitCode === undefined ? {} : { exitCode }) };
      }),
      sightings: this.sightings.map((sighting) => ({ ...sighting, at: rounded(sighting.at - this.began) })),
      ...this.end,
    };
  }

  onStage(stage: HelloStage): void {
    this.stages.push({ stage, at: this.now() });
    this.changed.fire(undefined);
  }

  onPull(progress: PullProgress): void {
    this.progress = progress;
    this.changed.fire(undefined);
  }

  onOutput(_chunk: OutputChunk): void { /* The output is the terminal's. */ }

  onCreated(containerId: string): void {
    this.containerId = containerId;
    this.take();
    watchStart(this.host, containerId, this.clock, (sighting) => {
      this.sightings.push(sighting);
      this.changed.fire(undefined);
    }, this.watching.signal).catch(() => { /* Nothing of /proc can be read here: then nothing was seen. */ });
  }

  finish({ exitCode }: HelloResult): void { this.over({ exitCode }); }
  fail(error: unknown): void { this.over({ failure: messageOf(error) }); }

  /** What was asked and announced until now stays; nothing more is collected. */
  dispose(): void {
    this.watching.abort();
    this.recording.dispose();
    this.changed.dispose();
  }

  private over(end: Pick<RunEvidence, 'exitCode' | 'failure'>): void {
    this.watching.abort();
    this.end = { ...end, endedAt: this.now() };
    this.take();
    // Nothing more is to come of a run that failed.
    if (end.failure !== undefined) { this.recording.dispose(); }
  }

  /** Others may use the engine meanwhile: only what names this run's image or container is its own. */
  private take(): void {
    const { containerId: id, image } = this;
    const named = (path: string): boolean => (id !== undefined && path.includes(id)) || path.startsWith('/containers/create') || path.startsWith('/images/create') || path.startsWith('/images/load') || path.startsWith(`/images/${image}/`);
    // The view looks at the container, too; a run only acts.
    const isOurs = ({ method, path, number }: RecordedRequest): boolean => number > this.firstNumber && named(path) && (method === 'POST' || path.startsWith('/images/'));
    this.requests = this.engine.recorder.requests.filter(isOurs);
    this.events = this.engine.recorder.events.filter(({ number, event }) => number > this.firstNumber && ofRuns.has(event.action) && (event.id === id || event.action === 'pull'));
    // A run that is over needs to hear of its container's end, and of nothing else that others do.
    if (this.end.endedAt !== undefined && this.events.some(({ event }) => event.action === 'die')) { this.recording.dispose(); }
    this.changed.fire(undefined);
  }

  private now(): number { return rounded(this.clock.monotonic() - this.began); }
}

function rounded(millis: number): number {
  return Math.round(millis * 10) / 10;
}
