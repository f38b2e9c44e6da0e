import { startCpuDemo } from '../engine/cpuDemo';
import type { ContainerSummary, Engine } from '../engine/engine';
import { type Role, roleLabel } from '../engine/ours';
import { isRemoved } from '../engine/removal';
import { findSmallImage } from '../engine/smallImage';
import { hasRole } from './candidates';
import type { Hands } from './step';

/*
 * What several steps do for the learner.
 */

/** A small image that is on the engine: one that was there, or pulled and then on our record. */
export function pullSmallImage({ engine, made, onPull }: Hands, signal: AbortSignal): Promise<string> {
  return findSmallImage({ engine, onPull, signal, onPulled: async (image) => made.addPulled((await engine.facts()).id, image) });
}

/** Works with the CPU demo that runs, or with a new one, which goes again when the work fails. */
export async function withRunningDemo(hands: Hands, signal: AbortSignal, work: (id: string) => Promise<void>): Promise<void> {
  const { engine } = hands;
  const running = (await containersOf(engine, 'cpu-demo')).find(({ state }) => state === 'running');
  const id = running?.id ?? await startDemo(hands, signal);
  try {
    signal.throwIfAborted();
    await work(id);
  } catch (error) {
    if (running === undefined) { await isRemoved(engine.removeContainer(id, { force: true })); }
    throw error;
  }
}

async function startDemo({ engine, images, made, program, onPull }: Hands, signal: AbortSignal): Promise<string> {
  let pulled: string | undefined;
  try {
    const { id } = await startCpuDemo({ engine, image: images.demo, imageChosen: images.demoChosen, program: await program(), onPull, onPulled: (image) => { pulled = image; }, signal });
    return id;
  } finally {
    if (pulled !== undefined) { await made.addPulled((await engine.facts()).id, pulled); }
  }
}

export async function containersOf(engine: Engine, role: Role): Promise<ContainerSummary[]> {
  return (await engine.listContainers({ label: roleLabel })).filter(hasRole(role));
}

export async function removeAll(engine: Engine, containers: readonly ContainerSummary[]): Promise<void> {
  for (const { id } of containers) { await isRemoved(engine.removeContainer(id, { force: true })); }
}
