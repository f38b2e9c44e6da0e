import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ensurePackages } from '../../lab/packages.mjs';
import { readGroup } from '../../src/cgroup/containerCounters';
import { type DemoGroup, ForeignProcesses, foldersOf, limitGroup, makeGroup, membersOf, moveIn, readLimit, removeGroup } from '../../src/cgroup/demoGroup';
import { parseMounts } from '../../src/cgroup/hierarchy';
import { LocalHost } from '../../src/cgroup/localHost';
import { rateBetween, type Reading } from '../../src/cgroup/meter';
import { findProgram, readProcess } from '../../src/cgroup/processes';
import { parseWorkRate } from '../../src/lesson/workRate';
import { figure } from './bench';
import { rejectionOf } from './until';

/*
 * By hand, on this machine's own kernel: groups of our own names only.
 */

const host = new LocalHost();
const tenPercent = { quotaMicros: 10_000, periodMicros: 100_000 };

beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

/** A group of this test's own, gone with it whatever happens. */
async function ownGroup(name: string): Promise<DemoGroup> {
  const mounts = parseMounts(await host.read('/proc/self/mountinfo'));
  const mountOf = (controller: string): string | undefined => mounts.find(({ controllers }) => controllers.includes(controller))?.mountPoint;
  const [cpu, cpuacct, unified] = [mountOf('cpu'), mountOf('cpuacct'), mountOf('')];
  const own = `hello-containers-test-${process.pid}-${name}`;
  const group: DemoGroup = cpu === undefined
    ? { version: 'v2', dir: `${unified ?? ''}/${own}`, accountDir: `${unified ?? ''}/${own}` }
    : { version: 'v1', dir: `${cpu}/${own}`, accountDir: `${cpuacct ?? cpu}/${own}` };
  onTestFinished(async () => {
    await removeGroup(host, group, new Set(await membersOf(host, group))).catch(() => { /* gone, as it should be */ });
    for (const dir of foldersOf(group)) { await expect(host.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
  });
  return group;
}

function start(...command: [string, ...string[]]): ChildProcess & { pid: number } {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  if (child.pid === undefined) { throw new Error(`${program} did not start`); }
  return child as ChildProcess & { pid: number };
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
