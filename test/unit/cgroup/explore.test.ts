import { expect, test } from 'vitest';
import { exploreProcess } from '../../../src/cgroup/explore';
import { MapHost } from '../support/mapHost';

const process = { '/proc/7/stat': `7 (sh) S 1 ${'0 '.repeat(17)}99 0`, '/proc/7/status': 'Uid:\t0\t0\t0\t0\nNSpid:\t7\n', '/proc/7/cmdline': 'sh\0' };

test('v1: the group in each hierarchy, those with files first, and what each file means', async () => {
  const found = await exploreProcess(new MapHost({
    ...process, '/proc/7/cgroup': '9:pids:/a\n3:cpu,cpuacct:/docker/x\n2:freezer:/f\n1:name=systemd:/s\n',
    '/proc/self/mountinfo': [
      '1 0 0:1 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer', '2 0 0:2 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
      '3 0 0:3 /a /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids', '4 0 0:2 / /elsewhere rw - cgroup cgroup rw,cpu,cpuacct',
    ].join('\n'),
    '/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us': '10000\n', '/sys/fs/cgroup/cpu,cpuacct/docker/x/cpuacct.usage': '5\n', '/sys/fs/cgroup/pids/pids.max': 'max\n', '/sys/fs/cgroup/freezer/f/cgroup.procs': '7\n',
  }), 7);
  expect(found?.process.pid).toBe(7);
  expect(found?.groups.map(({ controllers, path, dir, files }) => [controllers, path, dir, files.map(({ name, text }) => `${name}=${text}`)])).toEqual([
    ['cpu,cpuacct', '/docker/x', '/sys/fs/cgroup/cpu,cpuacct/docker/x', ['cpu.cfs_quota_us=10000', 'cpuacct.usage=5']],
    ['pids', '/a', '/sys/fs/cgroup/pids', ['pids.max=max']],
    ['freezer', '/f', '/sys/fs/cgroup/freezer/f', []],
  ]);
  for (const { meaning } of found?.groups.flatMap(({ files }) => files) ?? []) { expect(meaning).toMatch(/\.$/); }
});

test('v2: one group, also when it is outside of what is seen', async () => {
  const host = (root: string): MapHost => new MapHost({
    ...process, '/proc/7/cgroup': '0::/system.slice/x.scope\n', '/proc/self/mountinfo': `1 0 0:1 ${root} /sys/fs/cgroup rw - cgroup2 cgroup2 rw`,
    '/sys/fs/cgroup/system.slice/x.scope/cpu.max': 'max 100000\n', '/sys/fs/cgroup/system.slice/x.scope/cgroup.procs': '7\n'.repeat(500),
  });
  const [group] = (await exploreProcess(host('/'), 7))?.groups ?? [];
  expect(group).toMatchObject({ version: 'v2', dir: '/sys/fs/cgroup/system.slice/x.scope' });
  expect(group?.files.map(({ name }) => name)).toEqual(['cpu.max', 'cgroup.procs']);
  expect(group?.files[1]?.text).toHaveLength(401);
  expect((await exploreProcess(host('/other'), 7))?.groups).toMatchObject([{ path: '/system.slice/x.scope', dir: undefined, files: [] }]);
});

test('a process that is not there has none', async () => {
  expect(await exploreProcess(new MapHost({ '/proc/self/mountinfo': '' }), 8)).toBeUndefined();
});
