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

/** The controller was enabled, and is not. */
export class CpuNotEnabled extends HumanError {
  constructor(dir: string) {
    super(l10n.t('+cpu was written into {0}/cgroup.subtree_control, but it is not there now. Somebody else changes it: systemd owns this tree. Try again, or let the container engine set the limit.', dir));
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

/** The folder is in no cgroup file system. */
export class NotAControlGroup extends HumanError {
  constructor(dir: string) {
    super(l10n.t('{0} is in no cgroup file system: what is written there are plain files, which limit nothing. Use the commands for this machine.', dir));
  }
}

/** Every folder that makes up the group. */
export function foldersOf({ dir, accountDir }: DemoGroup): string[] {
  return dir === accountDir ? [dir] : [dir, accountDir];
}

/** Whether a folder is a control group: the kernel gives each one a file that nobody would write into a plain folder. */
export async function isControlGroup(host: Pick<WritableCgroupHost, 'read'>, dir: string): Promise<boolean> {
  const found = await Promise.all(['cgroup.controllers', 'notify_on_release'].map((name) => host.read(`${dir}/${name}`).then(() => true, (error: unknown) => {
    // An engine that does not answer, say, proves nothing.
    if (isGone(error) || codeOf(error) === 'ENOTDIR') { return false; }
    throw error;
  })));
  return found.includes(true);
}

/**
 * Makes the group; one that is there already is taken as it is.
 * @throws NotAControlGroup, and then nothing was made; NoCpuController; the kernel's error
 */
export async function makeGroup(host: WritableCgroupHost, group: DemoGroup): Promise<void> {
  for (const dir of foldersOf(group)) {
    if (!await isControlGroup(host, folderAbove(dir))) { throw new NotAControlGroup(folderAbove(dir)); }
  }
  for (const dir of foldersOf(group)) {
    await host.mkdir(dir).catch((error: unknown) => { if (codeOf(error) !== 'EEXIST') { throw error; } });
  }
  // Without the controller the folder is a group all the same, only without limits.
  if (group.version === 'v2') { await host.read(`${group.dir}/cpu.max`).catch(() => { throw new NoCpuController(group.dir); }); }
}

/**
 * v2: lets the groups below a folder have limits, and reads that back. On a machine with systemd it holds until the next
 * `systemctl daemon-reload`.
 * @throws CpuNotEnabled; the kernel's error: ENOENT where the folder has no cpu controller itself, EBUSY where processes are in it
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#enabling-and-disabling
 */
export async function enableCpu(host: WritableCgroupHost, dir: string): Promise<void> {
  await host.write(`${dir}/cgroup.subtree_control`, '+cpu');
  if (!(await host.read(`${dir}/cgroup.subtree_control`)).trim().split(' ').includes('cpu')) { throw new CpuNotEnabled(dir); }
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
  const lists = await Promise.all(foldersOf(group).map((dir) => membersIn(host, dir)));
  return [...new Set(lists.flat())];
}

async function membersIn(host: Pick<WritableCgroupHost, 'read'>, dir: string): Promise<number[]> {
  const list = await host.read(`${dir}/cgroup.procs`).catch((error: unknown) => {
    // A list that cannot be read is not an empty one.
    if (isGone(error)) { return ''; }
    throw error;
  });
  return list.split('\n').filter((line) => /^\d{1,10}$/.test(line)).map(Number);
}

/**
 * Removes the group. Processes of ours that are in it go back first, each to the root of its hierarchy; others are in nobody's way to
 * stay: then the group stays too.
 * @param ours which processes may be moved
 * @throws ForeignProcesses; NotAControlGroup for a plain folder; the kernel's error
 */
export async function removeGroup(host: WritableCgroupHost, group: DemoGroup, ours: ReadonlySet<number>): Promise<void> {
  const there: string[] = [];
  for (const dir of foldersOf(group)) {
    if (await isControlGroup(host, dir)) {
      there.push(dir);
    } else if (await host.list(dir).then(() => true, () => false)) {
      // Whatever a plain "cgroup.procs" says, no process is in it.
      throw new NotAControlGroup(dir);
    }
  }
  const foreign = (await membersOf(host, group)).filter((pid) => !ours.has(pid));
  if (foreign.length > 0) { throw new ForeignProcesses(group.dir, foreign); }
  for (const dir of there) {
    await release(host, dir, ours);
    await removeFolder(host, dir, ours);
  }
}

/** A process that was just killed cannot be moved any more, and keeps its group busy until it is gone: for a moment. */
async function removeFolder(host: WritableCgroupHost, dir: string, ours: ReadonlySet<number>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await host.rmdir(dir);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') { return; }
      const maySoonBeEmpty = codeOf(error) === 'EBUSY' && attempt < attempts && (await membersIn(host, dir)).every((pid) => ours.has(pid));
      if (!maySoonBeEmpty) { throw error; }
      await new Promise((resolve) => { setTimeout(resolve, pauseMillis); });
    }
  }
}

/** A second in all. */
const attempts = 21;
const pauseMillis = 50;

/** Only what is in this folder: a process that was moved in one hierarchy alone stays where it is in the others. */
async function release(host: WritableCgroupHost, dir: string, ours: ReadonlySet<number>): Promise<void> {
  const root = await rootOf(host, dir);
  for (const pid of (await membersIn(host, dir)).filter((member) => ours.has(member))) {
    // It may have ended meanwhile: then it is out.
    await host.write(`${root}/cgroup.procs`, String(pid)).catch((error: unknown) => { if (codeOf(error) !== 'ESRCH') { throw error; } });
  }
}

/** The mount point above a group: the highest folder that is one. */
async function rootOf(host: Pick<WritableCgroupHost, 'read'>, dir: string): Promise<string> {
  let root = dir;
  while (await isControlGroup(host, folderAbove(root))) { root = folderAbove(root); }
  return root;
}

function folderAbove(dir: string): string {
  return dir.slice(0, dir.lastIndexOf('/'));
}

function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENODEV';
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
