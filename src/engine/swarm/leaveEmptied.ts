import { sleep } from '../../base/sleep';
import type { Engine } from '../engine';
import { roleLabel } from '../ours';
import { isRemoved } from '../removal';
import { serviceLabel } from './swarm';

/** Tasks have no events: how often the swarm is asked for them, and how long they may take to end (Docker gives a container 10 s). Milliseconds. */
const askMillis = 300;
const patienceMillis = 20_000;

/**
 * Leaves the swarm that was started for the lesson, once no task of these services, which were removed, is left: an engine that leaves
 * while it creates a task's container forgets that container. One that is there all the same is removed.
 * @param signal ends the waiting; the swarm is left all the same
 * @throws EngineError, EngineUnreachable
 */
export async function leaveEmptied(engine: Engine, serviceIds: readonly string[], signal: AbortSignal): Promise<void> {
  const services = new Set(serviceIds);
  const end = performance.now() + patienceMillis;
  while (!signal.aborted && performance.now() < end && (await engine.swarm.state()).tasks.some(({ serviceId }) => services.has(serviceId))) { await sleep(askMillis, signal); }
  await engine.swarm.leave(true);
  for (const { id, labels } of await engine.listContainers({ label: roleLabel })) {
    if (services.has(labels[serviceLabel] ?? '')) { await isRemoved(engine.removeContainer(id, { force: true })); }
  }
}
