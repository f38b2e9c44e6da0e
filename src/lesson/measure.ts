import type { Clock } from '../base/clock';
import { sleep } from '../base/sleep';
import type { Engine } from '../engine/engine';
import { roleLabel } from '../engine/ours';
import { isRemoved } from '../engine/removal';
import type { Measured } from './measured';

export interface MeasureInput {
  engine: Engine;
  /** With `echo`, `sleep` and `uname`; on the engine. */
  image: string;
  clock: Clock;
  onRun(run: number, of: number): void;
  signal: AbortSignal;
}

/** The median of so many runs counts: the first one also brings files into memory. */
export const measuredRuns = 5;

/** Images that are listed. */
const mostImages = 12;
/** Longest wait for a sample of the engine's statistics, in milliseconds: it takes one a second. */
const sampleMillis = 5_000;

/**
 * Starts a few containers, one after the other, and removes each. Nothing stays behind when it fails or is cancelled.
 * @throws EngineError, EngineUnreachable; an AbortError
 */
export async function measure({ engine, image, clock, onRun, signal }: MeasureInput): Promise<Measured> {
  const startMillis: number[] = [];
  for (let run = 1; run <= measuredRuns; run += 1) {
    onRun(run, measuredRuns);
    startMillis.push(await withContainer(engine, image, ['echo', 'hello'], signal, (id) => millisToOutput(engine, id, clock, signal)));
  }
  const [details, facts, all] = await Promise.all([engine.inspectImage(image), engine.facts(signal), engine.listImages()]);
  const idle = await withContainer(engine, image, ['sleep', '600'], signal, async (id) => {
    await engine.startContainer(id);
    return { bytes: await memoryOf(engine, id, signal), kernel: (await engine.exec(id, ['uname', '-r'], { signal })).stdout.trim() };
  });
  return {
    image, imageBytes: details?.sizeBytes ?? null, startMillis, idleBytes: idle.bytes, kernelInside: idle.kernel, kernelOutside: facts.kernelVersion,
    images: all.flatMap(({ tags: [tag], sizeBytes }) => tag === undefined ? [] : [{ tag, bytes: sizeBytes }]).sort((a, b) => b.bytes - a.bytes).slice(0, mostImages),
  };
}

async function withContainer<T>(engine: Engine, image: string, command: readonly string[], signal: AbortSignal, work: (id: string) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const id = await engine.createContainer({ image, command, labels: { [roleLabel]: 'measured' } });
  try {
    signal.throwIfAborted();
    return await work(id);
  } finally {
    await isRemoved(engine.removeContainer(id, { force: true }));
  }
}

async function millisToOutput(engine: Engine, id: string, clock: Clock, signal: AbortSignal): Promise<number> {
  const output = await engine.attachContainer(id, signal);
  const from = clock.monotonic();
  const first = (async () => {
    for await (const chunk of output) { if (chunk.data.length > 0) { return clock.monotonic() - from; } }
    // It wrote nothing: its end is what there is.
    return clock.monotonic() - from;
  })();
  // Awaited after the start; a failure of the start comes first.
  first.catch(() => { });
  await engine.startContainer(id);
  return first;
}

async function memoryOf(engine: Engine, id: string, signal: AbortSignal): Promise<number | null> {
  const enough = new AbortController();
  void sleep(sampleMillis, enough.signal).then(() => enough.abort());
  try {
    for await (const { memoryBytes } of engine.containerStats(id, AbortSignal.any([signal, enough.signal]))) { if (memoryBytes > 0) { return memoryBytes; } }
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) { throw error; }
  } finally {
    enough.abort();
  }
  return null;
}
