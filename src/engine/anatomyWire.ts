import type { ContainerAnatomy, EngineCounts, HistoryEntry, ListedProcess, ResourceLimits } from './anatomy';
import { array, count, type Json, number, object, port as toPort, string, stringMap, strings, toDetails } from './wire';

/* What a container is made of: the engine's JSON to our types. A field of the wrong type reads as if it were not there. */

export function toAnatomy(value: unknown): ContainerAnatomy {
  const json = object(value);
  const [hostConfig, settings, graph] = [object(json.HostConfig), object(json.NetworkSettings), object(json.GraphDriver)];
  const { id, name, image, state, pid } = toDetails(value);
  return {
    id, name, image, state, pid,
    imageId: string(json.Image),
    privileged: hostConfig.Privileged === true,
    capAdd: strings(hostConfig.CapAdd).map(withoutCap), capDrop: strings(hostConfig.CapDrop).map(withoutCap),
    shares: sharedNamespaces(hostConfig),
    storage: { driver: string(graph.Name) || string(json.Driver), data: stringMap(graph.Data) },
    writtenBytes: typeof json.SizeRw === 'number' ? count(json.SizeRw) : undefined,
    mounts: array(json.Mounts).map(object).map(({ Type, Name, Source, Destination, RW }) => ({ kind: string(Type), source: string(Name) || string(Source), destination: string(Destination), writable: RW !== false })),
    networks: Object.entries(object(settings.Networks)).map(([network, of]) => {
      const { IPAddress, Gateway, MacAddress } = object(of);
      return { network, address: string(IPAddress), gateway: string(Gateway), mac: string(MacAddress) };
    }),
    ports: Object.entries(object(settings.Ports)).flatMap(([port, bindings]) => {
      const [containerPort, protocol] = [Number.parseInt(port, 10), port.split('/')[1] ?? 'tcp'];
      if (toPort(containerPort) === 0) { return []; }
      const bound = array(bindings).map(object);
      return bound.length === 0 ? [{ containerPort, protocol }] : bound.map(({ HostIp, HostPort }) => ({ containerPort, protocol, hostIp: string(HostIp), hostPort: toPort(Number(string(HostPort))) }));
    }),
    limits: toLimits(hostConfig),
  };
}

function toLimits(hostConfig: Json): ResourceLimits {
  return {
    nanoCpus: count(hostConfig.NanoCpus), cpuQuota: number(hostConfig.CpuQuota), cpuPeriod: count(hostConfig.CpuPeriod),
    // -1 is Docker's other word for none.
    memoryBytes: count(hostConfig.Memory), pids: count(hostConfig.PidsLimit),
  };
}

/** "" and "private" are its own; "shareable" is, too, though others may join it. */
function sharedNamespaces(hostConfig: Json): ContainerAnatomy['shares'] {
  const modes = { pid: hostConfig.PidMode, ipc: hostConfig.IpcMode, net: hostConfig.NetworkMode, uts: hostConfig.UTSMode, user: hostConfig.UsernsMode, cgroup: hostConfig.CgroupnsMode };
  return Object.fromEntries(Object.entries(modes).filter(([, mode]) => typeof mode === 'string' && (mode === 'host' || mode.startsWith('container:'))));
}

function withoutCap(name: string): string {
  return name.replace(/^CAP_/, '');
}

/** Docker answers with ps's columns on its machine; Podman, asked for them, with HPID for the number there. */
export function toListedProcesses(value: unknown): ListedProcess[] {
  const { Titles, Processes } = object(value);
  const titles = strings(Titles);
  const pidColumn = titles.includes('HPID') ? titles.indexOf('HPID') : titles.indexOf('PID');
  const commandColumn = titles.findIndex((title) => /^(CMD|COMMAND|ARGS)$/.test(title));
  return array(Processes).map(strings).flatMap((row) => {
    const pid = Number(row[pidColumn]);
    return Number.isSafeInteger(pid) && pid > 0 ? [{ pid, command: row[commandColumn] ?? '' }] : [];
  });
}

export function toHistory(value: unknown): HistoryEntry[] {
  return array(value).map(object).map(({ CreatedBy, Size }) => ({ createdBy: string(CreatedBy), sizeBytes: count(Size) }));
}

/** The layers' digests, the lowest first; none where the engine does not tell. */
export function toLayers(value: unknown): string[] {
  return strings(object(object(value).RootFS).Layers);
}

export function toCounts(info: unknown, networks: number, volumes: number): EngineCounts {
  const { Images, Containers, ContainersRunning } = object(info);
  return { images: count(Images), containers: count(Containers), running: count(ContainersRunning), networks, volumes };
}
