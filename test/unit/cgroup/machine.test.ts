import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectMachine } from '../../../src/cgroup/machine';
import { FixedHost } from '../support/fixedHost';
import { container, debian, hybridVm, v1Together } from './machines';

const root = '/sys/fs/cgroup';
const id = 'c0ffee00'.repeat(8);

test('a hybrid machine with a hierarchy for each controller', async () => {
  expect(await inspectMachine(hybridVm())).toEqual({
    kind: 'hybrid', version: 'v1', cpuMount: `${root}/cpu`, accountMount: `${root}/cpuacct`, cpuEnabled: undefined, cpuAvailable: undefined,
    mayWrite: true, readOnly: false, uid: 0, inContainer: undefined, systemd: false, delegatedTo: undefined,
  });
});

test('v2 with systemd, as root', async () => {
  expect(await inspectMachine(debian('root'))).toEqual({
    kind: 'v2', version: 'v2', cpuMount: root, accountMount: root, cpuEnabled: true, cpuAvailable: true,
    mayWrite: true, readOnly: false, uid: 0, inContainer: undefined, systemd: true, delegatedTo: `${root}/user.slice/user-0.slice/user@0.service`,
  });
});

test('v2 with systemd, as a user who is logged in over ssh', async () => {
  expect(await inspectMachine(debian('student'))).toMatchObject({ mayWrite: false, uid: 1000, delegatedTo: `${root}/user.slice/user-1000.slice/user@1000.service` });
});

test('v1 with cpu and cpuacct together', async () => {
  expect(await inspectMachine(v1Together())).toEqual({
    kind: 'v1', version: 'v1', cpuMount: `${root}/cpu,cpuacct`, accountMount: `${root}/cpu,cpuacct`, cpuEnabled: undefined, cpuAvailable: undefined,
    mayWrite: false, readOnly: false, uid: 1000, inContainer: undefined, systemd: true, delegatedTo: undefined,
  });
});

test('a container with a cgroup namespace of its own', async () => {
  expect(await inspectMachine(container('private'))).toMatchObject({ kind: 'v2', cpuMount: root, cpuEnabled: false, cpuAvailable: true, mayWrite: false, readOnly: true, systemd: false, inContainer: expect.stringContaining('never') as string });
});

test.each([
  ['nothing', {}],
  ['mounts, but none of cgroups', { '/proc/self/mountinfo': '24 31 0:22 / /proc rw,nosuid - proc proc rw\n', '/proc/self/cgroup': '' }],
  ['a user whose number is none', { '/proc/self/status': `Uid:\t0\t${'9'.repeat(400)}\t0\t0\n` }],
])('a machine with %s', async (_, files) => {
  expect(await inspectMachine(new FixedHost(files))).toEqual({
    kind: 'none', version: undefined, cpuMount: undefined, accountMount: undefined, cpuEnabled: undefined, cpuAvailable: undefined,
    mayWrite: false, readOnly: false, uid: undefined, inContainer: undefined, systemd: false, delegatedTo: undefined,
  });
});

describe('the cpu controller', () => {
  test('is not enabled while nobody asked for it: cpuset is another one', async () => {
    expect(await inspectMachine(debian('root', { [`${root}/cgroup.subtree_control`]: 'cpuset memory pids\n' }))).toMatchObject({ cpuEnabled: false, cpuAvailable: true, version: 'v2' });
  });

  test('is missing where v2 does not have it', async () => {
    expect(await inspectMachine(debian('root', { [`${root}/cgroup.controllers`]: 'memory pids\n' }))).toMatchObject({ kind: 'v2', version: undefined, cpuMount: undefined, cpuAvailable: false, mayWrite: false });
  });

  test('is missing where v1 did not mount it', async () => {
    expect(await inspectMachine(new FixedHost({ '/proc/self/mountinfo': '42 32 0:35 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' }))).toMatchObject({ kind: 'v1', version: undefined });
  });

  test('is in the v2 tree of a hybrid machine whose v1 does not have it', async () => {
    const host = new FixedHost({
      '/proc/self/mountinfo': '42 32 0:35 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n38 32 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
      '/sys/fs/cgroup/unified/cgroup.controllers': 'cpu io\n', '/sys/fs/cgroup/unified/cgroup.subtree_control': '\n',
    });
    expect(await inspectMachine(host)).toMatchObject({ kind: 'hybrid', version: 'v2', cpuMount: '/sys/fs/cgroup/unified', cpuEnabled: false });
  });

  test('needs no cpuacct', async () => {
    expect(await inspectMachine(new FixedHost({ '/proc/self/mountinfo': '42 32 0:35 / /c rw - cgroup cgroup rw,cpu\n' }))).toMatchObject({ version: 'v1', cpuMount: '/c', accountMount: undefined });
  });
});

test('a hierarchy of systemd without a controller makes no hybrid of v2', async () => {
  const mountinfo = '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n39 32 0:30 / /mnt/systemd rw - cgroup cgroup rw,xattr,name=systemd\n';
  expect(await inspectMachine(debian('root', { '/proc/self/mountinfo': mountinfo }))).toMatchObject({ kind: 'v2', version: 'v2' });
});

describe('evidence of a container', () => {
  test.each([
    ['a mount of a group below the root', container('host', { '/proc/self/mountinfo': '40 32 0:33 /docker/outer /sys/fs/cgroup ro - cgroup2 cgroup rw\n' }), '/docker/outer'],
    ['a v1 root without release_agent', new FixedHost({ '/proc/self/mountinfo': '40 32 0:33 / /c ro - cgroup cgroup rw,cpu\n', '/c/cgroup.procs': '1\n' }), '/c'],
    ['Docker\'s marker', debian('root', { '/.dockerenv': '' }), '/.dockerenv'],
    ['Podman\'s marker', debian('root', { '/run/.containerenv': 'engine="podman"\n' }), '/run/.containerenv'],
    ['the marker on a machine without cgroups', new FixedHost({ '/.dockerenv': '' }), '/.dockerenv'],
    ['a marker in the host\'s cgroup namespace', container('host', { '/.dockerenv': '' }), '/.dockerenv'],
    ['process 1 in a group with a container\'s id', container('host'), 'docker-fbd0621deb50606ee533f227ab63d2d53375b223eae0e84b2fab7c714058da18.scope'],
    ['process 1 in a group with a container\'s id, v1', v1Together({ '/proc/1/cgroup': `4:cpu,cpuacct:/docker/${id}\n` }), id],
    ['process 1 outside of our namespace', debian('root', { '/proc/1/cgroup': '0::/../../init.scope\n' }), '/../../init.scope'],
  ])('is %s', async (_, host, evidence) => {
    expect((await inspectMachine(host)).inContainer).toContain(evidence);
  });

  test('is not a marker that the machine has from the image it was made of', async () => {
    expect((await inspectMachine(hybridVm())).inContainer).toBeUndefined();
  });

  test('is not a root whose telling file we may not read', async () => {
    class Closed extends FixedHost {
      override read(path: string): Promise<string> {
        return path.endsWith('release_agent') ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' })) : super.read(path);
      }
    }
    const host = new Closed(Object.fromEntries(v1Together().files));
    expect((await inspectMachine(host)).inContainer).toBeUndefined();
  });
});

describe('what systemd hands over', () => {
  const service = `${root}/user.slice/user-1000.slice/user@1000.service`;

  test('is found around our own process, as in a desktop session', async () => {
    const around = '/machine.slice/user@1000.service';
    const host = debian('student', { '/proc/self/cgroup': `0::${around}/app.slice/code.scope\n`, [`${root}${around}/cgroup.controllers`]: 'cpu memory pids\n' });
    expect((await inspectMachine(host)).delegatedTo).toBe(`${root}${around}`);
  });

  test('is nothing without the cpu controller', async () => {
    expect((await inspectMachine(debian('student', { [`${service}/cgroup.controllers`]: 'memory pids\n' }))).delegatedTo).toBeUndefined();
  });

  test('is nothing for a user whose manager does not run', async () => {
    const host = debian('student');
    host.files.delete(`${service}/cgroup.controllers`);
    expect((await inspectMachine(host)).delegatedTo).toBeUndefined();
  });
});

test('whatever the files hold, nothing throws', async () => {
  const part = fc.constantFrom('0::', '/', '/..', '4:cpu,cpuacct:', ' - cgroup2 x rw', ' - cgroup x rw,cpu,cpuacct', '35 24 0:29 ', '/user@1000.service', 'Uid:\t', '1000', 'systemd', 'cpu', '\\040', '\n', ' ', '\0');
  const text = fc.oneof(fc.string(), fc.array(part).map((parts) => parts.join('')));
  await fc.assert(fc.asyncProperty(text, text, text, text, async (mountinfo, own, first, other) => {
    const host = new FixedHost({ '/proc/self/mountinfo': mountinfo, '/proc/self/cgroup': own, '/proc/1/cgroup': first, '/proc/1/comm': other, '/proc/self/status': other });
    expect((await inspectMachine(host)).kind).toMatch(/^(v1|v2|hybrid|none)$/);
  }), { numRuns: 300 });
});
