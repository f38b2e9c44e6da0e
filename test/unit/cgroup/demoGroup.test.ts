import { describe, expect, test } from 'vitest';
import { CpuNotEnabled, type DemoGroup, enableCpu, ForeignProcesses, isControlGroup, LimitNotTaken, limitGroup, makeGroup, membersOf, moveIn, NoCpuController, NotAControlGroup, readLimit, removeGroup } from '../../../src/cgroup/demoGroup';
import { FakeCgroups } from '../support/fakeCgroups';

const tenPercent = { quotaMicros: 10_000, periodMicros: 100_000 };

const layouts: readonly [FakeCgroups['layout'], DemoGroup][] = [
  ['v1 separate', { version: 'v1', dir: '/sys/fs/cgroup/cpu/demo', accountDir: '/sys/fs/cgroup/cpuacct/demo' }],
  ['v1 together', { version: 'v1', dir: '/sys/fs/cgroup/cpu,cpuacct/demo', accountDir: '/sys/fs/cgroup/cpu,cpuacct/demo' }],
  ['v2', { version: 'v2', dir: '/sys/fs/cgroup/demo', accountDir: '/sys/fs/cgroup/demo' }],
];

function machine(layout: FakeCgroups['layout']): FakeCgroups {
  const host = new FakeCgroups(layout);
  if (layout === 'v2') { host.set('/sys/fs/cgroup/cgroup.subtree_control', 'cpu'); }
  return host;
}

describe.each(layouts)('with %s', (layout, group) => {
  test('a group is made, limited, filled and removed, and nothing of it stays', async () => {
    const host = machine(layout);
    host.start(700, { threads: 3 });
    await makeGroup(host, group);
    expect(await readLimit(host, group)).toBeNull();
    await limitGroup(host, group, tenPercent);
    expect(await readLimit(host, group)).toEqual(tenPercent);
    await moveIn(host, group, 700);
    expect(await membersOf(host, group)).toEqual([700]);
    for (const mount of host.mounts) { expect(host.groupOf(mount, 702)).toBe(`${mount}/demo`); }
    await limitGroup(host, group, null);
    expect(await readLimit(host, group)).toBeNull();
    await removeGroup(host, group, new Set([700]));
    for (const mount of host.mounts) {
      expect(host.groupOf(mount, 702)).toBe(mount);
      expect(await isControlGroup(host, `${mount}/demo`)).toBe(false);
    }
  });

  test('a group that is there is taken as it is', async () => {
    const host = machine(layout);
    await makeGroup(host, group);
    await limitGroup(host, group, tenPercent);
    await makeGroup(host, group);
    expect(await readLimit(host, group)).toEqual(tenPercent);
  });

  test('a foreign process keeps the group, and no process is moved', async () => {
    const host = machine(layout);
    host.start(700);
    host.start(800);
    await makeGroup(host, group);
    await moveIn(host, group, 700);
    await moveIn(host, group, 800);
    const before = host.changes.length;
    const refusal: unknown = await removeGroup(host, group, new Set([700])).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ForeignProcesses);
    expect(refusal).toMatchObject({ pids: [800], message: expect.stringContaining('800') as string });
    expect(host.changes.length).toBe(before);
  });

  test('what was removed already is no failure', async () => {
    const host = machine(layout);
    await removeGroup(host, group, new Set());
    expect(host.changes).toEqual([]);
  });

  test('what the kernel refuses comes with its code', async () => {
    const host = machine(layout);
    await makeGroup(host, group);
    await expect(limitGroup(host, group, { quotaMicros: 999, periodMicros: 100_000 })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(limitGroup(host, group, { quotaMicros: 10_000, periodMicros: 2_000_000 })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(moveIn(host, group, 12_345)).rejects.toMatchObject({ code: 'ESRCH' });
  });
});

describe('with v1', () => {
  const [, group] = layouts[0] ?? expect.fail();

  test('a process that was moved in one hierarchy alone stays where it is in the other', async () => {
    const host = machine('v1 separate');
    host.start(700);
    await host.mkdir('/sys/fs/cgroup/cpuacct/mine');
    await host.write('/sys/fs/cgroup/cpuacct/mine/cgroup.procs', '700');
    await makeGroup(host, group);
    await host.write(`${group.dir}/cgroup.procs`, '700');
    await removeGroup(host, group, new Set([700]));
    expect(host.groupOf('/sys/fs/cgroup/cpu', 700)).toBe('/sys/fs/cgroup/cpu');
    expect(host.groupOf('/sys/fs/cgroup/cpuacct', 700)).toBe('/sys/fs/cgroup/cpuacct/mine');
  });

  test('the recipe for v2 is refused, and makes nothing', async () => {
    const host = machine('v1 separate');
    await expect(makeGroup(host, { version: 'v2', dir: '/sys/fs/cgroup/demo', accountDir: '/sys/fs/cgroup/demo' })).rejects.toBeInstanceOf(NotAControlGroup);
    expect(host.changes).toEqual([]);
  });

  test('a plain folder is never removed', async () => {
    const host = machine('v1 separate');
    host.set('/sys/fs/cgroup/demo/cpu.max', '10000 100000');
    host.set('/sys/fs/cgroup/demo/cgroup.procs', '1234');
    await expect(removeGroup(host, { version: 'v1', dir: '/sys/fs/cgroup/demo', accountDir: '/sys/fs/cgroup/demo' }, new Set())).rejects.toBeInstanceOf(NotAControlGroup);
    expect(host.changes).toEqual([]);
  });

  test('one thread can be in the group alone', async () => {
    const host = machine('v1 separate');
    host.start(700, { threads: 3 });
    await makeGroup(host, group);
    await host.write(`${group.dir}/tasks`, '701');
    expect(host.groupOf('/sys/fs/cgroup/cpu', 700)).toBe('/sys/fs/cgroup/cpu');
    expect(await membersOf(host, group)).toEqual([700]);
  });
});

describe('with v2', () => {
  const [, group] = layouts[2] ?? expect.fail();

  test('a group has a limit once the folder above enables it', async () => {
    const host = new FakeCgroups('v2');
    await expect(makeGroup(host, group)).rejects.toBeInstanceOf(NoCpuController);
    await enableCpu(host, '/sys/fs/cgroup');
    await makeGroup(host, group);
    await limitGroup(host, group, tenPercent);
    expect(await readLimit(host, group)).toEqual(tenPercent);
  });

  test('it is said when somebody takes the controller, or a limit, back at once', async () => {
    const host = machine('v2');
    await makeGroup(host, group);
    const write = host.write.bind(host);
    host.write = async (path, text) => {
      await write(path, text);
      host.set(path, path.endsWith('cpu.max') ? 'max 100000\n' : 'memory pids\n');
    };
    await expect(limitGroup(host, group, tenPercent)).rejects.toBeInstanceOf(LimitNotTaken);
    await expect(enableCpu(host, '/sys/fs/cgroup')).rejects.toBeInstanceOf(CpuNotEnabled);
  });
});

test('a process that comes while the group is removed is not moved', async () => {
  const host = machine('v2');
  const [, group] = layouts[2] ?? expect.fail();
  host.start(700);
  host.start(800);
  await makeGroup(host, group);
  await moveIn(host, group, 700);
  const write = host.write.bind(host);
  host.write = async (path, text) => {
    await write(path, text);
    await write(`${group.dir}/cgroup.procs`, '800');
  };
  await expect(removeGroup(host, group, new Set([700]))).rejects.toMatchObject({ code: 'EBUSY' });
  expect(await membersOf(host, group)).toEqual([800]);
});

test('a process that was just killed keeps the group busy for a moment, and that is waited for', async () => {
  const host = machine('v2');
  const [, group] = layouts[2] ?? expect.fail();
  await makeGroup(host, group);
  const rmdir = host.rmdir.bind(host);
  let busy = 2;
  host.rmdir = (path) => busy-- > 0 ? Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' })) : rmdir(path);
  await removeGroup(host, group, new Set([700]));
  expect(await isControlGroup(host, group.dir)).toBe(false);
});

test('a group with another one below it stays, and the kernel says why', async () => {
  const host = machine('v2');
  const [, group] = layouts[2] ?? expect.fail();
  await makeGroup(host, group);
  await host.mkdir(`${group.dir}/below`);
  await expect(removeGroup(host, group, new Set())).rejects.toMatchObject({ code: 'EBUSY' });
});

test('a list of processes that cannot be read is not taken for an empty one', async () => {
  const host = machine('v2');
  const [, group] = layouts[2] ?? expect.fail();
  await makeGroup(host, group);
  const read = host.read.bind(host);
  host.read = (path) => path.endsWith('cgroup.procs') ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' })) : read(path);
  await expect(removeGroup(host, group, new Set())).rejects.toMatchObject({ code: 'EACCES' });
});
