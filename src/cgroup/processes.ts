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
  /** Clock ticks from the machine's start to its own: with the pid it names one process for ever, as pids are used again. */
  startTicks: number;
}

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
    const field = (number: number): number => Number(fields[number - 3]);
    // A zombie has ended and only waits to be asked for its exit code.
    if (fields[0] === 'Z' || fields[0] === 'X') { return undefined; }
    return { pid, parent: field(4), threads: field(20), startTicks: field(22), command: cmdline.split('\0').slice(0, -1), uid: Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? NaN) };
  } catch {
    return undefined;
  }
}

/** Every process whose arguments name this program file, whoever started it: "python3 factorials.py", "python -u ./factorials.py". */
export async function findProgram(host: Pick<WritableCgroupHost, 'read' | 'list'>, file: string): Promise<Process[]> {
  const pids = (await host.list('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
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
