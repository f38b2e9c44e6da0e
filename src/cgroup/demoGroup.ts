import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { type CpuMax, parseCfs, parseCpuMax } from './cpu';
import type { WritableCgroupHost } from './host';

/** Where a group of ours is, or is to be. With v1 the limit and the account may be two groups, in two hierarchies. */
export interface DemoGroup {
  version: 'v1' | 'v2';
  dir: string;
  /** Where the CPU time is counted: the same, unless cpuacct is mounted by itself. */
  accountDir: string;
}

/** The kernel has no cpu controller for a group here, and so no limit. */
export class NoCpuController extends HumanError {
  constructor(dir: string) {
    super(l10n.t('{0} has no cpu.max: the cpu controller is not enabled for groups there. Enable it in the group above: echo "+cpu" into its cgroup.subtree_control.', dir));
  }
}

/** The kernel took the limit and has another. */
export class LimitNotTaken extends HumanError {
  constructor(dir: string, found: string) {
    super(l10n.t('The limit was written into {0}, but it says "{1}" now. Somebody else changes it: on a machine with systemd, a group below one of its own.', dir, found));
  }
}

/** Processes that are not ours are in the group. */
export class ForeignProcesses extends HumanError {
  constructor(dir: string, readonly pids: readonly number[]) {
    super(l10n.t('{0} is not removed: processes that are not ours are in it ({1}). Move them or end them first.', dir, pids.join(', ')));
  }
}

/** Every folder that makes up the group. */
export function foldersOf({ dir, accountDir }: DemoGroup): string[] {
  return dir === accountDir ? [dir] : [dir, accountDir];
}

/** Makes the group; one that is there already is taken as it is. Rejects with the kernel's error. */
export async function makeGroup(host: WritableCgroupHost, group: DemoGroup): Promise<void> {
  for (const dir of foldersOf(group)) {
    await host.mkdir(dir).catch((error: unknown) => { if (codeOf(error) !== 'EEXIST') { throw error; } });
  }
  // Without the controller the folder is a group all the same, only without limits.
  if (group.version === 'v2') { await host.read(`${group.dir}/cpu.max`).catch(() => { throw new NoCpuController(group.dir); }); }
}

/**
 * Limits the group, and reads the limit back.
 * @param limit null lifts it
 * @throws LimitNotTaken; the kernel's error: EINVAL for a quota or period that it does not take
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files https://docs.kernel.org/scheduler/sched-bwc.html
 */
export async function limitGroup(host: WritableCgroupHost, group: DemoGroup, limit: CpuMax | null): Promise<void> {
  const { dir } = group;
  if (group.version === 'v2') {
    await host.write(`${dir}/cpu.max`, limit === null ? 'max' : `${limit.quotaMicros} ${limit.periodMicros}`);
  } else {
    if (limit !== null) { await host.write(`${dir}/cpu.cfs_period_us`, String(limit.periodMicros)); }
    await host.write(`${dir}/cpu.cfs_quota_us`, String(limit === null ? -1 : limit.quotaMicros));
  }
  const now = await readLimit(host, group);
  if (now?.quotaMicros !== limit?.quotaMicros || (limit !== null && now?.periodMicros !== limit.periodMicros)) {
    throw new LimitNotTaken(dir, now ? `${now.quotaMicros} ${now.periodMicros}` : 'max');
  }
}

/** The limit of a group; null for none, undefined where there is no cpu controller. */
export async function readLimit(host: Pick<WritableCgroupHost, 'read'>, { version, dir }: DemoGroup): Promise<CpuMax | null | undefined> {
  try {
    return version === 'v2'
      ? parseCpuMax(await host.read(`${dir}/cpu.max`))
      : parseCfs(...await Promise.all([host.read(`${dir}/cpu.cfs_quota_us`), host.read(`${dir}/cpu.cfs_period_us`)]));
  } catch {
    return undefined;
  }
}

/** Moves a whole process, with all its threads, into the group. Rejects with the kernel's error: ESRCH when it has ended. */
export async function moveIn(host: WritableCgroupHost, group: DemoGroup, pid: number): Promise<void> {
  for (const dir of foldersOf(group)) { await host.write(`${dir}/cgroup.procs`, String(pid)); }
}

/** Processes in the group. */
export async function membersOf(host: Pick<WritableCgroupHost, 'read'>, group: DemoGroup): Promise<number[]> {
  const lists = await Promise.all(foldersOf(group).map((dir) => host.read(`${dir}/cgroup.procs`).catch(() => '')));
  return [...new Set(lists.flatMap((list) => list.split('\n').filter((line) => line !== '').map(Number)))];
}

/**
 * Removes the group. Processes of ours that are in it go back first, each to the root of its hierarchy; others are in nobody's way to
 * stay: then the group stays too.
 * @param ours which processes may be moved
 * @throws ForeignProcesses; the kernel's error
 */
export async function removeGroup(host: WritableCgroupHost, group: DemoGroup, ours: ReadonlySet<number>): Promise<void> {
  const members = await membersOf(host, group);
  const foreign = members.filter((pid) => !ours.has(pid));
  if (foreign.length > 0) { throw new ForeignProcesses(group.dir, foreign); }
  for (const dir of foldersOf(group)) {
    const root = await rootOf(host, dir);
    for (const pid of members) {
      // It may have ended meanwhile: then it is out.
      await host.write(`${root}/cgroup.procs`, String(pid)).catch((error: unknown) => { if (codeOf(error) !== 'ESRCH') { throw error; } });
    }
    await host.rmdir(dir).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') { throw error; } });
  }
}

/** The mount point above a group: the highest folder that has a list of processes. */
async function rootOf(host: Pick<WritableCgroupHost, 'read'>, dir: string): Promise<string> {
  let root = dir;
  for (;;) {
    const above = root.slice(0, root.lastIndexOf('/'));
    const isGroup = await host.read(`${above}/cgroup.procs`).then(() => true, () => false);
    if (!isGroup) { return root; }
    root = above;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
