import type { Clock } from '../base/clock';
import { isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import type { Engine, OutputChunk } from './engine';
import { NotFound } from './errors';
import { loadStandIn } from './helloImage';
import { roleLabel, standInImage } from './ours';
import { pull, type PullProgress } from './pull';

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
  try {
    if (await stage('look', () => engine.inspectImage(image)) === undefined) {
      broughtImage = true;
      await (image === standInImage
        ? stage('load', () => loadStandIn(engine, signal))
        : stage('pull', () => pull(engine, image, listener.onPull, signal)));
    }
    // Create and start are not aborted under way: the engine might finish them unseen. They are short, and undone below.
    const created = id = await stage('create', () => engine.createContainer({ image, labels: { [roleLabel]: 'hello-world' } }));
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
    await undo(engine, id, broughtImage ? image : undefined, log);
    throw signal.aborted && !isAbort(error) ? signal.reason : error;
  }
}

async function show(output: AsyncIterable<OutputChunk>, listener: HelloListener): Promise<void> {
  for await (const chunk of output) { listener.onOutput(chunk); }
}

async function undo(engine: Engine, id: string | undefined, image: string | undefined, log: Log): Promise<void> {
  const attempt = async (removal: Promise<void>): Promise<void> => {
    try {
      await removal;
    } catch (error) {
      // Gone already is what we want (a pull that was cancelled leaves no image); whatever else stays carries our label, so that
      // "Clean up" finds it.
      if (!(error instanceof NotFound)) { log.warn(`undoing hello-world: ${messageOf(error)}`); }
    }
  };
  if (id !== undefined) { await attempt(engine.removeContainer(id, { force: true })); }
  if (image !== undefined) { await attempt(engine.removeImage(image)); }
}
