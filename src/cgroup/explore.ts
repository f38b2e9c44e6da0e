import * as l10n from '@vscode/l10n';
import { folderOf, parseMounts, parseProcCgroup } from './hierarchy';
import type { CgroupHost } from './host';
import { type Process, readProcess } from './processes';

/** A file of the kernel in a group. */
export interface ExploredFile {
  name: string;
  /** As the kernel writes it, without the last line break. */
  text: string;
  /** What it says and in which unit, a sentence. */
  meaning: string;
}

/** One group that a process is in. */
export interface ExploredGroup {
  version: 'v1' | 'v2';
  /** v1: the controllers of its hierarchy. */
  controllers: string;
  /** As the kernel names it: from the root of its hierarchy. */
  path: string;
  /** Its folder; undefined when it is outside of what is mounted here. */
  dir: string | undefined;
  files: ExploredFile[];
}

/** The files that the lesson is about, in the order in which to read them. Those of v1 are in the hierarchy of their controller. */
const meanings: readonly (readonly [string, () => string])[] = [
  ['cpu.max', () => l10n.t('Quota and period in microseconds: so much CPU time may the group use in each period. "max": no limit.')],
  ['cpu.cfs_quota_us', () => l10n.t('Quota in microseconds for each period; -1: no limit.')],
  ['cpu.cfs_period_us', () => l10n.t('Length of a period in microseconds.')],
  ['cpu.stat', () => l10n.t('The account. nr_periods: periods in which it wanted to run; nr_throttled: those in which its quota was used up and it had to wait. usage_usec: CPU time in microseconds (v2); throttled_time: nanoseconds of waiting (v1).')],
  ['cpuacct.usage', () => l10n.t('CPU time used in nanoseconds.')],
  ['cpu.weight', () => l10n.t('Its share when others want the CPU, too: 100 is usual.')],
  ['cpu.shares', () => l10n.t('Its share when others want the CPU, too: 1024 is usual.')],
  ['memory.current', () => l10n.t('Memory in use, in bytes.')],
  ['memory.max', () => l10n.t('Most memory in bytes; "max": no limit.')],
  ['memory.usage_in_bytes', () => l10n.t('Memory in use, in bytes.')],
  ['memory.limit_in_bytes', () => l10n.t('Most memory in bytes; a huge number: no limit.')],
  ['pids.current', () => l10n.t('How many processes and threads are in it and below.')],
  ['pids.max', () => l10n.t('How many there may be; "max": no limit.')],
  ['cgroup.procs', () => l10n.t('The processes in it, one a line. Writing a process id there moves that process.')],
  ['cgroup.controllers', () => l10n.t('The controllers that this group has.')],
  ['cgroup.subtree_control', () => l10n.t('The controllers that it hands to the groups below.')],
];

/** Of v1's hierarchies those that limit or count what the lesson is about. The others are named, and not read. */
const readControllers: readonly string[] = ['cpu', 'cpuacct', 'memory', 'pids'];

/** cgroup.procs of a crowded group is long, and the first ones say what it is. */
const longest = 400;

/** The groups of a process with their files; undefined when there is no such process (any more). @see man 7 cgroups */
export async function exploreProcess(host: CgroupHost, pid: number): Promise<{ process: Process; groups: ExploredGroup[] } | undefined> {
  const [process, own, mountinfo] = await Promise.all([readProcess(host, pid), host.read(`/proc/${pid}/cgroup`).catch(() => undefined), host.read('/proc/self/mountinfo')]);
  if (process === undefined || own === undefined) { return undefined; }
  const paths = parseProcCgroup(own);
  const seen = new Set<string>();
  const groups = await Promise.all(parseMounts(mountinfo).map(async (mount): Promise<ExploredGroup[]> => {
    const controllers = mount.version === 'v2' ? [''] : mount.controllers.filter((name) => paths.has(name));
    const [first] = controllers;
    const path = first === undefined ? undefined : paths.get(first);
    const name = controllers.join(',');
    // A hierarchy may be mounted at two places.
    if (path === undefined || seen.has(name)) { return []; }
    seen.add(name);
    const dir = folderOf(mount, path);
    const isRead = mount.version === 'v2' || controllers.some((controller) => readControllers.includes(controller));
    return [{ version: mount.version, controllers: name, path, dir, files: dir === undefined || !isRead ? [] : await readFiles(host, dir) }];
  }));
  // Those with something to read first.
  return { process, groups: groups.flat().sort((a, b) => Number(b.files.length > 0) - Number(a.files.length > 0)) };
}

async function readFiles(host: CgroupHost, dir: string): Promise<ExploredFile[]> {
  const files = await Promise.all(meanings.map(async ([name, meaning]) => {
    const text = await host.read(`${dir}/${name}`).catch(() => undefined);
    return text === undefined ? [] : [{ name, text: shortened(text.trimEnd()), meaning: meaning() }];
  }));
  return files.flat();
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
