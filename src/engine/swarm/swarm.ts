import type { OutputChunk } from '../engine';

/** Docker's label on a container that is the task of a service: the service's id. */
export const serviceLabel = 'com.docker.swarm.service.id';

/** An engine's place in a swarm, as it tells with its facts. */
export interface SwarmMembership {
  /** Docker's word: "active", "pending" (joining, or no manager answers), "locked", "error". */
  state: string;
  nodeId: string;
  /** Of this engine, among the swarm's machines. */
  address: string;
  /** Only a manager can be asked for nodes, services and tasks. */
  isManager: boolean;
  /** Where managers listen, as "docker swarm join" takes it. */
  managerAddresses: readonly string[];
  /** Docker's reason when it is not as it should be; empty when there is none. */
  error: string;
}

export interface SwarmNode {
  id: string;
  hostname: string;
  role: 'manager' | 'worker';
  isLeader: boolean;
  availability: 'active' | 'pause' | 'drain';
  /** Docker's word for what the managers observe: "ready", "down", "disconnected", "unknown". */
  state: string;
  /** Why it is down; empty when there is nothing to say. */
  message: string;
  address: string;
}

export interface SwarmService {
  id: string;
  name: string;
  image: string;
  labels: Readonly<Record<string, string>>;
  /** How many tasks are wanted; undefined where every node gets one ("global") or they end by themselves (jobs). */
  replicas: number | undefined;
  /** Of each task's container, in billionths of a core; 0 without a limit. */
  nanoCpus: number;
  /** Of the last rolling update; empty before the first. */
  update: { state: string; message: string };
  tty: boolean;
}

export interface SwarmTask {
  id: string;
  serviceId: string;
  /** Empty until the swarm found a node for it. */
  nodeId: string;
  /** 0 in a global service. */
  slot: number;
  /** Docker's words, from "new" over "running" to "failed" or "shutdown". */
  state: string;
  desiredState: string;
  /** Since when it is in that state, in milliseconds since the epoch on its node's clock. */
  stateSince: number;
  /** Milliseconds since the epoch on a manager's clock. */
  createdAt: number;
  /** Why it failed, or waits; empty when there is nothing to say. */
  error: string;
  containerId: string;
  exitCode: number;
  nanoCpus: number;
}

/** Everything that a manager tells, read together. */
export interface SwarmState {
  nodes: readonly SwarmNode[];
  services: readonly SwarmService[];
  tasks: readonly SwarmTask[];
}

/** What is asked for of a new service. Tasks get no network but their node's own: it works without the kernel's vxlan and ipvs. */
export interface ServiceSpec {
  name: string;
  image: string;
  command: readonly string[];
  replicas: number;
  labels: Readonly<Record<string, string>>;
}

/**
 * The calls about a swarm. All but init, join and leave are for managers: others refuse (503). Each rejects with an EngineError.
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Swarm
 */
export interface SwarmApi {
  state(): Promise<SwarmState>;
  /**
   * Makes the engine the manager of a swarm of its own.
   * @param advertise where the others will find it; may be left out where the machine has one address only. With a loopback address it
   *   stays alone: it listens there only
   */
  init(advertise: string | undefined, labels: Readonly<Record<string, string>>): Promise<void>;
  /** @param remote "host:port" of a manager */
  join(remote: string, token: string, advertise?: string): Promise<void>;
  /** @param force also a manager, with which the swarm may end */
  leave(force: boolean): Promise<void>;
  /** What a machine needs to join as a worker, and the swarm's labels. */
  about(): Promise<{ workerToken: string; labels: Readonly<Record<string, string>> }>;
  createService(spec: ServiceSpec): Promise<string>;
  removeService(id: string): Promise<void>;
  /** @returns how many were wanted before. Rejects with NotReplicated for a service whose number is not chosen. */
  scale(serviceId: string, replicas: number): Promise<number>;
  /** Sets the limit in the task template, which replaces the tasks one after the other. 0 lifts it. @returns that before */
  setNanoCpus(serviceId: string, nanoCpus: number): Promise<number>;
  setAvailability(nodeId: string, availability: SwarmNode['availability']): Promise<void>;
  /** The logs of all its tasks, followed, from their last lines on. */
  serviceLogs(service: Pick<SwarmService, 'id' | 'tty'>, tail: number, signal: AbortSignal): Promise<AsyncIterable<OutputChunk>>;
}
