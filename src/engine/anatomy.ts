import type { ContainerState, CpuConfig, PublishedPort } from './engine';

/** What a container is made of, as the engine tells it. */
export interface ContainerAnatomy {
  id: string;
  name: string;
  /** As it was asked for. */
  image: string;
  imageId: string;
  state: ContainerState;
  /** Of its first process, on the engine's machine; 0 when it is not running. */
  pid: number;
  privileged: boolean;
  /** Without "CAP_". */
  capAdd: readonly string[];
  capDrop: readonly string[];
  /** Where it has no namespace of its own, by kind: "host", "container:ID". */
  shares: Readonly<Partial<Record<'pid' | 'ipc' | 'net' | 'uts' | 'user' | 'cgroup', string>>>;
  /** The driver that puts its root file system together, and what that needs to know: folders on the engine's machine. */
  storage: { driver: string; data: Readonly<Record<string, string>> };
  /** What it wrote into its own layer; undefined where the engine does not count. */
  writtenBytes: number | undefined;
  mounts: readonly Mount[];
  networks: readonly NetworkAddress[];
  ports: readonly PublishedPort[];
  limits: ResourceLimits;
}

export interface Mount {
  /** "bind", "volume", "tmpfs". */
  kind: string;
  /** A path on the engine's machine, or a volume's name. */
  source: string;
  destination: string;
  writable: boolean;
}

export interface NetworkAddress {
  network: string;
  address: string;
  gateway: string;
  mac: string;
}

/** 0 where there is none. */
export interface ResourceLimits extends CpuConfig {
  memoryBytes: number;
  pids: number;
}

/** A process as the engine sees it. */
export interface ListedProcess {
  /** On the engine's machine. */
  pid: number;
  command: string;
}

/** One layer of an image, from its history; the newest first. */
export interface HistoryEntry {
  /** What made it: an instruction of the Dockerfile. */
  createdBy: string;
  sizeBytes: number;
}

/** How many of each an engine has. */
export interface EngineCounts {
  images: number;
  containers: number;
  running: number;
  networks: number;
  volumes: number;
}
