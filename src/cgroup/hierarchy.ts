import type { CgroupHost } from './host';

/** Where the CPU files of one process's control group are. */
export type CpuGroup =
  | { version: 'v2'; dir: string }
  /** With v1 the limit and the account may be in two hierarchies. */
  | { version: 'v1'; dir: string; accountDir: string };

/** One mount of a cgroup hierarchy. */
export interface CgroupMount {
  version: 'v1' | 'v2';
  mountPoint: string;
  /** The group that is mounted there: "/" unless we are in a cgroup namespace or a container. */
  root: string;
  /** v1: its controllers, among other mount options. v2: the empty name. */
  controllers: readonly string[];
  /** Mounted read-only, as engines do in their containers: not even root can write there. */
  readOnly: boolean;
}

/**
 * Finds the control group that limits and accounts the CPU of a process.
 * @returns undefined when there is no such process here, or no hierarchy with the cpu controller is mounted
 * @see man 7 cgroups
 */
export async function cpuGroupOf(host: CgroupHost, pid: number): Promise<CpuGroup | undefined> {
  const placed = await placeOf(host, pid);
  return placed && locateCpuGroup(placed.groups, placed.mounts);
}

/**
 * The folder of the group in which a controller limits a process; undefined as above.
 * @param controller v1's name of it: "memory", "pids", "cpu"
 */
export async function controllerGroupOf(host: CgroupHost, pid: number, controller: string): Promise<{ version: 'v1' | 'v2'; dir: string } | undefined> {
  const placed = await placeOf(host, pid);
  if (placed === undefined) { return undefined; }
  const { groups, mounts } = placed;
  // A controller that is mounted the v1 way is in force there, whatever else is mounted.
  const name = mounts.some(({ controllers }) => controllers.includes(controller)) ? controller : '';
  const mount = mounts.find(({ controllers }) => controllers.includes(name));
  const group = groups.get(name);
  const dir = group === undefined || mount === undefined ? undefined : folderOf(mount, group);
  return dir === undefined || mount === undefined ? undefined : { version: mount.version, dir };
}

/** The groups of a process, and where hierarchies are mounted; undefined when there is no such process here. */
async function placeOf(host: CgroupHost, pid: number): Promise<{ groups: Map<string, string>; mounts: CgroupMount[] } | undefined> {
  try {
    const [own, mountinfo] = await Promise.all([host.read(`/proc/${pid}/cgroup`), host.read('/proc/self/mountinfo')]);
    return { groups: parseProcCgroup(own), mounts: parseMounts(mountinfo) };
  } catch {
    return undefined;
  }
}

/** The groups of a process by controller; v2's one group under the empty name. Reads /proc/PID/cgroup. */
export function parseProcCgroup(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) { continue; }
    for (const controller of (match[1] ?? '').split(',')) { groups.set(controller, match[2] ?? '/'); }
  }
  return groups;
}

/** The cgroup mounts. Reads /proc/self/mountinfo. */
export function parseMounts(text: string): CgroupMount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', mountPoint = '', flags = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if ((type !== 'cgroup' && type !== 'cgroup2') || !root.startsWith('/') || !mountPoint.startsWith('/')) { return []; }
    return [{ version: type === 'cgroup2' ? 'v2' as const : 'v1' as const, root: unescape(root), mountPoint: unescape(mountPoint), controllers: type === 'cgroup2' ? [''] : options.split(','), readOnly: flags.split(',').includes('ro') }];
  });
}

/** The folder of a group below a mount; undefined when it is outside of what is mounted there. */
export function folderOf({ root, mountPoint }: CgroupMount, group: string): string | undefined {
  const below = root === '/' ? group : group.startsWith(`${root}/`) || group === root ? group.slice(root.length) : undefined;
  return below === undefined ? undefined : `${mountPoint}${below}`.replace(/\/$/, '');
}

function locateCpuGroup(groups: ReadonlyMap<string, string>, mounts: readonly CgroupMount[]): CpuGroup | undefined {
  const dirOf = (controller: string): string | undefined => {
    const group = groups.get(controller);
    const mount = mounts.find(({ controllers }) => controllers.includes(controller));
    return group === undefined || mount === undefined ? undefined : folderOf(mount, group);
  };
  // Where v1's cpu controller is mounted it is the one in force: a hybrid machine's v2 tree has no controllers.
  const [dir, accountDir] = [dirOf('cpu'), dirOf('cpuacct')];
  if (dir !== undefined && accountDir !== undefined) { return { version: 'v1', dir, accountDir }; }
  const unified = dirOf('');
  return unified === undefined || groups.has('cpu') ? undefined : { version: 'v2', dir: unified };
}

/** The kernel writes blanks and backslashes in paths as octal. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
