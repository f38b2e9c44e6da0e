import type { Engine } from '../engine/engine';
import type { ResourceKind } from '../engine/resourceLimit';
import { controllerGroupOf } from './hierarchy';
import type { CgroupHost } from './host';

/** What a file of the kernel says of a limit. */
export interface KernelLimit {
  /** Its name: "memory.max". */
  file: string;
  text: string;
}

const files: Readonly<Record<ResourceKind, { controller: string; v1: string; v2: string }>> = {
  memory: { controller: 'memory', v1: 'memory.limit_in_bytes', v2: 'memory.max' },
  pids: { controller: 'pids', v1: 'pids.max', v2: 'pids.max' },
  cpuShares: { controller: 'cpu', v1: 'cpu.shares', v2: 'cpu.weight' },
};

/** A container's limit as the kernel has it; undefined where this machine does not own its control group. */
export async function kernelLimitOf(host: CgroupHost, engine: Engine, containerId: string, kind: ResourceKind): Promise<KernelLimit | undefined> {
  if (engine.endpoint.kind !== 'unix') { return undefined; }
  const { pid } = await engine.inspectContainer(containerId);
  const { controller, ...names } = files[kind];
  const group = pid > 0 ? await controllerGroupOf(host, pid, controller) : undefined;
  // On another machine, or in another pid namespace, the same number is somebody else.
  if (group?.dir.includes(containerId) !== true) { return undefined; }
  const file = names[group.version];
  const text = await host.read(`${group.dir}/${file}`).catch(() => undefined);
  return text === undefined ? undefined : { file, text: text.trim() };
}
