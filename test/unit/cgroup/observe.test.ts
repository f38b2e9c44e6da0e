import { expect, test } from 'vitest';
import { groupAt, groupNames, type GroupRoot, observe, type ObserveInput } from '../../../src/cgroup/observe';
import { FakeCgroups } from '../support/fakeCgroups';

const separate: GroupRoot = { version: 'v1', mount: '/sys/fs/cgroup/cpu', accountMount: '/sys/fs/cgroup/cpuacct' };
const unified: GroupRoot = { version: 'v2', mount: '/sys/fs/cgroup', accountMount: '/sys/fs/cgroup' };
const python = (file = 'factorials.py'): { command: string[] } => ({ command: ['/usr/bin/python3', '-u', file] });

function look(host: FakeCgroups, more: Partial<ObserveInput> = {}) {
  return observe({ host, root: host.layout === 'v2' ? unified : separate, file: 'factorials.py', name: 'demo', before: new Set(['system.slice']), monotonic: () => 5, ...more });
}

function v2(): FakeCgroups {
  const host = new FakeCgroups('v2');
  host.set('/sys/fs/cgroup/cgroup.subtree_control', 'cpu');
  return host;
}

async function make(host: FakeCgroups, dir: string, limit?: string): Promise<void> {
  await host.mkdir(dir);
  if (limit !== undefined) { host.set(`${dir}/cpu.max`, `${limit}\n`); }
}

test('nothing is seen where nothing was done', async () => {
  expect(await look(v2())).toEqual({ program: undefined, programGroup: undefined, group: undefined, reading: undefined, accountedBy: undefined });
});

test('a group of any name is the exercise\'s, but none that was there before', async () => {
  const host = v2();
  await make(host, '/sys/fs/cgroup/system.slice', '5000 100000');
  expect((await look(host)).group).toBeUndefined();
  await make(host, '/sys/fs/cgroup/my-own', '50000 100000');
  expect((await look(host)).group).toMatchObject({ dir: '/sys/fs/cgroup/my-own', limit: { quotaMicros: 50_000, periodMicros: 100_000 }, threadsInside: 0 });
});

test('the group that an engine makes for its first container is not the exercise\'s', async () => {
  const host = v2();
  host.start(700, { ...python(), contained: true });
  await make(host, '/sys/fs/cgroup/docker');
  await make(host, '/sys/fs/cgroup/docker/0123abcd');
  await host.write('/sys/fs/cgroup/docker/0123abcd/cgroup.procs', '700');
  expect((await look(host)).group).toBeUndefined();
  expect((await look(host, { contained: true })).group).toBeUndefined();
  await make(host, '/sys/fs/cgroup/demo');
  expect((await look(host, { contained: true })).group).toMatchObject({ dir: '/sys/fs/cgroup/demo' });
});

test('of several groups it is the one that the program is in', async () => {
  const host = v2();
  host.start(700, python());
  await make(host, '/sys/fs/cgroup/demo', '10000 100000');
  await make(host, '/sys/fs/cgroup/other', '10000 100000');
  await host.write('/sys/fs/cgroup/other/cgroup.procs', '700');
  expect(await look(host)).toMatchObject({ programGroup: '/sys/fs/cgroup/other', group: { dir: '/sys/fs/cgroup/other', threadsInside: 1 } });
});

test('of several copies of the program it is the one in the group, else the newest', async () => {
  const host = v2();
  host.start(700, python());
  host.start(800, python());
  expect((await look(host)).program?.pid).toBe(800);
  await make(host, '/sys/fs/cgroup/demo');
  await host.write('/sys/fs/cgroup/demo/cgroup.procs', '700');
  expect((await look(host)).program?.pid).toBe(700);
});

test('a program in a container is not the learner\'s, unless it is to be one', async () => {
  const host = v2();
  host.start(700, { ...python(), contained: true });
  expect((await look(host)).program).toBeUndefined();
  expect((await look(host, { contained: true })).program?.pid).toBe(700);
  host.start(600, python());
  expect((await look(host)).program?.pid).toBe(600);
});

test('where it is known which processes to look at, no other one is read', async () => {
  const host = v2();
  host.start(700, python());
  host.start(800, python());
  expect((await look(host, { among: [700, 12_345] })).program?.pid).toBe(700);
  host.list = (path) => path === '/proc' ? expect.fail('all of the machine is looked at') : Promise.resolve([]);
  expect((await look(host, { among: [700] })).program?.pid).toBe(700);
});

test('a limit on the group above counts, as it holds for all below', async () => {
  const host = v2();
  host.start(700, { ...python(), threads: 2 });
  await make(host, '/sys/fs/cgroup/mine', '10000 100000');
  await make(host, '/sys/fs/cgroup/mine/inner');
  await host.write('/sys/fs/cgroup/mine/inner/cgroup.procs', '700');
  expect(await look(host)).toMatchObject({ programGroup: '/sys/fs/cgroup/mine/inner', group: { dir: '/sys/fs/cgroup/mine', threadsInside: 2, limit: { quotaMicros: 10_000 } }, accountedBy: '/sys/fs/cgroup/mine' });
});

test('with v1 one thread of three can be inside', async () => {
  const host = new FakeCgroups('v1 separate');
  host.start(700, { ...python(), threads: 3 });
  await make(host, '/sys/fs/cgroup/cpu/demo');
  await host.write('/sys/fs/cgroup/cpu/demo/tasks', '701');
  expect((await look(host)).group).toMatchObject({ threadsInside: 1 });
});

test('who made a group in v1\'s cpu hierarchy alone has an account all the same: the program\'s own time', async () => {
  const host = new FakeCgroups('v1 separate');
  host.start(700, { ...python(), cpuTicks: 120 });
  await make(host, '/sys/fs/cgroup/cpu/my-own');
  await host.write('/sys/fs/cgroup/cpu/my-own/cgroup.procs', '700');
  host.set('/sys/fs/cgroup/cpu/my-own/cpu.stat', 'nr_periods 30\nnr_throttled 29\nthrottled_time 2000000\n');
  expect(await look(host)).toMatchObject({ accountedBy: '/proc/700/stat', reading: { usageMicros: 1_200_000, nrPeriods: 30, nrThrottled: 29, throttledMicros: 2_000, at: 5 } });

  await make(host, '/sys/fs/cgroup/cpuacct/my-own');
  expect((await look(host)).accountedBy).toBe('/proc/700/stat');
  await host.write('/sys/fs/cgroup/cpuacct/my-own/cgroup.procs', '700');
  host.set('/sys/fs/cgroup/cpuacct/my-own/cpuacct.usage', '7000000\n');
  expect(await look(host)).toMatchObject({ accountedBy: '/sys/fs/cgroup/cpuacct/my-own', reading: { usageMicros: 7_000, nrPeriods: 30 } });
});

test.each([
  ['once it is made', []],
  ['once it has a limit', ['cpu.max']],
  ['once the program was "moved"', ['cpu.max', 'cgroup.procs']],
])('the recipe for v2 on a machine with v1 is seen to have made a plain folder, %s', async (_, files) => {
  const host = new FakeCgroups('v1 separate');
  for (const name of ['.made', ...files]) { host.set(`/sys/fs/cgroup/demo/${name}`, '10000 100000\n'); }
  expect((await look(host)).group).toMatchObject({ dir: '/sys/fs/cgroup/demo', isPlainFolder: true });
});

test('groups are those folders that hold processes, however they are named', async () => {
  const host = v2();
  for (const name of ['a', 'b.slice', 'c.scope']) { await make(host, `/sys/fs/cgroup/${name}`); }
  expect([...await groupNames(host, unified)].sort()).toEqual(['a', 'b.slice', 'c.scope']);
  expect(groupAt(separate, 'x')).toEqual({ version: 'v1', dir: '/sys/fs/cgroup/cpu/x', accountDir: '/sys/fs/cgroup/cpuacct/x' });
});

test('a group with a dot in its name is one, too', async () => {
  const host = v2();
  await make(host, '/sys/fs/cgroup/my.demo', '10000 100000');
  expect((await look(host)).group?.dir).toBe('/sys/fs/cgroup/my.demo');
});

test('a limited scope in the user\'s part of the tree was made for the exercise; a place without a limit was not', async () => {
  const host = v2();
  const root: GroupRoot = { ...unified, delegated: '/sys/fs/cgroup/user.slice/user@1000.service' };
  const before = new Set(['user.slice']);
  host.start(700, python());
  for (const dir of ['user.slice', 'user.slice/user@1000.service', 'user.slice/user@1000.service/terminal.scope', 'user.slice/user@1000.service/run-1.scope']) {
    await make(host, `/sys/fs/cgroup/${dir}`);
    await host.write(`/sys/fs/cgroup/${dir}/cgroup.subtree_control`, '+cpu');
  }
  await host.write('/sys/fs/cgroup/user.slice/user@1000.service/terminal.scope/cgroup.procs', '700');
  expect((await look(host, { root, before })).group).toBeUndefined();
  host.set('/sys/fs/cgroup/user.slice/user@1000.service/run-1.scope/cpu.max', '10000 100000\n');
  await host.write('/sys/fs/cgroup/user.slice/user@1000.service/run-1.scope/cgroup.procs', '700');
  expect((await look(host, { root, before })).group).toMatchObject({ dir: '/sys/fs/cgroup/user.slice/user@1000.service/run-1.scope', limit: { quotaMicros: 10_000 }, threadsInside: 1 });
  expect((await look(host, { before })).group).toBeUndefined();
});
