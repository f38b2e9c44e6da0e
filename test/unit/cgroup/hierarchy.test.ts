import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CgroupMount, type CpuGroup, cpuGroupOf, folderOf, parseMounts, parseProcCgroup } from '../../../src/cgroup/hierarchy';
import { MapHost } from '../support/mapHost';

const id = 'c0ffee'.repeat(10);

/** /proc/PID/cgroup, /proc/self/mountinfo and where the CPU files are. Taken from real machines and shortened. */
const machines: readonly [name: string, own: string, mountinfo: string, group: CpuGroup | undefined][] = [
  [
    'v2 with systemd (Debian 12)',
    `0::/system.slice/docker-${id}.scope\n`,
    '24 31 0:22 / /proc rw,nosuid - proc proc rw\n35 24 0:29 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n',
    { version: 'v2', dir: `/sys/fs/cgroup/system.slice/docker-${id}.scope` },
  ],
  [
    'v2 with the cgroupfs driver',
    `0::/docker/${id}\n`,
    '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    { version: 'v2', dir: `/sys/fs/cgroup/docker/${id}` },
  ],
  [
    'v1 with each controller mounted by itself',
    `12:cpuacct:/docker/${id}\n11:cpu:/docker/${id}\n3:memory:/docker/${id}\n1:name=systemd:/docker/${id}\n`,
    '40 32 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n41 32 0:34 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n42 32 0:35 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
    { version: 'v1', dir: `/sys/fs/cgroup/cpu/docker/${id}`, accountDir: `/sys/fs/cgroup/cpuacct/docker/${id}` },
  ],
  [
    'v1 with cpu and cpuacct mounted together',
    `4:cpu,cpuacct:/docker/${id}\n1:name=systemd:/docker/${id}\n`,
    '40 32 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct\n39 32 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n',
    { version: 'v1', dir: `/sys/fs/cgroup/cpu,cpuacct/docker/${id}`, accountDir: `/sys/fs/cgroup/cpu,cpuacct/docker/${id}` },
  ],
  [
    'a hybrid machine, whose v2 tree has no controllers',
    `4:cpu,cpuacct:/docker/${id}\n1:name=systemd:/docker/${id}\n0::/system.slice/docker.service\n`,
    '38 32 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n40 32 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n',
    { version: 'v1', dir: `/sys/fs/cgroup/cpu,cpuacct/docker/${id}`, accountDir: `/sys/fs/cgroup/cpu,cpuacct/docker/${id}` },
  ],
  [
    'a container that sees its own part of v1',
    '4:cpu,cpuacct:/docker/outer/inner\n',
    '40 32 0:33 /docker/outer /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n',
    { version: 'v1', dir: '/sys/fs/cgroup/cpu,cpuacct/inner', accountDir: '/sys/fs/cgroup/cpu,cpuacct/inner' },
  ],
  [
    'a container that is the root of what it sees',
    '0::/docker/outer\n',
    '40 32 0:33 /docker/outer /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
    { version: 'v2', dir: '/sys/fs/cgroup' },
  ],
  [
    'a process in the root group',
    '0::/\n',
    '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    { version: 'v2', dir: '/sys/fs/cgroup' },
  ],
  [
    'a mount point with blanks and backslashes, which the kernel writes as octal',
    '0::/a\n',
    '35 24 0:29 / /my\\040cgroups\\134here rw - cgroup2 cgroup2 rw\n',
    { version: 'v2', dir: '/my cgroups\\here/a' },
  ],
  [
    'a process outside of what we see',
    '0::/elsewhere\n',
    '40 32 0:33 /docker/outer /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
    undefined,
  ],
  [
    'a neighbour whose name begins like that of what we see',
    '0::/docker/outer-2/x\n',
    '40 32 0:33 /docker/outer /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
    undefined,
  ],
  [
    'a v1 machine on which the cpu controller is not mounted',
    '4:cpu,cpuacct:/x\n0::/x\n',
    '38 32 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
    undefined,
  ],
  ['a machine without cgroups', '', '24 31 0:22 / /proc rw,nosuid - proc proc rw\n', undefined],
];

test.each(machines)('the group is found on %s', async (_, own, mountinfo, group) => {
  const host = new MapHost({ '/proc/77/cgroup': own, '/proc/self/mountinfo': mountinfo });
  expect(await cpuGroupOf(host, 77)).toEqual(group);
});

describe('no group is found', () => {
  test('of a process that there is not', async () => {
    expect(await cpuGroupOf(new MapHost({ '/proc/self/mountinfo': machines[0]?.[2] ?? '' }), 77)).toBeUndefined();
  });

  test('on a machine without /proc', async () => {
    expect(await cpuGroupOf(new MapHost({}), 77)).toBeUndefined();
  });
});

test('a group may have colons in its name', () => {
  expect(parseProcCgroup('0::/a:b:c\n').get('')).toBe('/a:b:c');
});

test('only mounts of cgroups are seen', () => {
  expect(parseMounts(machines[0]?.[2] ?? '')).toEqual([{ version: 'v2', root: '/', mountPoint: '/sys/fs/cgroup', controllers: [''], readOnly: false }]);
});

test('a mount that is read-only says so', () => {
  expect(parseMounts('40 32 0:33 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n')[0]?.readOnly).toBe(true);
});

test('a line whose paths are no paths is no mount', () => {
  expect(parseMounts('35 24 0:29 NaN/ /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n35 24 0:29 / cgroup rw - cgroup2 cgroup2 rw\n - cgroup2 x\n')).toEqual([]);
});

/** A path as the kernel has it: anything but the character 0. A line break is possible in a mount point, not in a group. */
const path = fc.array(fc.oneof(fc.stringMatching(/^[^/\0\n]{1,8}$/), fc.constantFrom('a b', 'a\\b', ' - ', '\\040', 'a:b', 'x,cpu', '..')), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const controllers = fc.uniqueArray(fc.constantFrom('cpu', 'cpuacct', 'memory', 'pids', 'name=systemd'), { minLength: 1 });

test('any groups read as the kernel writes them', () => {
  fc.assert(fc.property(controllers, path, path, (names, ofV1, ofV2) => {
    const groups = parseProcCgroup(`4:${names.join(',')}:${ofV1}\n0::${ofV2}\n`);
    expect([...groups]).toEqual([...names.map((name) => [name, ofV1]), ['', ofV2]]);
  }));
});

test('any mounts read as the kernel writes them', () => {
  const mount = fc.record<CgroupMount>({ version: fc.constantFrom('v1', 'v2'), root: path, mountPoint: path, controllers, readOnly: fc.boolean() })
    .map((one) => one.version === 'v2' ? { ...one, controllers: [''] } : one);
  const line = ({ version, root, mountPoint, controllers: names, readOnly }: CgroupMount, number: number): string =>
    `${number} 24 0:29 ${escape(root)} ${escape(mountPoint)} ${readOnly ? 'ro' : 'rw'},nosuid shared:9 - ${version === 'v2' ? 'cgroup2 cgroup2 rw,nsdelegate' : `cgroup cgroup ${names.join(',')}`}\n`;
  fc.assert(fc.property(fc.array(mount), (mounts) => {
    expect(parseMounts(mounts.map(line).join(''))).toEqual(mounts);
  }));
});

/** As the kernel does (mangle, seq_path): blanks, tabs, line breaks, backslashes, and "#" in newer ones. */
function escape(text: string): string {
  return text.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

test('a group below what is mounted has a folder, any other has none', () => {
  const mount: CgroupMount = { version: 'v2', root: '/outer', mountPoint: '/mnt', controllers: [''], readOnly: false };
  expect(['/outer', '/outer/a', '/outer-2', '/'].map((group) => folderOf(mount, group))).toEqual(['/mnt', '/mnt/a', undefined, undefined]);
  expect(['/', '/a'].map((group) => folderOf({ ...mount, root: '/' }, group))).toEqual(['/mnt', '/mnt/a']);
});

test('whatever the files hold, nothing throws', async () => {
  const text = fc.oneof(fc.string(), fc.array(fc.constantFrom('0::', '/', '4:cpu,cpuacct:', ' - cgroup2 x rw', ' - cgroup x rw,cpu,cpuacct', '35 24 0:29 ', '\\040', '\\', '\n', ':', ' ')).map((parts) => parts.join('')));
  await fc.assert(fc.asyncProperty(text, text, async (own, mountinfo) => {
    await cpuGroupOf(new MapHost({ '/proc/7/cgroup': own, '/proc/self/mountinfo': mountinfo }), 7);
  }), { numRuns: 300 });
});
