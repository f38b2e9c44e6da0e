import type { Clock } from '../base/clock';
import { isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { sleep } from '../base/sleep';
import type { Engine, OutputChunk } from './engine';
import { loadStandIn } from './helloImage';
import { roleLabel, standInImage } from './ours';
import { pull, type PullProgress } from './pull';
import { isRemoved } from './removal';

/** What the client does, in order. `pull` is skipped when the image is there; `load` is for the bundled image only. */
export type HelloStage = 'look' | 'pull' | 'load' | 'create' | 'attach' | 'start' | 'wait' | 'inspect';

export interface StageDone {
  stage: HelloStage;
  millis: number;
}

export interface HelloListener {
  onStage(stage: HelloStage): void;
  onPull(progress: PullProgress): void;
  onOutput(chunk: OutputChunk): void;
  /** The container exists; it is not started yet. */
  onCreated?(containerId: string): void;
}

export interface HelloResult {
  id: string;
  name: string;
  image: string;
  exitCode: number;
  stages: readonly StageDone[];
}

export interface HelloInput {
  engine: Engine;
  /** "hello-world", or the tag of the bundled stand-in, which is loaded when it is absent. */
  image: string;
  listener: HelloListener;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/**
 * The engine may tag the image of a small pull after the request was cut: how often, and how many milliseconds apart, it is
 * looked for before it is believed to be absent.
 */
const lateImage = { looks: 4, every: 250 };

/** How many runs under way want an image of an engine. A run that is cancelled must not take it from the others. */
const wanted = new WeakMap<Engine, Map<string, number>>();

/**
 * What `docker run hello-world` does, call by call: the container is kept and named by the engine.
 * When it is cancelled or fails, the container goes, and so does the image if this run brought it.
 * @throws PullFailed, EngineError, EngineUnreachable; an AbortError
 */
export async function runHelloWorld({ engine, image, listener, clock, log, signal }: HelloInput): Promise<HelloResult> {
  const stages: StageDone[] = [];
  const stage = async <T>(name: HelloStage, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    listener.onStage(name);
    const from = clock.monotonic();
    const result = await work();
    stages.push({ stage: name, millis: clock.monotonic() - from });
    return result;
  };
  let broughtImage = false;
  let id: string | undefined;
  want(engine, image, 1);
  try {
    if (await stage('look', () => engine.inspectImage(image)) === undefined) {
      broughtImage = true;
      await (image === standInImage
        ? stage('load', () => loadStandIn(engine, signal))
        : stage('pull', () => pull(engine, image, (progress) => listener.onPull(progress), signal)));
    }
    // Create and start are not aborted under way: the engine might finish them unseen. They are short, and undone below.
    const created = id = await stage('create', () => engine.createContainer({ image, labels: { [roleLabel]: 'hello-world' } }));
    listener.onCreated?.(created);
    const output = await stage('attach', () => engine.attachContainer(created, signal));
    const shown = show(output, listener);
    // Awaited after the start; a failure of the start comes first.
    shown.catch(() => { });
    await stage('start', () => engine.startContainer(created));
    const exitCode = await stage('wait', async () => {
      await shown;
      return engine.waitContainer(created, signal);
    });
    const { name } = await stage('inspect', () => engine.inspectContainer(created));
    signal.throwIfAborted();
    return { id, name, image, exitCode, stages };
  } catch (error) {
    const othersWantImage = want(engine, image, 0) > 1;
    await undo(engine, id, broughtImage && !othersWantImage ? image : undefined, signal.aborted ? lateImage.looks : 1, log);
    throw signal.aborted && !isAbort(error) ? signal.reason : error;
  } finally {
    want(engine, image, -1);
  }
}

/** @returns how many want it now */
function want(engine: Engine, image: string, more: number): number {
  const counts = wanted.get(engine) ?? new Map<string, number>();
  wanted.set(engine, counts);
  const count = (counts.get(image) ?? 0) + more;
  counts.set(image, count);
  return count;
}

async function show(output: AsyncIterable<OutputChunk>, listener: HelloListener): Promise<void> {
  for await (const chunk of output) { listener.onOutput(chunk); }
}

async function undo(engine: Engine, id: string | undefined, image: string | undefined, looks: number, log: Log): Promise<void> {
  try {
    if (id !== undefined) { await isRemoved(engine.removeContainer(id, { force: true })); }
    if (image !== undefined) { await removeImage(engine, image, looks); }
  } catch (error) {
    // What stays carries our label or is told of here; "Clean up" finds the container.
    log.warn(`undoing hello-world: ${messageOf(error)}`);
  }
}

async function removeImage(engine: Engine, image: string, looks: number): Promise<void> {
  for (let look = 1; !await isRemoved(engine.removeImage(image)) && look < looks; look += 1) {
    await sleep(lateImage.every, new AbortController().signal);
  }
}
