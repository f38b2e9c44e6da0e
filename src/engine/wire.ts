import * as l10n from '@vscode/l10n';
import type { ContainerDetails, ContainerSpec, ContainerState, ContainerSummary, CpuConfig, EngineEvent, EngineFacts, FileChange, ImageDetails, NetworkDetails, PublishedPort, PullMessage, ResourceConfig, StatsSample, VolumeDetails } from './engine';
import { MalformedStream } from './errors';
import { explainPullError } from './pull';
import { toMembership } from './swarm/swarmWire';

/*
 * The engine's JSON to our types and back. What comes over the wire is unknown: a field of the wrong type reads as if it were
 * not there, so that one odd field never hides a container; only an object without an id is refused.
 */

export type Json = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Json => typeof value === 'object' && value !== null ? value as Json : {};
export const array = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [];
export const string = (value: unknown): string => typeof value === 'string' ? value : '';
/** Docker's numbers have 64 bits at most. What does not fit is none of its numbers: 1e308 bytes would only freeze who draws it. */
export const number = (value: unknown): number => typeof value === 'number' && Math.abs(value) <= 2 ** 64 ? value : 0;
export const port = (value: unknown): number => Number.isInteger(value) && number(value) > 0 && number(value) < 65_536 ? number(value) : 0;
/** Of a process; 0 for none. Linux numbers them up to 4,194,304. */
const pid = (value: unknown): number => Number.isInteger(value) && number(value) > 0 && number(value) < 2 ** 31 ? number(value) : 0;
/** Seconds to milliseconds since the epoch, where there is such a day. */
const time = (seconds: unknown): number => Math.abs(number(seconds)) * 1000 <= 8.64e15 ? number(seconds) * 1000 : 0;
/** How many or how much of something: whole, and never below 0. */
export const count = (value: unknown): number => Math.max(0, Math.trunc(number(value)));
export const strings = (value: unknown): string[] => array(value).filter((item) => typeof item === 'string');

export function stringMap(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(object(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function id(value: Json, field = 'Id'): string {
  const found = string(value[field]);
  if (found === '') { throw new MalformedStream(l10n.t('an object of Docker\'s')); }
  return found;
}

const states: ReadonlySet<string> = new Set<ContainerState>(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);

function state(value: unknown): ContainerState {
  const text = string(value).toLowerCase();
  if (states.has(text)) { return text as ContainerState; }
  // Podman's words for the same states.
  if (text === 'configured' || text === 'initialized') { return 'created'; }
  return text === 'stopped' ? 'exited' : 'dead';
}

export function toId(value: unknown): string {
  return id(object(value));
}

export function toSummary(value: unknown): ContainerSummary {
  const json = object(value);
  return {
    id: id(json),
    name: ownName(strings(json.Names)),
    image: string(json.Image),
    imageId: string(json.ImageID),
    command: string(json.Command),
    state: state(json.State),
    status: string(json.Status),
    createdAt: time(json.Created),
    labels: stringMap(json.Labels),
    ports: array(json.Ports).map(toPort),
  };
}

/** Beside "/db" a container that others link to has names like "/app/db". */
function ownName(names: readonly string[]): string {
  return (names.find((name) => name.lastIndexOf('/') <= 0) ?? names[0] ?? '').replace(/^\//, '');
}

function toPort(value: unknown): PublishedPort {
  const json = object(value);
  return {
    containerPort: port(json.PrivatePort), protocol: string(json.Type),
    ...(port(json.PublicPort) === 0 ? {} : { hostPort: port(json.PublicPort) }),
    ...(string(json.IP) === '' ? {} : { hostIp: string(json.IP) }),
  };
}

export function toDetails(value: unknown): ContainerDetails {
  const json = object(value);
  const [status, config, hostConfig] = [object(json.State), object(json.Config), object(json.HostConfig)];
  return {
    id: id(json),
    name: string(json.Name).replace(/^\//, ''),
    image: string(config.Image),
    state: state(status.Status),
    exitCode: number(status.ExitCode),
    error: string(status.Error),
    pid: pid(status.Pid),
    tty: config.Tty === true,
    startedAt: string(status.StartedAt),
    finishedAt: string(status.FinishedAt),
    cpu: { nanoCpus: count(hostConfig.NanoCpus), cpuQuota: number(hostConfig.CpuQuota), cpuPeriod: count(hostConfig.CpuPeriod) },
    resources: {
      memoryBytes: count(hostConfig.Memory), memorySwapBytes: number(hostConfig.MemorySwap),
      // -1 is Docker's other word for none.
      pidsLimit: count(hostConfig.PidsLimit), cpuShares: count(hostConfig.CpuShares),
    },
  };
}

export function fromContainerSpec({ image, command, labels, host }: ContainerSpec): Json {
  return {
    Image: image, Labels: labels,
    ...(command === undefined ? {} : { Cmd: command }),
    // JSON leaves out what is undefined.
    ...(host === undefined ? {} : {
      HostConfig: {
        PidMode: host.pidMode, CgroupnsMode: host.cgroupnsMode, Binds: host.binds, CapAdd: host.capAdd,
        NetworkMode: host.networkMode, ReadonlyRootfs: host.readonlyRootfs, SecurityOpt: host.securityOpt, AutoRemove: host.autoRemove,
      },
    }),
  };
}

/** JSON leaves out what is undefined. */
export function fromUpdate(change: Partial<CpuConfig & ResourceConfig>): Json {
  return {
    NanoCpus: change.nanoCpus, CpuQuota: change.cpuQuota, CpuPeriod: change.cpuPeriod, CpuShares: change.cpuShares,
    Memory: change.memoryBytes, MemorySwap: change.memorySwapBytes, PidsLimit: change.pidsLimit,
  };
}

/** The same in the words of the OCI's runtime specification, which Podman's own API takes. */
export function fromUpdateToOci({ nanoCpus, cpuQuota, cpuPeriod, cpuShares, memoryBytes, memorySwapBytes, pidsLimit }: Partial<CpuConfig & ResourceConfig>): Json {
  const period = 100_000;
  const cpu = nanoCpus === undefined ? { quota: cpuQuota, period: cpuPeriod, shares: cpuShares } : { quota: Math.round(nanoCpus / 1e9 * period), period };
  return {
    cpu,
    ...(memoryBytes === undefined ? {} : { memory: { limit: memoryBytes, swap: memorySwapBytes } }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: pidsLimit } }),
  };
}

export function toWarnings(value: unknown): string[] {
  return strings(object(value).Warnings);
}

export function toExitCode(value: unknown): number {
  return Math.trunc(number(object(value).StatusCode));
}

const changeKinds = ['modified', 'added', 'deleted'] as const;

export function toFileChange(value: unknown): FileChange | undefined {
  const { Path, Kind } = object(value);
  const kind = typeof Kind === 'number' ? changeKinds[Kind] : undefined;
  return typeof Path === 'string' && kind !== undefined ? { path: Path, kind } : undefined;
}

/** The exit code of a command in a container; undefined as long as it has none. */
export function toExecExitCode(value: unknown): number | undefined {
  const { Running, ExitCode } = object(value);
  return Running !== true && typeof ExitCode === 'number' && Number.isSafeInteger(ExitCode) ? ExitCode : undefined;
}

/** undefined for what is no event. Old engines say `status` and `id`, newer ones `Action` and `Actor.ID`. */
export function toEvent(value: unknown): EngineEvent | undefined {
  const json = object(value);
  const actor = object(json.Actor);
  const action = string(json.Action) || string(json.status);
  if (action === '') { return undefined; }
  return {
    type: string(json.Type) || 'container',
    action,
    id: string(actor.ID) || string(json.id),
    attributes: stringMap(actor.Attributes),
    at: number(json.timeNano) / 1e6 || time(json.time),
  };
}

/** undefined for the empty sample that the engine sends for a container that does not run. */
export function toStats(value: unknown): StatsSample | undefined {
  const json = object(value);
  const cpu = object(json.cpu_stats);
  const throttling = object(cpu.throttling_data);
  const readAt = Date.parse(string(json.read));
  if (!(readAt > 0)) { return undefined; }
  return {
    readAt,
    usageMicros: count(object(cpu.cpu_usage).total_usage) / 1000,
    nrPeriods: count(throttling.periods),
    nrThrottled: count(throttling.throttled_periods),
    throttledMicros: count(throttling.throttled_time) / 1000,
    memoryBytes: count(object(json.memory_stats).usage),
  };
}

export function toImage(value: unknown): ImageDetails {
  const json = object(value);
  return {
    id: id(json),
    tags: strings(json.RepoTags).filter((tag) => tag !== '<none>:<none>'),
    // The list has Labels beside the id, an inspect below Config.
    labels: stringMap(json.Labels ?? object(json.Config).Labels),
    sizeBytes: count(json.Size),
    // The list has seconds, an inspect a date.
    createdAt: typeof json.Created === 'string' ? Date.parse(json.Created) || 0 : time(json.Created),
  };
}

export function toVolumes(value: unknown): VolumeDetails[] {
  return array(object(value).Volumes).map(object).map(({ Name, Driver, Mountpoint, Labels }) => ({ name: string(Name), driver: string(Driver), mountpoint: string(Mountpoint), labels: stringMap(Labels) }));
}

export function toNetwork(value: unknown): NetworkDetails {
  const json = object(value);
  return {
    id: id(json), name: string(json.Name), driver: string(json.Driver), scope: string(json.Scope),
    subnets: array(object(json.IPAM).Config).map((config) => string(object(config).Subnet)).filter((subnet) => subnet !== ''),
  };
}

/** Query of a pull. A reference without a tag means :latest; without one the engine would pull every tag. */
export function fromReference(reference: string): { fromImage: string; tag?: string } {
  if (reference.includes('@')) { return { fromImage: reference }; }
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? { fromImage: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { fromImage: reference, tag: 'latest' };
}

/** @throws PullFailed when the line says that the pull (or load) failed */
export function toPullMessage(value: unknown): PullMessage {
  const json = object(value);
  const failure = string(object(json.errorDetail).message) || string(json.error);
  if (failure !== '') { throw explainPullError(failure); }
  const detail = object(json.progressDetail);
  return {
    status: string(json.status) || string(json.stream),
    ...(string(json.id) === '' ? {} : { id: string(json.id) }),
    ...(typeof detail.current === 'number' ? { current: count(detail.current) } : {}),
    ...(typeof detail.total === 'number' ? { total: count(detail.total) } : {}),
  };
}

function isOldPodman(version: Json): boolean {
  const podman = array(version.Components).map(object).find(({ Name }) => Name === 'Podman Engine');
  const [major = 0, minor = 0] = string(podman?.Version).split('.').map(Number);
  return podman !== undefined && (major < 4 || (major === 4 && minor < 3));
}

export function toFacts(infoValue: unknown, versionValue: unknown, ourMillis: number): EngineFacts {
  const [info, version] = [object(infoValue), object(versionValue)];
  const cgroupVersion = string(info.CgroupVersion);
  const engineMillis = Date.parse(string(info.SystemTime));
  const swarm = toMembership(info.Swarm);
  return {
    id: string(info.ID),
    name: string(info.Name),
    version: string(version.Version) || string(info.ServerVersion),
    apiVersion: string(version.ApiVersion),
    operatingSystem: string(info.OperatingSystem),
    kernelVersion: string(info.KernelVersion),
    architecture: string(info.Architecture),
    cpus: Math.max(1, count(info.NCPU)),
    cgroupVersion: cgroupVersion === '1' || cgroupVersion === '2' ? cgroupVersion : 'unknown',
    cgroupDriver: string(info.CgroupDriver),
    memoryBytes: count(info.MemTotal),
    canLimitCpu: info.CpuCfsQuota !== false && !isOldPodman(version),
    storageDriver: string(info.Driver),
    components: array(version.Components).map(object).map(({ Name, Version }) => ({ name: string(Name), version: string(Version) })).filter(({ name }) => name !== '' && name !== 'Engine'),
    clockOffsetMillis: Number.isFinite(engineMillis) ? engineMillis - ourMillis : 0,
    ...swarm && { swarm },
  };
}
