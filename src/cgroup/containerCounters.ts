import type { Clock } from '../base/clock';
import type { Engine } from '../engine/engine';
import { coresOf, type CpuCounters, type CpuMax, parseCfs, parseCpuMax, parseCpuStatV1, parseCpuStatV2 } from './cpu';
import { type CpuGroup, cpuGroupOf } from './hierarchy';
import type { CgroupHost } from './host';
import type { Reading } from './meter';

/** A reading with the limit that the kernel enforces at that moment: null for none, undefined where the source cannot tell. */
export interface ContainerReading extends Reading {
  /** Milliseconds since the epoch, on our clock. */
  wallMillis: number;
  capCores: number | null | undefined;
}

/**
 * The control group of a container, if this machine owns it: the engine's process id must lead, here, to a group that carries the
 * container's id. On another machine, or in another pid namespace, the same number is somebody else.
 */
export async function findContainerGroup(host: CgroupHost, containerId: string, pid: number): Promise<CpuGroup | undefined> {
  if (pid <= 0) { return undefined; }
  const own = await cpuGroupOf(host, pid);
  const dir = own && upToId(own.dir, containerId);
  if (own === undefined || dir === undefined) { return undefined; }
  const group: CpuGroup = own.version === 'v2' ? { ...own, dir } : { ...own, dir, accountDir: upToId(own.accountDir, containerId) ?? own.accountDir };
  try {
    await readGroup(host, group);
    return group;
  } catch {
    return undefined;
  }
}

/** The container's group, where its first process moved to one below (systemd in a container, crun). The limit is on the upper one. */
function upToId(dir: string, containerId: string): string | undefined {
  const parts = dir.split('/');
  const at = parts.findIndex((part) => part.includes(containerId));
  return at < 0 ? undefined : parts.slice(0, at + 1).join('/');
}

/** Counters and limit of a group. Rejects with ENOENT or ENODEV once the group is gone. */
export async function readGroup(host: CgroupHost, group: CpuGroup): Promise<{ counters: CpuCounters; max: CpuMax | null | undefined }> {
  if (group.version === 'v2') {
    const [stat, max] = await Promise.all([host.read(`${group.dir}/cpu.stat`), host.read(`${group.dir}/cpu.max`)]);
    return { counters: parseCpuStatV2(stat), max: parseCpuMax(max) };
  }
  const [stat, usage, quota, period] = await Promise.all([
    host.read(`${group.dir}/cpu.stat`), host.read(`${group.accountDir}/cpuacct.usage`),
    host.read(`${group.dir}/cpu.cfs_quota_us`), host.read(`${group.dir}/cpu.cfs_period_us`),
  ]);
  return { counters: parseCpuStatV1(stat, usage), max: parseCfs(quota, period) };
}

/** Reads the container's own files, once for each tick. Ends when the group is gone: the container stopped. */
export async function* readGroupOnTicks(host: CgroupHost, group: CpuGroup, ticks: AsyncIterable<void>, clock: Clock): AsyncGenerator<ContainerReading, void, undefined> {
  for await (const _tick of ticks) {
    let reading;
    try {
      reading = await readNow(host, group, clock);
    } catch {
      return;
    }
    yield reading;
  }
}

/** A reading of a group, with its time. Rejects as above. */
export async function readNow(host: CgroupHost, group: CpuGroup, clock: Clock): Promise<ContainerReading> {
  const at = clock.monotonic();
  const { counters, max } = await readGroup(host, group);
  // The kernel counted somewhere between the two moments.
  const middle = (at + clock.monotonic()) / 2;
  return { ...counters, at: middle, wallMillis: clock.now(), capCores: max === undefined || max === null ? max : coresOf(max) };
}

/** The engine's stats stream, about once a second. */
export async function* readStats(engine: Engine, containerId: string, signal: AbortSignal): AsyncGenerator<ContainerReading, void, undefined> {
  for await (const { readAt, memoryBytes: _, ...counters } of engine.containerStats(containerId, signal)) {
    yield { ...counters, at: readAt, wallMillis: readAt, capCores: undefined };
  }
}
