import type { CpuConfig } from '../engine';
import { readCpuLimit } from '../cpuLimit';
import type { SwarmTask } from './swarm';
import type { ManagedSwarm, Swarms } from './swarms';

/** What a task's container has, said by the engine of its node. */
export interface ReadBack {
  task: SwarmTask;
  /** undefined: no limit. */
  cores: number | undefined;
}

/** The CPU limits of a service's running tasks as their nodes' own engines say them. */
export interface ReadBacks {
  read: readonly ReadBack[];
  /** Tasks on nodes whose engines are none of ours. */
  unreachable: readonly SwarmTask[];
}

/** @throws EngineError of a node's engine that was connected a moment ago */
export async function readBackLimits(swarms: Swarms, { model }: ManagedSwarm, serviceId: string): Promise<ReadBacks> {
  const running = (model.state?.tasks ?? []).filter((task) => task.serviceId === serviceId && task.state === 'running' && task.desiredState === 'running');
  const read: ReadBack[] = [];
  const unreachable: SwarmTask[] = [];
  await Promise.all(running.map(async (task) => {
    const state = swarms.engineOfNode(task.nodeId)?.connection.state;
    if (state?.kind !== 'connected') {
      unreachable.push(task);
      return;
    }
    const cpu: CpuConfig = (await state.engine.inspectContainer(task.containerId)).cpu;
    read.push({ task, cores: readCpuLimit(cpu)?.cores });
  }));
  return { read, unreachable };
}
