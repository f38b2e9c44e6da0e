import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import type { WritableCgroupHost } from '../cgroup/host';
import type { KnownEngine } from '../engine/engines';
import type { RunRecording } from './recording';
import { type RunEvidence, RunTracer } from './runEvidence';
import { traceRun, type TracedEngine } from './runTrace';
import type { TraceStage } from './traceStage';

/** A run of hello-world that can be drawn. */
export interface DrawnRun {
  id: number;
  image: string;
  /** What users call its engine; undefined of a recorded run. */
  engineName: string | undefined;
  /** Milliseconds since the epoch. */
  at: number;
  /** It was recorded, here or elsewhere, and does not happen now. */
  recorded: boolean;
  over: boolean;
  stages: readonly TraceStage[];
}

interface Kept {
  id: number;
  image: string;
  engineName: string | undefined;
  at: number;
  evidence(): RunEvidence;
  facts(): TracedEngine | undefined;
  tracer: RunTracer | undefined;
}

/** Runs that are kept; the newest. */
const mostRuns = 10;

/** The runs of hello-world in this window, with their evidence. */
export class Runs implements Disposable {
  private kept: Kept[] = [];
  private count = 0;
  private readonly changed = new Emitter<undefined>();

  /** A run began, went on or ended. */
  readonly onDidChange = this.changed.event;

  /** @param host this machine: its processes are looked at while a container starts */
  constructor(private readonly host: Pick<WritableCgroupHost, 'list' | 'read'>, private readonly clock: Clock) { }

  /** The newest first. */
  get all(): DrawnRun[] {
    return this.kept.map(({ id, image, engineName, at, evidence, facts, tracer }) => {
      const seen = evidence();
      return { id, image, engineName, at, recorded: tracer === undefined, over: seen.endedAt !== undefined, stages: traceRun(seen, facts()) };
    });
  }

  /** A run begins: what the tracer is told of is shown. */
  begin(engine: KnownEngine, image: string): RunTracer {
    const tracer = new RunTracer(engine, image, this.host, this.clock);
    tracer.onDidChange(() => this.changed.fire(undefined));
    // What it was then, though the engine may be gone later.
    let known: TracedEngine | undefined;
    this.keep({ image, engineName: engine.name, at: this.clock.now(), evidence: () => tracer.evidence, facts: () => known ??= engine.facts, tracer });
    return tracer;
  }

  /** A recorded run. @returns whether it can be drawn */
  add({ evidence, image, recordedAt, engine }: RunRecording): boolean {
    if (evidence === undefined) { return false; }
    this.keep({ image, engineName: undefined, at: Date.parse(recordedAt), evidence: () => evidence, facts: () => ({ version: engine.version, components: engine.components ?? [] }), tracer: undefined });
    return true;
  }

  dispose(): void {
    for (const { tracer } of this.kept) { tracer?.dispose(); }
    this.kept = [];
    this.changed.dispose();
  }

  private keep(run: Omit<Kept, 'id'>): void {
    this.kept.unshift({ id: this.count += 1, ...run });
    for (const { tracer } of this.kept.splice(mostRuns)) { tracer?.dispose(); }
    this.changed.fire(undefined);
  }
}
