import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ensurePackages } from '../../lab/packages.mjs';
import { readGroup } from '../../src/cgroup/containerCounters';
import { type DemoGroup, ForeignProcesses, foldersOf, limitGroup, makeGroup, membersOf, moveIn, NotAControlGroup, readLimit, removeGroup } from '../../src/cgroup/demoGroup';
import { parseMounts } from '../../src/cgroup/hierarchy';
import { LocalHost } from '../../src/cgroup/localHost';
import { cleanLeft, environmentOf, findLeft, MadeRecord } from '../../src/cgroup/made';
import { rateBetween, type Reading } from '../../src/cgroup/meter';
import { whyNotMovable } from '../../src/cgroup/movable';
import { groupAt, groupNames, type GroupRoot, observe } from '../../src/cgroup/observe';
import { findProgram, readProcess } from '../../src/cgroup/processes';
import { parseWorkRate } from '../../src/lesson/workRate';
import { figure, program as programText } from './bench';
import { poll, rejectionOf } from './until';

/*
 * By hand, on this machine's own kernel: groups of our own names only.
 */

const host = new LocalHost();
const tenPercent = { quotaMicros: 10_000, periodMicros: 100_000 };

beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

const execute = promisify(execFile);

async function ownRoot(): Promise<GroupRoot> {
  const mounts = parseMounts(await host.read('/proc/self/mountinfo'));
  const mountOf = (controller: string): string | undefined => mounts.find(({ controllers }) => controllers.includes(controller))?.mountPoint;
  const [cpu, cpuacct, unified = ''] = [mountOf('cpu'), mountOf('cpuacct'), mountOf('')];
  return cpu === undefined ? { version: 'v2', mount: unified, accountMount: unified } : { version: 'v1', mount: cpu, accountMount: cpuacct ?? cpu };
}

/** A group of this test's own, gone with it whatever happens. */
async function ownGroup(name: string): Promise<DemoGroup> {
  const group = groupAt(await ownRoot(), `hello-containers-test-${process.pid}-${name}`);
  removeAfterTest(group);
  return group;
}

function removeAfterTest(group: DemoGroup): void {
  onTestFinished(async () => {
    await removeGroup(host, group, new Set(await membersOf(host, group))).catch(() => { /* gone, as it should be */ });
    for (const dir of foldersOf(group)) { await expect(host.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
  });
}

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hc-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function start(...command: [string, ...string[]]): ChildProcess & { pid: number } {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  if (child.pid === undefined) { throw new Error(`${program} did not start`); }
  return child as ChildProcess & { pid: number };
}

/** Our program with two more threads, under a name that nobody else's has. */
async function startCopy(file: string): Promise<ChildProcess & { pid: number }> {
  const folder = await tempFolder();
  await writeFile(join(folder, file), `import threading, time\nfor _ in range(2):\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n${programText}`);
  return start('python3', '-u', join(folder, file));
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
}

async function childOf(pid: number): Promise<number | undefined> {
  const children = (await host.read(`/proc/${pid}/task/${pid}/children`).catch(() => '')).trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}

/** The mean of the next lines of the program. */
async function meanRate(child: ChildProcess, lines: number): Promise<number> {
  const rates: number[] = [];
  if (child.stdout === null) { throw new Error('no output'); }
  const reader = createInterface(child.stdout);
  for await (const line of reader) {
    const rate = parseWorkRate(line);
    if (rate !== undefined) { rates.push(rate); }
    if (rates.length === lines) { break; }
  }
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

async function reading(group: DemoGroup): Promise<Reading> {
  const at = performance.now();
  return { ...(await readGroup(host, group)).counters, at };
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, millis); });

test('a program gets a tenth of a core from the kernel, to within half a point, and its work falls with it', async () => {
  const group = await ownGroup('tenth');
  const program = start('python3', '-u', 'media/factorials.py');
  const baseline = await meanRate(program, 3);
  expect((await findProgram(host, 'factorials.py')).map(({ pid }) => pid)).toContain(program.pid);

  await makeGroup(host, group);
  await limitGroup(host, group, { quotaMicros: 50_000, periodMicros: 100_000 });
  expect(await readLimit(host, group)).toEqual({ quotaMicros: 50_000, periodMicros: 100_000 });
  await limitGroup(host, group, tenPercent);
  await moveIn(host, group, program.pid);
  expect(await membersOf(host, group)).toEqual([program.pid]);

  const from = await reading(group);
  let to = from;
  // By the kernel's own periods, not by a clock.
  while (to.nrPeriods - from.nrPeriods < 60) {
    await pause(100);
    to = await reading(group);
  }
  const rate = rateBetween(from, to);
  const cores = (to.usageMicros - from.usageMicros) / ((to.nrPeriods - from.nrPeriods) * tenPercent.periodMicros);
  figure(`by hand: ${(cores * 100).toFixed(2)} % of a core over ${to.nrPeriods - from.nrPeriods} periods, ${to.nrThrottled - from.nrThrottled} throttled; ${baseline.toFixed(2)} calculations/s before`);
  expect(Math.abs(cores - 0.1)).toBeLessThan(0.005);
  expect(rate?.throttledShare).toBeGreaterThan(0.9);

  program.kill('SIGTERM');
  await new Promise((resolve) => program.once('exit', resolve));
  await removeGroup(host, group, new Set([program.pid]));
});

test('removing the group moves our process back first, and one that is not ours keeps it', async () => {
  const group = await ownGroup('foreign');
  const [ours, foreign] = [start('sleep', '60'), start('sleep', '60')];
  await makeGroup(host, group);
  await makeGroup(host, group);
  await moveIn(host, group, ours.pid);
  await moveIn(host, group, foreign.pid);
  const refusal = await rejectionOf(removeGroup(host, group, new Set([ours.pid])));
  expect(refusal).toBeInstanceOf(ForeignProcesses);
  expect(refusal).toMatchObject({ pids: [foreign.pid] });
  expect((await membersOf(host, group)).toSorted()).toEqual([ours.pid, foreign.pid].toSorted());
  await removeGroup(host, group, new Set([ours.pid, foreign.pid]));
  expect(await readProcess(host, ours.pid)).toMatchObject({ command: ['sleep', '60'], threads: 1 });
});

test('the kernel refuses what it cannot do, each with its own code', async () => {
  const group = await ownGroup('refused');
  await makeGroup(host, group);
  await expect(limitGroup(host, group, { quotaMicros: 999, periodMicros: 100_000 })).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(limitGroup(host, group, { quotaMicros: 10_000, periodMicros: 2_000_000 })).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(moveIn(host, group, 4_000_000)).rejects.toMatchObject({ code: expect.stringMatching(/ESRCH|EINVAL/) as string });
  await expect(host.write(`${group.dir}/cpu.maximum`, '1')).rejects.toMatchObject({ code: 'ENOENT' });
  const inside = start('sleep', '60');
  await moveIn(host, group, inside.pid);
  await expect(host.rmdir(group.dir)).rejects.toMatchObject({ code: 'EBUSY' });
  await limitGroup(host, group, tenPercent);
  await limitGroup(host, group, null);
  expect(await readLimit(host, group)).toBeNull();
});

test('a process that has ended is none, and neither is a number that never was one', async () => {
  const child = start('true');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(await readProcess(host, child.pid)).toBeUndefined();
  expect(await readProcess(host, 99_999_999)).toBeUndefined();
});

test('who follows the lesson by hand, in v1\'s cpu hierarchy alone and one thread first, is seen and understood', async ({ skip }) => {
  const root = await ownRoot();
  if (root.version !== 'v1') { return skip('not a machine with v1'); }
  const name = `hello-containers-test-${process.pid}-own-name`;
  const dir = `${root.mount}/${name}`;
  const group: DemoGroup = { version: 'v1', dir, accountDir: dir };
  removeAfterTest(group);
  const file = `factorials-${process.pid}.py`;
  const program = await startCopy(file);
  const look = () => observe({ host, root, file, name, before: new Set(), monotonic: () => performance.now() });

  await execute('mkdir', [dir]);
  await writeFile(`${dir}/cpu.cfs_period_us`, '100000');
  await writeFile(`${dir}/cpu.cfs_quota_us`, '10000');
  expect(await look()).toMatchObject({ group: { dir, threadsInside: 0, limit: tenPercent } });
  await poll('three threads', async () => (await readProcess(host, program.pid))?.threads === 3);
  const [, second = ''] = await host.list(`/proc/${program.pid}/task`);
  await writeFile(`${dir}/tasks`, second);
  expect(await look()).toMatchObject({ program: { pid: program.pid, threads: 3 }, group: { threadsInside: 1 } });
  await writeFile(`${dir}/cgroup.procs`, String(program.pid));
  expect(await look()).toMatchObject({ programGroup: dir, group: { threadsInside: 3 }, accountedBy: `/proc/${program.pid}/stat` });

  const from = (await look()).reading ?? expect.fail();
  // The process's own time comes in ticks of 10 ms: twice the periods make them half as large.
  const to = await poll('120 periods', async () => {
    const { reading } = await look();
    return reading !== undefined && reading.nrPeriods - from.nrPeriods >= 120 && reading;
  });
  const periods = to.nrPeriods - from.nrPeriods;
  const cores = (to.usageMicros - from.usageMicros) / (periods * tenPercent.periodMicros);
  figure(`by hand, in the cpu hierarchy alone: ${(cores * 100).toFixed(2)} % of a core by the process's own time over ${periods} periods, ${to.nrThrottled - from.nrThrottled} throttled`);
  expect(Math.abs(cores - 0.1)).toBeLessThan(0.005);
  expect((to.nrThrottled - from.nrThrottled) / periods).toBeGreaterThan(0.9);

  program.kill('SIGTERM');
  await exitOf(program);
  await execute('rmdir', [dir]);
  expect((await look()).group?.dir).not.toBe(dir);
});

test('the recipe for v2 on a machine with v1 makes a plain folder: it is seen, refused and never removed by us', async ({ skip }) => {
  const root = await ownRoot();
  if (root.version !== 'v1') { return skip('not a machine with v1'); }
  const dir = `/sys/fs/cgroup/hello-containers-test-${process.pid}-plain`;
  const group: DemoGroup = { version: 'v2', dir, accountDir: dir };
  await expect(makeGroup(host, group)).rejects.toBeInstanceOf(NotAControlGroup);
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir);
  await writeFile(`${dir}/cpu.max`, '10000 100000');
  await writeFile(`${dir}/cgroup.procs`, '1234');
  // Others make groups on this machine, too: until then the plain folder is not what is seen.
  await poll('the plain folder', async () => (await observe({ host, root, file: 'no-such.py', name: 'no-such', before: await groupNames(host, root), monotonic: () => 0 })).group?.dir === dir);
  await expect(removeGroup(host, group, new Set())).rejects.toBeInstanceOf(NotAControlGroup);
});

test('a program in a pid namespace of its own, as in a container, is not the learner\'s', async () => {
  const file = `factorials-${process.pid}.py`;
  const folder = await tempFolder();
  await copyFile('media/factorials.py', join(folder, file));
  start('unshare', '--pid', '--fork', '--kill-child', '--mount-proc', 'python3', '-u', join(folder, file));
  const [inside] = await poll('the program inside', async () => {
    const found = await findProgram(host, file);
    return found.length > 0 && found;
  });
  expect(inside).toMatchObject({ contained: true });
  expect((await observe({ host, root: await ownRoot(), file, name: 'demo', before: new Set(), monotonic: () => 0 })).program).toBeUndefined();
});

test('what a killed window left is ended and removed: also a program that was only about to be written down, and its child', async () => {
  const group = await ownGroup('left');
  const folder = await tempFolder();
  const mark = `test-${process.pid}`;
  // The owner: a window that will be killed.
  const owner = start('sleep', '60');
  const ownerStart = (await readProcess(host, owner.pid))?.startTicks ?? expect.fail();
  const record = new MadeRecord(join(folder, 'window.json'), () => Promise.resolve({ pid: owner.pid, startTicks: ownerStart }));
  await record.add({ kind: 'program', mark });
  await record.add({ kind: 'group', group });
  await makeGroup(host, group);
  const launcher = spawn('sh', ['-c', 'sleep 61; true'], { stdio: 'ignore', env: { ...process.env, ...environmentOf(mark) } });
  onTestFinished(() => { launcher.kill('SIGKILL'); });
  const launched = launcher.pid ?? expect.fail();
  await moveIn(host, group, launched);
  const child = await poll('its child', async () => {
    const found = (await membersOf(host, group)).find((pid) => pid !== launched);
    return found ?? (await childOf(launched));
  });
  await moveIn(host, group, child);

  expect(await findLeft(host, folder)).toEqual([]);
  owner.kill('SIGKILL');
  await exitOf(owner);
  const [left] = await findLeft(host, folder);
  expect(await cleanLeft(host, left ?? expect.fail('nothing is left'), (pid) => { process.kill(pid, 'SIGKILL'); })).toEqual([]);
  await poll('no process', async () => await readProcess(host, launched) === undefined && await readProcess(host, child) === undefined);
  expect(await findLeft(host, folder)).toEqual([]);
  for (const dir of foldersOf(group)) { await expect(host.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
});

test('a thread of the kernel and process 1 are not moved', async () => {
  expect(await whyNotMovable(host, 1, 0)).toBeDefined();
  const kernel = await readProcess(host, 2);
  if (kernel?.kernelThread === true) { expect(await whyNotMovable(host, 2, 0)).toMatch(/kernel/); }
  expect(await whyNotMovable(host, process.pid, process.getuid?.() ?? 0)).toBeUndefined();
});
