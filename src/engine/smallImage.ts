import type { Engine } from './engine';
import { pull, type PullProgress } from './pull';
import { isRemoved } from './removal';

/** A few megabytes with the usual commands: what is pulled when the engine has nothing like it. */
const fallback = 'busybox';

/** Images that surely have busybox's commands and no entrypoint of their own, by their names: looking into one means running it. */
const small: readonly RegExp[] = [/^busybox(:|$)/, /^alpine(:|$)/, /^python:[\w.-]*alpine[\w.-]*$/];

export interface SmallImageInput {
  engine: Engine;
  onPull(progress: PullProgress): void;
  /** The image was not there and now is. */
  onPulled(image: string): Promise<void>;
  signal: AbortSignal;
}

/**
 * A small image with `uname`, `sleep` and `touch`: one that the engine has, or else pulled.
 * @throws PullFailed, EngineError, EngineUnreachable; an AbortError
 */
export async function findSmallImage({ engine, onPull, onPulled, signal }: SmallImageInput): Promise<string> {
  const tags = (await engine.listImages()).flatMap((image) => image.tags);
  for (const pattern of small) {
    const found = tags.find((tag) => pattern.test(tag.replace(/^docker\.io\//, '').replace(/^library\//, '')));
    if (found !== undefined) { return found; }
  }
  try {
    await pull(engine, fallback, onPull, signal);
  } catch (error) {
    if (signal.aborted) { await isRemoved(engine.removeImage(fallback)); }
    throw error;
  }
  await onPulled(fallback);
  return fallback;
}
