import { readGroup } from './containerCounters';
import type { CpuMax } from './cpu';
import { type DemoGroup, readLimit } from './demoGroup';
import { cpuGroupOf } from './hierarchy';
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
  /** The group's counters. */
  reading: Reading | undefined;
}

export interface ObserveInput {
  host: Readable;
  root: GroupRoot;
  /** The program's file name. */
  file: string;
  /** The name that we would give the group. */
  name: string;
  /** Names of the groups that were there before the exercise: none of them was made for it. */
  before: ReadonlySet<string>;
  monotonic(): number;
}

/** Where a v2 recipe writes, wherever it is followed. */
const lessonMount = '/sys/fs/cgroup';

/** The group of a name. */
export function groupAt({ version, mount, accountMount }: GroupRoot, name: string): DemoGroup {
  return { version, dir: `${mount}/${name}`, accountDir: `${accountMount}/${name}` };
}

/** Names of the groups directly below the root. */
export async function groupNames(host: Readable, { mount }: GroupRoot): Promise<Set<string>> {
  const names = await host.list(mount);
  const groups = await Promise.all(names.map(async (name) => name.includes('.') && !/\.(slice|scope|service|mount)$/.test(name) ? undefined
    : host.read(`${mount}/${name}/cgroup.procs`).then(() => name, () => undefined)));
  return new Set(groups.filter((name) => name !== undefined));
}

/** Looks at the program, and at the group that was made for it under whatever name. */
export async function observe(input: ObserveInput): Promise<Observation> {
  const { host, root, file } = input;
  const program = (await findProgram(host, file)).sort((a, b) => b.startTicks - a.startTicks)[0];
  const programGroup = program && (await cpuGroupOf(host, program.pid))?.dir;
  const name = await chooseName(input, programGroup);
  if (name === undefined) { return { program, programGroup, group: await plainFolder(input), reading: undefined }; }
  const group = groupAt(root, name);
  const [limit, threadsInside, reading] = await Promise.all([
    readLimit(host, group), program === undefined ? 0 : threadsIn(host, group, program.pid), readCounters(input, group),
  ]);
  return { program, programGroup, group: { ...group, limit, threadsInside, isPlainFolder: false }, reading };
}

/** Where the program is says most; then the name that we told the learner; then whatever is new. */
async function chooseName({ host, root, name, before }: ObserveInput, programGroup: string | undefined): Promise<string | undefined> {
  const names = await groupNames(host, root);
  const made = [...names].filter((found) => !before.has(found));
  const own = programGroup?.startsWith(`${root.mount}/`) === true ? programGroup.slice(root.mount.length + 1) : undefined;
  if (own !== undefined && (own === name || made.includes(own))) { return own; }
  return names.has(name) ? name : made[0];
}

/** The program's threads that are in the group: v1 can move one alone. */
async function threadsIn(host: Readable, { version, dir }: DemoGroup, pid: number): Promise<number> {
  const inside = new Set((await host.read(`${dir}/${version === 'v1' ? 'tasks' : 'cgroup.threads'}`).catch(() => '')).split('\n'));
  const threads = await host.list(`/proc/${pid}/task`).catch(() => []);
  return threads.filter((thread) => inside.has(thread)).length;
}

async function readCounters({ host, monotonic }: ObserveInput, group: DemoGroup): Promise<Reading | undefined> {
  try {
    const { counters } = await readGroup(host, group.version === 'v2' ? { version: 'v2', dir: group.dir } : { version: 'v1', dir: group.dir, accountDir: group.accountDir });
    return { ...counters, at: monotonic() };
  } catch {
    return undefined;
  }
}

/** What the recipe for v2 leaves on a machine with v1: a folder on the tmpfs that the hierarchies are mounted in, with a plain file. */
async function plainFolder({ host, root }: ObserveInput): Promise<FoundGroup | undefined> {
  if (root.version === 'v2') { return undefined; }
  for (const name of await host.list(lessonMount).catch(() => [])) {
    const dir = `${lessonMount}/${name}`;
    const [hasLimit, isGroup] = await Promise.all([`${dir}/cpu.max`, `${dir}/cgroup.procs`].map((path) => host.read(path).then(() => true, () => false)));
    if (hasLimit === true && isGroup !== true) { return { version: 'v2', dir, accountDir: dir, limit: null, threadsInside: 0, isPlainFolder: true }; }
  }
  return undefined;
}
