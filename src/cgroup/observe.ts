import { readGroup } from './containerCounters';
import { type CpuMax, parseCpuStatV1 } from './cpu';
import { type DemoGroup, isControlGroup, readLimit } from './demoGroup';
import { type CpuGroup, cpuGroupOf, parseMounts } from './hierarchy';
import type { WritableCgroupHost } from './host';
import type { Reading } from './meter';
import { findProgram, type Process } from './processes';

type Readable = Pick<WritableCgroupHost, 'read' | 'list'>;

/** Where groups are made on a machine. */
export interface GroupRoot {
  version: 'v1' | 'v2';
  /** Of the hierarchy with the cpu controller. */
  mount: string;
  /** Of the one that counts CPU time; the same, unless cpuacct is mounted by itself. */
  accountMount: string;
  /** Folder of the part of the tree that systemd hands to the user, where it does: a limited scope there was made for the exercise. */
  delegated?: string | undefined;
}

/** A group that was made for the exercise. */
export interface FoundGroup extends DemoGroup {
  /** null: none. undefined: it has no cpu controller. */
  limit: CpuMax | null | undefined;
  threadsInside: number;
  /** It is in no cgroup file system: what is written there limits nothing. */
  isPlainFolder: boolean;
}

/** A program and the group that was made for it, as the kernel has them at one moment. */
export interface Observation {
  program: Process | undefined;
  /** Where the program is. */
  programGroup: string | undefined;
  group: FoundGroup | undefined;
  /** The group's counters; its CPU time is the program's alone where no group counts it. */
  reading: Reading | undefined;
  /** What counted the CPU time: a path. Readings of different ones do not compare. */
  accountedBy: string | undefined;
}

export interface ObserveInput {
  host: Readable;
  root: GroupRoot;
  /** The program's file name. */
  file: string;
  /** The name that we would give the group. */
  name: string;
  /** Names of the groups that were there before the exercise: none of them was made for it. Nor was one that an engine makes for containers. */
  before: ReadonlySet<string>;
  /** Whether the program is to be one in a container: on the engine's machine it is, on ours it is somebody else's. */
  contained?: boolean;
  /** The processes that the program can be one of, as the engine lists those of a container; all of the machine when it is missing. */
  among?: readonly number[] | undefined;
  monotonic(): number;
}

/** Where a v2 recipe writes, wherever it is followed. */
const lessonMount = '/sys/fs/cgroup';

/** The group of a name. */
export function groupAt({ version, mount, accountMount }: GroupRoot, name: string): DemoGroup {
  return { version, dir: `${mount}/${name}`, accountDir: `${accountMount}/${name}` };
}

/** The kernel's own files are named by a controller and a dot. They need no look, which through a helper takes its time. */
const kernelFile = /^(cgroup|cpu|cpuacct|cpuset|memory|io|blkio|pids|devices|freezer|hugetlb|rdma|misc|dmem|net_cls|net_prio|perf_event|irq)\./;

/**
 * What engines and orchestrators that manage groups by themselves put their containers' groups in. They make it with the first container
 * and leave it, so it may well come during the exercise: Docker with the cgroupfs driver, Podman, containerd's namespaces, kubelet, LXC.
 */
const parentsOfContainers: ReadonlySet<string> = new Set(['docker', 'libpod_parent', 'default', 'k8s.io', 'kubepods', 'buildkit', 'lxc', 'lxc.payload', 'lxc.monitor']);

/** Names of the groups directly below the root. */
export async function groupNames(host: Readable, { mount }: GroupRoot): Promise<Set<string>> {
  const names = (await host.list(mount)).filter((name) => !kernelFile.test(name));
  const groups = await Promise.all(names.map((name) => host.read(`${mount}/${name}/cgroup.procs`).then(() => name, () => undefined)));
  return new Set(groups.filter((name) => name !== undefined));
}

/** Looks at the program, and at the group that was made for it under whatever name. */
export async function observe(input: ObserveInput): Promise<Observation> {
  const { host, root, name, before } = input;
  const names = await groupNames(host, root);
  const made = [...names].filter((found) => found === name || !before.has(found) && !parentsOfContainers.has(found));
  const { program, own } = await findPlaced(input, made);
  const inside = own && pathBelow(root, own.dir);
  const chosen = inside !== undefined && isBelow(made, inside) ? await nearestLimited(host, root, inside)
    : await limitedScope(input, inside) ?? (names.has(name) ? name : made[0]);
  if (chosen === undefined) { return { program, programGroup: own?.dir, group: await plainFolder(input), reading: undefined, accountedBy: undefined }; }
  const group = groupAt(root, chosen);
  const [limit, threadsInside, account] = await Promise.all([
    readLimit(host, group), program === undefined ? 0 : threadsIn(host, threadsDir(group, own), program.pid), readCounters(input, group, program, own),
  ]);
  return { program, programGroup: own?.dir, group: { ...group, limit, threadsInside, isPlainFolder: false }, reading: account?.reading, accountedBy: account?.by };
}

/** The program and its group: of several copies one in a group that was made for the exercise, else the newest. */
async function findPlaced({ host, root, file, contained = false, among }: ObserveInput, made: readonly string[]): Promise<{ program: Process | undefined; own: CpuGroup | undefined }> {
  const programs = (await findProgram(host, file, among)).filter((found) => found.contained === contained).sort((a, b) => b.startTicks - a.startTicks);
  const placed = await Promise.all(programs.map(async (program) => ({ program, own: await cpuGroupOf(host, program.pid) })));
  return placed.find(({ own }) => isBelow(made, own && pathBelow(root, own.dir))) ?? placed[0] ?? { program: undefined, own: undefined };
}

/** A group's path from the root; undefined for the root itself and what is elsewhere. */
function pathBelow({ mount }: GroupRoot, dir: string): string | undefined {
  return dir.startsWith(`${mount}/`) ? dir.slice(mount.length + 1) : undefined;
}

function isBelow(names: readonly string[], path: string | undefined): boolean {
  return path !== undefined && names.includes(path.split('/', 1)[0] ?? '');
}

/** From the program's own group upwards, the first one with a limit, which holds for all that is below it; its own when none has. */
async function nearestLimited(host: Readable, root: GroupRoot, path: string): Promise<string> {
  const parts = path.split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const above = parts.slice(0, length).join('/');
    if (await readLimit(host, groupAt(root, above)) != null) { return above; }
  }
  return path;
}

/** What "systemd-run --user --scope -p CPUQuota=…" made for the program; without a limit it is a place like any other. */
async function limitedScope({ host, root }: ObserveInput, inside: string | undefined): Promise<string | undefined> {
  const { delegated, mount } = root;
  if (delegated === undefined || inside === undefined || !`${mount}/${inside}`.startsWith(`${delegated}/`)) { return undefined; }
  const nearest = await nearestLimited(host, root, inside);
  return `${mount}/${nearest}`.startsWith(`${delegated}/`) && await readLimit(host, groupAt(root, nearest)) != null ? nearest : undefined;
}

/** Where the program's threads are counted: in its own group, where that is below the one with the limit. */
function threadsDir(group: DemoGroup, own: CpuGroup | undefined): DemoGroup {
  return own?.dir.startsWith(`${group.dir}/`) === true ? { ...group, dir: own.dir } : group;
}

/** The program's threads that are in the group: v1 can move one alone. */
async function threadsIn(host: Readable, { version, dir }: DemoGroup, pid: number): Promise<number> {
  const inside = new Set((await host.read(`${dir}/${version === 'v1' ? 'tasks' : 'cgroup.threads'}`).catch(() => '')).split('\n'));
  const threads = await host.list(`/proc/${pid}/task`).catch(() => []);
  return threads.filter((thread) => inside.has(thread)).length;
}

async function readCounters({ host, monotonic }: ObserveInput, group: DemoGroup, program: Process | undefined, own: CpuGroup | undefined): Promise<{ reading: Reading; by: string } | undefined> {
  const { version, dir, accountDir } = group;
  try {
    if (version === 'v2') { return { reading: { ...(await readGroup(host, { version, dir })).counters, at: monotonic() }, by: dir }; }
    // Who follows the lesson makes a group in the cpu hierarchy alone: where cpuacct is another one, the program stays in a group of
    // others there, whose time says nothing. Its own time does.
    if (program !== undefined && (own?.version !== 'v1' || own.accountDir !== accountDir)) {
      const stat = parseCpuStatV1(await host.read(`${dir}/cpu.stat`), '');
      return { reading: { ...stat, usageMicros: program.cpuMicros, at: monotonic() }, by: `/proc/${program.pid}/stat` };
    }
    return { reading: { ...(await readGroup(host, { version, dir, accountDir })).counters, at: monotonic() }, by: accountDir };
  } catch {
    return undefined;
  }
}

/** What the recipe for v2 leaves on a machine with v1: a folder on the tmpfs that the hierarchies are mounted in, with plain files. */
async function plainFolder({ host, root }: ObserveInput): Promise<FoundGroup | undefined> {
  if (root.version === 'v2') { return undefined; }
  const mounts = parseMounts(await host.read('/proc/self/mountinfo').catch(() => ''));
  for (const name of await host.list(lessonMount).catch(() => [])) {
    const dir = `${lessonMount}/${name}`;
    if (mounts.some(({ mountPoint }) => mountPoint === dir || mountPoint.startsWith(`${dir}/`))) { continue; }
    // Its "cgroup.procs" would prove nothing: the recipe writes one there, too.
    const isFolder = await host.list(dir).then(() => true, () => false);
    if (isFolder && !await isControlGroup(host, dir).catch(() => true)) { return { version: 'v2', dir, accountDir: dir, limit: null, threadsInside: 0, isPlainFolder: true }; }
  }
  return undefined;
}
