import type { Disposable } from '../base/disposable';
import type { ContainerAnatomy, EngineCounts, HistoryEntry, ListedProcess } from './anatomy';
import type { Endpoint } from './endpoint';
import type { SwarmApi, SwarmMembership } from './swarm/swarm';

/** Docker's own words for what a container is doing. */
export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** One row of the engine's list of containers. */
export interface ContainerSummary {
  id: string;
  /** Without the leading slash. */
  name: string;
  image: string;
  imageId: string;
  command: string;
  state: ContainerState;
  /** Docker's sentence, true when the list was made: "Exited (0) 3 minutes ago". */
  status: string;
  /** Milliseconds since the epoch, on the engine's clock. */
  createdAt: number;
  labels: Readonly<Record<string, string>>;
  ports: readonly PublishedPort[];
}

export interface PublishedPort {
  containerPort: number;
  protocol: string;
  hostPort?: number;
  hostIp?: string;
}

/** The part of a container's HostConfig that limits its CPU. 0 where it is not set. */
export interface CpuConfig {
  nanoCpus: number;
  /** Microseconds of CPU time a period; -1 after a limit was lifted. */
  cpuQuota: number;
  /** Microseconds. */
  cpuPeriod: number;
}

/** The part of a container's HostConfig that limits something other than CPU time. 0 where it is not set. */
export interface ResourceConfig {
  memoryBytes: number;
  /** Memory and swap together; -1: as much swap as the machine has. */
  memorySwapBytes: number;
  pidsLimit: number;
  /** Weight against other containers when the CPUs are short; Docker's own is 1024. */
  cpuShares: number;
}

export interface ContainerDetails {
  id: string;
  name: string;
  image: string;
  state: ContainerState;
  exitCode: number;
  /** The engine's reason why a container did not start; empty when there is none. */
  error: string;
  /** On the engine's machine; 0 when it is not running. */
  pid: number;
  tty: boolean;
  startedAt: string;
  finishedAt: string;
  cpu: CpuConfig;
  resources: ResourceConfig;
}

export interface ContainerSpec {
  image: string;
  name?: string;
  command?: readonly string[];
  labels: Readonly<Record<string, string>>;
  host?: HostSpec;
}

/** The part of a container's HostConfig that says what it shares with its machine, in Docker's words. Its defaults where left out. */
export interface HostSpec {
  /** "host": sees the machine's processes, by the machine's PIDs. */
  pidMode?: string;
  /** "host": sees the machine's tree of control groups, not its own group as the root. */
  cgroupnsMode?: string;
  /** "/on/the/machine:/in/the/container:rw". */
  binds?: readonly string[];
  /** Without "CAP_". */
  capAdd?: readonly string[];
  networkMode?: string;
  readonlyRootfs?: boolean;
  /** The engine removes it, with its anonymous volumes, once it has ended. */
  autoRemove?: boolean;
  securityOpt?: readonly string[];
}

/** A path of a container's own layer that differs from its image. */
export interface FileChange {
  path: string;
  kind: 'modified' | 'added' | 'deleted';
}

/** Columns and rows of a terminal. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A command that runs in a container with a terminal of its own. */
export interface TerminalSession extends Disposable {
  /** What it writes, raw; ends with the command, throws when the connection is cut. */
  readonly output: AsyncIterable<Uint8Array>;
  write(data: string): void;
  resize(size: TerminalSize): Promise<void>;
  /** Once the output has ended. */
  exitCode(): Promise<number>;
}

/** How a command in a container ended. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Something that happened on the engine. */
export interface EngineEvent {
  type: string;
  /** "start", "die", "update", "destroy", "exec_create: sh"… */
  action: string;
  /** Of the container, image, network… that it happened to. */
  id: string;
  attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch on the engine's clock, as a decimal (JSON numbers cannot hold it). Milliseconds here. */
  at: number;
}

export interface OutputChunk {
  stream: 'stdout' | 'stderr';
  data: Uint8Array;
}

/** One line of the progress that a pull reports. */
export interface PullMessage {
  /** Layer, or tag at the very start. */
  id?: string;
  status: string;
  current?: number;
  total?: number;
}

/** Counters from the engine's stats stream. */
export interface StatsSample {
  /** When the kernel was asked: milliseconds since the epoch, on our clock. */
  readAt: number;
  usageMicros: number;
  nrPeriods: number;
  nrThrottled: number;
  throttledMicros: number;
  /** Memory of all its processes, with the files that the kernel keeps for them. */
  memoryBytes: number;
}

export interface ImageDetails {
  id: string;
  tags: readonly string[];
  labels: Readonly<Record<string, string>>;
  sizeBytes: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

export interface VolumeDetails {
  name: string;
  driver: string;
  /** On the engine's machine. */
  mountpoint: string;
  labels: Readonly<Record<string, string>>;
}

export interface NetworkDetails {
  id: string;
  name: string;
  driver: string;
  scope: string;
  subnets: readonly string[];
}

/** What can be looked at as the engine's own JSON. */
export type InspectKind = 'container' | 'image' | 'volume' | 'network';

export interface EngineFacts {
  /** Stable over restarts of the engine. */
  id: string;
  /** The machine's host name. */
  name: string;
  version: string;
  apiVersion: string;
  operatingSystem: string;
  kernelVersion: string;
  /** Docker's word: "x86_64", "aarch64". */
  architecture: string;
  cpus: number;
  cgroupVersion: '1' | '2' | 'unknown';
  cgroupDriver: string;
  /** Of the engine's machine. */
  memoryBytes: number;
  /** Whether it can limit the CPU of a container: not without the kernel's cpu controller (rootless on cgroup v1), nor Podman before 4.3. */
  canLimitCpu: boolean;
  storageDriver: string;
  /** What the engine is made of beside itself: containerd, runc, docker-init. */
  components: readonly { name: string; version: string }[];
  /** Engine's clock minus ours in milliseconds, to within half the call's own time. */
  clockOffsetMillis: number;
  /** Left out by an engine in no swarm. */
  swarm?: SwarmMembership;
}

export interface LogOptions {
  follow: boolean;
  /** Only the last lines; all when left out. */
  tail?: number | undefined;
  /** Only what was written since then: milliseconds since the epoch on the engine's clock. */
  sinceMillis?: number | undefined;
  timestamps?: boolean;
  /** Whether the container has a terminal: its log is then one plain stream. */
  tty: boolean;
}

/**
 * A Docker engine: the calls that we need, in our own types. Every call rejects with an EngineError (errors.ts), or with an
 * AbortError when its signal said so. Streams end when the engine ends them and throw when they are cut.
 * @see https://docs.docker.com/reference/api/engine/
 */
export interface Engine extends Disposable {
  readonly endpoint: Endpoint;
  /** Over ssh: whether ssh forwards the engine's own socket, or each connection runs `docker system dial-stdio` there. */
  readonly sshWay?: 'forwarded' | 'dial-stdio' | undefined;
  /** The calls about a swarm. */
  readonly swarm: SwarmApi;

  /** Asks whether a Docker engine answers and agrees on an API version. Must be the first call. */
  negotiate(signal?: AbortSignal): Promise<void>;
  facts(signal?: AbortSignal): Promise<EngineFacts>;
  /** How much it has of what. */
  counts(): Promise<EngineCounts>;
  /** @param connected called once the stream is open: what happens from then on will be seen */
  events(signal: AbortSignal, connected: () => void): AsyncIterable<EngineEvent>;

  /**
   * What happened to a container between two moments of the engine's clock (milliseconds since the epoch), as far as the engine still
   * knows: Docker keeps its last 256 events, and none over a restart. Waits for the second moment when it is yet to come.
   */
  pastEvents(containerId: string, sinceMillis: number, untilMillis: number, signal?: AbortSignal): Promise<EngineEvent[]>;

  listContainers(filter?: { id?: string; label?: string }): Promise<ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  createContainer(spec: ContainerSpec): Promise<string>;
  startContainer(id: string): Promise<void>;
  stopContainer(id: string): Promise<void>;
  restartContainer(id: string): Promise<void>;
  pauseContainer(id: string): Promise<void>;
  unpauseContainer(id: string): Promise<void>;
  /** Removes it with its anonymous volumes; a running one only with `force`. */
  removeContainer(id: string, options?: { force?: boolean }): Promise<void>;
  /** Resolves with the exit code once the container is not running. */
  waitContainer(id: string, signal?: AbortSignal): Promise<number>;
  /**
   * Sets only what is given.
   * @returns the engine's warnings: it may have dropped what its kernel cannot do
   */
  updateContainer(id: string, change: Partial<CpuConfig & ResourceConfig>): Promise<string[]>;
  renameContainer(id: string, name: string): Promise<void>;
  /** @param signal a signal's name ("SIGTERM") or number */
  killContainer(id: string, signal: string): Promise<void>;
  /** Everything that the container writes from now on. Resolves once attached. */
  attachContainer(id: string, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>>;
  /**
   * Runs a command in a running container to its end, without a stdin. An abort leaves the command running. Docker 20.10 never ends
   * its output when the container is removed meanwhile: give a signal that can.
   * Rejects with a Conflict when the container is not running, with a MalformedStream when the command writes more than 1 MB.
   */
  exec(id: string, command: readonly string[], options?: { signal?: AbortSignal }): Promise<ExecResult>;
  /**
   * Runs a command in a running container with a terminal. Rejects with a Conflict when the container is not running.
   * Disposing hangs up, and the engine ends the command.
   */
  execTerminal(id: string, command: readonly string[], size: TerminalSize): Promise<TerminalSession>;
  /** An object as the engine's own JSON. */
  inspectRaw(kind: InspectKind, reference: string): Promise<unknown>;
  /** What it is made of. Counts what it wrote, which takes the engine a look at its files. */
  containerAnatomy(id: string): Promise<ContainerAnatomy>;
  /** Its processes, by their numbers on the engine's machine. Rejects with a Conflict when it is not running. */
  containerProcesses(id: string): Promise<ListedProcess[]>;
  /** How its file system differs from its image. What is mounted into it is not looked at. */
  containerChanges(id: string): Promise<FileChange[]>;
  containerLogs(id: string, options: LogOptions, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>>;
  /** About one sample a second. */
  containerStats(id: string, signal: AbortSignal): AsyncIterable<StatsSample>;

  /** undefined when the engine has no such image. */
  inspectImage(reference: string): Promise<ImageDetails | undefined>;
  listImages(): Promise<ImageDetails[]>;
  /** Digests of an image's layers, the lowest first; none where the engine does not tell. */
  imageLayers(reference: string): Promise<string[]>;
  /** What made an image, step by step; the newest first. Steps that changed no file are among them, with 0 bytes. */
  imageHistory(reference: string): Promise<HistoryEntry[]>;
  pullImage(reference: string, signal?: AbortSignal): AsyncIterable<PullMessage>;
  /** Loads a tar in the format of `docker save`. */
  loadImage(tar: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Gives an image one more name. */
  tagImage(reference: string, tag: string): Promise<void>;
  /** Takes the tag away, and the image with its last tag. Refused (409) when a container uses it. */
  removeImage(reference: string): Promise<void>;

  listVolumes(): Promise<VolumeDetails[]>;
  /** Refused (409) when a container uses it. */
  removeVolume(name: string): Promise<void>;
  listNetworks(): Promise<NetworkDetails[]>;
  /** Refused when it is Docker's own, or a container is in it. */
  removeNetwork(id: string): Promise<void>;
}
