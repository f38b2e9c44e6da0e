import type { DemoGroup } from '../cgroup/demoGroup';
import type { ExerciseStep, StepCommands } from '../cgroup/exerciseCommands';
import type { WritableCgroupHost } from '../cgroup/host';
import type { CgroupMachine } from '../cgroup/machine';
import type { GroupRoot } from '../cgroup/observe';
import type { Process } from '../cgroup/processes';

/** The file name of the exercise's program. */
export const programFile = 'factorials.py';

/** Where the exercise is done: on this machine, or on the machine of an engine through a helper container. */
export interface ExercisePlace {
  readonly host: WritableCgroupHost;
  readonly machine: CgroupMachine;
  readonly root: GroupRoot;
  /** Whether `host` may write there; else a terminal with sudo can. */
  readonly mayWrite: boolean;
  /** The program's file name, by which its process is known. */
  readonly file: string;
  /** Whether the program runs in a container. */
  readonly contained: boolean;
  /** How often it makes sense to look, in milliseconds: a look through a helper costs the engine a few commands. */
  readonly lookMillis: number;
  /** The processes that the program can be one of; undefined when nobody knows better than to look at all. */
  among(): Promise<readonly number[] | undefined>;
  /** Starts the program in the background. What is made is written down before. */
  startProgram(): Promise<void>;
  /** Ends it, politely, and waits until it has ended. */
  stopProgram(program: Process): Promise<void>;
  /** Writes the group down, before it is made. */
  noteGroup(group: DemoGroup): Promise<void>;
  forgetGroup(group: DemoGroup): Promise<void>;
  /** What a learner types there. @param pid of the program, once it runs */
  commands(group: string, pid: number | undefined): Record<ExerciseStep, StepCommands>;
}

/** Where groups are made on a machine; undefined when nothing limits CPU there. */
export function rootOf({ version, cpuMount, accountMount, delegatedTo }: CgroupMachine): GroupRoot | undefined {
  return version === undefined || cpuMount === undefined ? undefined : { version, mount: cpuMount, accountMount: version === 'v2' ? cpuMount : accountMount ?? cpuMount, delegated: delegatedTo };
}
