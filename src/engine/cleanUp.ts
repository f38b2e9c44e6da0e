import { messageOf } from '../base/errors';
import type { ContainerSummary, Engine } from './engine';
import { NotFound } from './errors';
import { isStandIn, roleLabel } from './ours';

/** What we made on an engine and what is still there. */
export interface Leftovers {
  containers: readonly ContainerSummary[];
  /** Tags of images that we loaded or pulled. */
  images: readonly string[];
}

export interface CleanUpResult {
  removed: number;
  /** What could not be removed, and why, in the engine's words. */
  failures: readonly { name: string; reason: string }[];
}

/**
 * Finds what we made: containers by their label, the bundled image by its label, and pulled images from our own record.
 * @param pulled tags that we pulled because they were absent
 * @throws EngineError, EngineUnreachable
 */
export async function findLeftovers(engine: Engine, pulled: readonly string[]): Promise<Leftovers> {
  const [containers, images] = await Promise.all([engine.listContainers({ label: roleLabel }), engine.listImages()]);
  const tags = images.flatMap((image) => image.tags.filter((tag) => isStandIn(image.labels) || pulled.includes(tag)));
  return { containers, images: tags };
}

/** Removes the containers (running ones too), then the images. One failure does not keep the others from going. */
export async function cleanUp(engine: Engine, leftovers: Leftovers, onStep: (name: string) => void, signal: AbortSignal): Promise<CleanUpResult> {
  const failures: { name: string; reason: string }[] = [];
  let removed = 0;
  const remove = async (name: string, work: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    onStep(name);
    try {
      await work();
      removed += 1;
    } catch (error) {
      if (error instanceof NotFound) { removed += 1; } else { failures.push({ name, reason: messageOf(error) }); }
    }
  };
  for (const { id, name } of leftovers.containers) { await remove(name, () => engine.removeContainer(id, { force: true })); }
  for (const tag of leftovers.images) { await remove(tag, () => engine.removeImage(tag)); }
  return { removed, failures };
}
