import type { CgroupMachine } from '../cgroup/machine';
import type { Container } from '../engine/containers';
import type { EngineFacts, FileChange } from '../engine/engine';
import type { ConnectedEngine } from '../engine/engines';
import type { SwarmState } from '../engine/swarm/swarm';
import type { TaskId, TaskState } from './exercise';
import type { StepId } from './step';

/** What was read, or why it was not. */
export type Read<T> = { value: T } | { why: string };

/** A container that ran `uname -r` to its end. */
export interface KernelProof {
  id: string;
  name: string;
  image: string;
  /** What it printed, trimmed. */
  kernel: string;
  /** From its start to its exit, by the engine's clock; undefined where the engine does not tell. */
  millis: number | undefined;
  imageBytes: number | undefined;
}

/** One of the containers that are compared with each other. */
export interface Twin {
  id: string;
  name: string;
  imageId: string;
  /** Files that differ from its image, without what the engine itself puts there. */
  changes: readonly FileChange[];
}

/** A twin that was seen with a change, which is remembered beyond its end. */
export interface ChangedTwin {
  id: string;
  name: string;
  imageId: string;
  path: string;
  /** The other twins at that time: what is none of them was made later. */
  beside: readonly string[];
}

/** A container's life in the engine's own events, the oldest first. */
export interface Run {
  id: string;
  name: string;
  events: readonly RunEvent[];
}

export interface RunEvent {
  action: 'create' | 'attach' | 'start' | 'die';
  /** Milliseconds since the epoch, on the engine's clock. */
  at: number;
  /** Of a "die". */
  exitCode?: number;
}

/** The first process of a running container. */
export interface ContainerProcess {
  containerId: string;
  name: string;
  /** On the engine's machine. */
  pid: number;
  /** The same process's number inside; undefined where it has no pid namespace of its own. */
  pidInside: number | undefined;
  /** Whether this machine's /proc told it, or the engine and a command in the container. */
  from: 'kernel' | 'engine';
  /** Kinds of namespaces ("pid", "mnt", …) that are not ours; undefined where they cannot be compared with ours. */
  namespaces: readonly string[] | undefined;
  /** Its group; undefined where it could not be read. */
  cgroup: string | undefined;
  parent: { pid: number; name: string } | undefined;
}

/** The exercise by hand: the machine that it is done on, and what the kernel says of its tasks. */
export interface ByHand {
  tasks: Readonly<Record<TaskId, TaskState>> | undefined;
  machine: CgroupMachine;
  cpus: number;
  /** For the commands: the group's name, and the program's path. */
  group: string;
  program: string;
}

/** What the checks look at. Everything comes from the engine or the kernel; nothing from what was clicked. */
export interface LessonFacts {
  /** The engine that is used answers. */
  connected: boolean;
  /** Engines that answer; the one that is used first, when it is among them. */
  engines: readonly ConnectedEngine[];
  containers: readonly Container[];
  /** Of the swarm that the engine that is used manages; undefined without one, and until it was read. */
  swarm: SwarmState | undefined;
  /** A container of ours was seen on an engine, now or earlier. */
  madeSomething: boolean;
  /** The kernel's account of a limited CPU demo, where one was taken. */
  account: { containerId: string; cores: number; periods: number; throttledPeriods: number } | undefined;
  kernelProofs: Read<readonly KernelProof[]>;
  twins: Read<readonly Twin[]>;
  changedTwins: readonly ChangedTwin[];
  /** The newest run of hello-world that ended well; undefined when there is none. */
  run: Read<Run | undefined>;
  /** Of the container that is looked into; undefined when none runs. */
  process: Read<ContainerProcess | undefined>;
  byHand: Read<ByHand>;
  /** Answers that were right when they were given, by step. */
  answers: Readonly<Partial<Record<StepId, readonly string[]>>>;
}

/** Before anything is known: no engine, nothing looked at. */
export function noFacts(why: string): LessonFacts {
  return {
    connected: false, engines: [], containers: [], swarm: undefined, madeSomething: false, account: undefined, changedTwins: [], answers: {},
    kernelProofs: { why }, twins: { why }, run: { why }, process: { why }, byHand: { why },
  };
}

/** The engine that is used, once it has said what it is. */
export function engineOf({ connected, engines }: LessonFacts): (ConnectedEngine & { facts: EngineFacts }) | undefined {
  const [used] = engines;
  return !connected || used?.facts === undefined ? undefined : { ...used, facts: used.facts };
}
