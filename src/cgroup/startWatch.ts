import type { Clock } from '../base/clock';
import { sleep } from '../base/sleep';
import { parseProcCgroup } from './hierarchy';
import type { WritableCgroupHost } from './host';

/** A process that had a part in the start of a container, as /proc showed it. */
export interface Sighting {
  /** shim: containerd's, or Podman's conmon; runtime: runc or crun, which is there only for the start; container: its first process. */
  role: 'shim' | 'runtime' | 'container';
  pid: number;
  parent: number;
  /** The parent's name, as the kernel keeps it: its first 15 characters. */
  parentName: string;
  command: string;
  /** Of the container's process. */
  cgroup?: string;
  /** When it was first seen, on the watch's own clock (`monotonic`), in milliseconds. */
  at: number;
}

/** Between two looks, in milliseconds. runc is there for about 20. */
const lookMillis = 2;
/** A start that takes longer is not watched to its end, in milliseconds. */
const longestMillis = 30_000;

interface Seen {
  pid: number;
  parent: number;
  command: string;
  isFirstInside: boolean;
  cgroup: string | undefined;
}

/**
 * Watches this machine's processes while a container is started, until its first process, its runtime and its shim were all seen or the
 * signal says that it is over. The kernel tells of new processes only who asks as root, so they are looked for: for the second that a
 * start takes, each new number in /proc once, and until it is known what it is.
 * @param containerId whole
 */
export async function watchStart(host: Pick<WritableCgroupHost, 'list' | 'read'>, containerId: string, clock: Clock, onSighting: (sighting: Sighting) => void, signal: AbortSignal): Promise<void> {
  const known = new Set(await pids(host));
  const undecided = new Map<number, number>();
  const roles = new Set<Sighting['role']>();
  const end = clock.monotonic() + longestMillis;
  while (!signal.aborted && clock.monotonic() < end && roles.size < 3) {
    for (const pid of await pids(host)) {
      if (!known.has(pid)) {
        known.add(pid);
        undecided.set(pid, 0);
      }
    }
    await Promise.all([...undecided].map(async ([pid, looks]) => {
      const seen = await look(host, pid, containerId);
      const role = seen && roleOf(seen, containerId);
      // A process is another program a moment later: runc's child becomes the container.
      if (seen === undefined || looks > 200) { undecided.delete(pid); } else { undecided.set(pid, looks + 1); }
      if (seen === undefined || role === undefined || roles.has(role)) { return; }
      undecided.delete(pid);
      roles.add(role);
      const parentName = await host.read(`/proc/${seen.parent}/comm`).catch(() => '');
      onSighting({ role, pid, parent: seen.parent, parentName: parentName.trim(), command: seen.command, at: clock.monotonic(), ...(seen.cgroup === undefined ? {} : { cgroup: seen.cgroup }) });
    }));
    await sleep(lookMillis, signal);
  }
}

function roleOf({ command, isFirstInside, cgroup }: Seen, containerId: string): Sighting['role'] | undefined {
  if (isFirstInside && cgroup !== undefined) {
    // Still the runtime, in the container's own namespaces: its program comes next.
    return /^\S*(runc|crun)\s+init/.test(command) || command === '' ? undefined : 'container';
  }
  if (!command.includes(containerId)) { return undefined; }
  // "containerd-shim-runc-v2 … start" only leaves the shim that stays.
  if (/^\S*(containerd-shim|conmon)/.test(command)) { return /\s(start|delete)$/.test(command) ? undefined : 'shim'; }
  return /^\S*(runc|crun)\s/.test(command) ? 'runtime' : undefined;
}

async function look(host: Pick<WritableCgroupHost, 'read'>, pid: number, containerId: string): Promise<Seen | undefined> {
  try {
    const [status, cmdline, groups] = await Promise.all(['status', 'cmdline', 'cgroup'].map((file) => host.read(`/proc/${pid}/${file}`)));
    return {
      pid, parent: Number(/^PPid:\t(\d+)/m.exec(status ?? '')?.[1] ?? 0), command: (cmdline ?? '').split('\0').join(' ').trim(),
      isFirstInside: /^NSpid:.*\t1$/m.test(status ?? ''), cgroup: [...parseProcCgroup(groups ?? '').values()].find((path) => path.includes(containerId)),
    };
  } catch {
    // It has ended.
    return undefined;
  }
}

async function pids(host: Pick<WritableCgroupHost, 'list'>): Promise<number[]> {
  return (await host.list('/proc').catch(() => [])).map(Number).filter(Number.isInteger);
}
