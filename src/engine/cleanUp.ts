import { messageOf } from '../base/errors';
import type { ContainerSummary, Engine } from './engine';
import { NotFound } from './errors';
import { isLessonSwarm, isStandIn, roleLabel } from './ours';
import { leaveEmptied } from './swarm/leaveEmptied';
import { serviceLabel, type SwarmService } from './swarm/swarm';

/** What we made on an engine and what is still there. */
export interface Leftovers {
  /** Of the swarm that the engine manages. */
  services: readonly Pick<SwarmService, 'id' | 'name'>[];
  /** The swarm was started for the lesson, and nobody else has a service in it. */
  swarm: boolean;
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
 * Finds what we made: containers and services by their label, the bundled image by its label, and pulled images from our own record.
 * @param pulled tags that we pulled because they were absent
 * @throws EngineError, EngineUnreachable
 */
export async function findLeftovers(engine: Engine, pulled: readonly string[]): Promise<Leftovers> {
  const [containers, images, inSwarm] = await Promise.all([engine.listContainers({ label: roleLabel }), engine.listImages(), findInSwarm(engine)]);
  const tags = images.flatMap((image) => image.tags.filter((tag) => isStandIn(image.labels) || pulled.includes(tag)));
  // A service's task is a container, too; it goes with its service, and would come back without.
  const tasks = new Set(inSwarm.services.map(({ id }) => id));
  return { ...inSwarm, containers: containers.filter(({ labels }) => !tasks.has(labels[serviceLabel] ?? '')), images: tags };
}

/** What the lesson made in the swarm that the engine manages. No other can be asked, and in no other was anything made. */
export async function findInSwarm(engine: Engine): Promise<Pick<Leftovers, 'services' | 'swarm'>> {
  const { swarm } = await engine.facts();
  if (swarm?.isManager !== true) { return { services: [], swarm: false }; }
  const [{ services }, { labels }] = await Promise.all([engine.swarm.state(), engine.swarm.about()]);
  const ours = services.filter((service) => isLessonSwarm(service.labels));
  // With a service of the learner's own in it, it is theirs by now.
  return { services: ours, swarm: isLessonSwarm(labels) && ours.length === services.length };
}

/** Removes the services and leaves the swarm, then removes the containers (running ones too), then the images. One failure does not keep the others from going. */
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
  for (const { id, name } of leftovers.services) { await remove(name, () => engine.swarm.removeService(id)); }
  if (leftovers.swarm) { await remove('swarm', () => leaveEmptied(engine, leftovers.services.map(({ id }) => id), signal)); }
  for (const { id, name } of leftovers.containers) { await remove(name, () => engine.removeContainer(id, { force: true })); }
  for (const tag of leftovers.images) { await remove(tag, () => engine.removeImage(tag)); }
  return { removed, failures };
}
