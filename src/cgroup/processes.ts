import type { WritableCgroupHost } from './host';

/** A process of the machine. */
export interface Process {
  pid: number;
  parent: number;
  /** Its arguments; empty for a thread of the kernel. */
  command: readonly string[];
  /** User's number. */
  uid: number;
  threads: number;
  /** CPU time used by all its threads, in microseconds, to the clock tick (10 ms). */
  cpuMicros: number;
  /** It is in a pid namespace below the one that we see, as in a container. */
  contained: boolean;
  /** It is a part of the kernel, and not a program. */
  kernelThread: boolean;
  /** Clock ticks from the machine's start to its own: with the pid it names one process for ever, as pids are used again. */
  startTicks: number;
}

/** The kernel tells times in /proc in ticks of this length on every usual architecture (USER_HZ = 100), whatever its own tick is. */
const microsPerTick = 10_000;
/** In the flags of a process (include/linux/sched.h). */
const pfKthread = 0x0020_0000;

/**
 * A process, or undefined when there is none of this id (any more).
 * @see man 5 proc
 */
export async function readProcess(host: Pick<WritableCgroupHost, 'read'>, pid: number): Promise<Process | undefined> {
  try {
    const [stat, status, cmdline] = await Promise.all([host.read(`/proc/${pid}/stat`), host.read(`/proc/${pid}/status`), host.read(`/proc/${pid}/cmdline`)]);
    // The name in brackets may hold blanks and brackets itself: what counts begins behind the last one. From there, the state is
    // field 3 of the manual.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).trim().split(' ');
    const [parent, flags, userTicks, systemTicks, threads, startTicks, uid] = [...[4, 9, 14, 15, 20, 22].map((number) => fields[number - 3]), /^Uid:\t(\d+)/m.exec(status)?.[1]].map(wholeNumber);
    // A zombie has ended and only waits to be asked for its exit code.
    if (fields[0] === 'Z' || fields[0] === 'X' || parent === undefined || flags === undefined || userTicks === undefined || systemTicks === undefined || threads === undefined || startTicks === undefined || uid === undefined) { return undefined; }
    return {
      pid, parent, threads, startTicks, command: cmdline.split('\0').slice(0, -1), uid,
      cpuMicros: (userTicks + systemTicks) * microsPerTick, kernelThread: (flags & pfKthread) !== 0,
      // Its number in each pid namespace, from ours inwards.
      contained: /^NSpid:\t\d+\t/m.test(status),
    };
  } catch {
    return undefined;
  }
}

/**
 * Every process whose arguments name this program file, whoever started it: "python3 factorials.py", "python -u ./factorials.py".
 * @param among where to look; the whole machine when nobody knows better, which through a helper takes 10 s and more
 */
export async function findProgram(host: Pick<WritableCgroupHost, 'read' | 'list'>, file: string, among?: readonly number[]): Promise<Process[]> {
  const pids = among ?? (await host.list('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const named = await Promise.all(pids.map(async (pid) => {
    const cmdline = await host.read(`/proc/${pid}/cmdline`).catch(() => '');
    return runs(cmdline.split('\0').slice(0, -1), file) ? readProcess(host, pid) : undefined;
  }));
  return withoutParents(named.filter((found) => found !== undefined));
}

/** An interpreter with the file as an argument; a shell, an editor or `sudo` with it is not the program. */
function runs(command: readonly string[], file: string): boolean {
  const [program = '', ...args] = command;
  return /(^|\/)python[\d.]*$/.test(program) && args.some((argument) => argument === file || argument.endsWith(`/${file}`));
}

/** A shim (pyenv's, a launcher) waits for a child with the same arguments: the child is what burns the CPU. */
function withoutParents(processes: readonly Process[]): Process[] {
  return processes.filter(({ pid }) => !processes.some(({ parent }) => parent === pid));
}

export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
