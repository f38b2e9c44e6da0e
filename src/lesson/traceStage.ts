/** The stages in the order in which a run passes through the components. Each is a wire of media/run-order.svg and the box that it leads to. */
export const traceStageIds = ['request', 'pull', 'containerd', 'shim', 'runtime', 'process', 'exit'] as const;
export type TraceStageId = typeof traceStageIds[number];

/**
 * observed: the engine or the kernel said so itself. inferred: it must have been, by what was seen before and after. absent: it did not
 * happen in this run. pending: not yet.
 */
export type Certainty = 'observed' | 'inferred' | 'absent' | 'pending';

export interface TraceStage {
  id: TraceStageId;
  title: string;
  certainty: Certainty;
  /** Milliseconds since the run began; null where it is not known. */
  from: number | null;
  millis: number | null;
  /** What happened here, or why nothing did: a sentence. */
  what: string;
  evidence: readonly string[];
}
