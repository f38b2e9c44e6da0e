import type { Clock } from '../base/clock';
import type { Engine } from '../engine/engine';
import { type ContainerReading, findContainerGroup, readNow } from './containerCounters';
import { controllerGroupOf, type CpuGroup } from './hierarchy';
import type { CgroupHost } from './host';

/** What a container uses at one moment, as the kernel counts it. */
export interface UsageReading extends ContainerReading {
  /** Memory of all its processes, with the files that the kernel keeps for them; undefined where it is not counted. */
  memoryBytes: number | undefined;
}

interface Found {
  group: CpuGroup;
  /** The file that says how much memory is in use. */
  memoryFile: string | undefined;
}

/** Reads what containers of this machine use, each from its own control group. Where a group is is looked up once in a container's life. */
export class GroupUsage {
  /** null: not on this machine. */
  private readonly found = new Map<string, Found | null>();

  constructor(private readonly host: CgroupHost, private readonly clock: Clock) { }

  /**
   * @param engine that has the container, and knows its first process
   * @returns undefined when the container does not run, or its group is not on this machine
   */
  async read(engine: Engine, containerId: string): Promise<UsageReading | undefined> {
    const place = engine.endpoint.kind === 'unix' ? await this.placeOf(engine, containerId) : null;
    if (place === null) { return undefined; }
    const { group, memoryFile } = place;
    try {
      const [reading, memory] = await Promise.all([readNow(this.host, group, this.clock), memoryFile === undefined ? undefined : this.host.read(memoryFile)]);
      return { ...reading, memoryBytes: memory === undefined ? undefined : bytesIn(memory) };
    } catch {
      // It has stopped. If it starts again, its group is another one.
      this.found.delete(containerId);
      return undefined;
    }
  }

  /** Forgets where the groups are of containers that are not among these. */
  keepOnly(containerIds: ReadonlySet<string>): void {
    for (const id of this.found.keys()) { if (!containerIds.has(id)) { this.found.delete(id); } }
  }

  /** It has another life: its former group is gone, and a new one may be found where there was none. */
  forget(containerId: string): void {
    this.found.delete(containerId);
  }

  private async placeOf(engine: Engine, containerId: string): Promise<Found | null> {
    const known = this.found.get(containerId);
    if (known !== undefined) { return known; }
    const place = await this.find(engine, containerId).catch(() => null);
    this.found.set(containerId, place);
    return place;
  }

  private async find(engine: Engine, containerId: string): Promise<Found | null> {
    const { pid } = await engine.inspectContainer(containerId);
    const group = await findContainerGroup(this.host, containerId, pid);
    if (group === undefined) { return null; }
    const memory = await controllerGroupOf(this.host, pid, 'memory');
    const isOwn = memory?.dir.includes(containerId) === true;
    return { group, memoryFile: memory === undefined || !isOwn ? undefined : `${memory.dir}/${memory.version === 'v1' ? 'memory.usage_in_bytes' : 'memory.current'}` };
  }
}

/** Of memory.current, or v1's memory.usage_in_bytes. */
function bytesIn(text: string): number | undefined {
  return /^\d{1,20}\s*$/.test(text) ? Number(text) : undefined;
}
