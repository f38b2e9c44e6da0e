import { expect, test } from 'vitest';
import { describeMachine } from '../../../src/cgroup/describeMachine';
import { inspectMachine } from '../../../src/cgroup/machine';
import { FixedHost } from '../support/fixedHost';
import { container, debian, hybridVm, v1Together } from './machines';

const root = '/sys/fs/cgroup';

test.each([
  ['a hybrid machine as root', hybridVm(), 'Control groups v1 and v2 side by side', ['v2 tree without the cpu controller', 'cpuacct at /sys/fs/cgroup/cpuacct', 'You are root here'], ['direct', 'helper']],
  ['v2 with systemd as root', debian('root'), 'Control groups v2', ['exactly one group', 'cpu.max', '+cpu is enabled', 'You are root here', 'daemon-reload'], ['direct', 'userScope', 'helper']],
  ['v2 with systemd as a user', debian('student'), 'Control groups v2', ['exactly one group', 'cpu.max', '+cpu is enabled', 'You may not write', 'to you, /sys/fs/cgroup/user.slice'], ['sudo', 'userScope', 'helper']],
  ['v2 whose root does not enable cpu', debian('root', { [`${root}/cgroup.subtree_control`]: '\n' }), 'Control groups v2', ['exactly one group', 'cpu.max', '+cpu is not enabled', 'You are root', 'daemon-reload'], ['direct', 'userScope', 'helper']],
  ['v2 without the controller', debian('root', { [`${root}/cgroup.controllers`]: 'pids\n' }), 'Control groups v2, without the cpu controller', ['exactly one group', '"cpu" is not in cgroup.controllers'], ['helper']],
  ['v1 as a user', v1Together(), 'Control groups v1', ['tree of its own', 'together with cpuacct', 'You may not write', 'systemd manages groups'], ['sudo', 'helper']],
  ['v1 without the controller', new FixedHost({ '/proc/self/mountinfo': '42 32 0:35 / /m rw - cgroup cgroup rw,memory\n' }), 'Control groups v1, without the cpu controller', ['tree of its own', 'no tree has it'], ['helper']],
  ['v1 that does not count', new FixedHost({ '/proc/self/mountinfo': '42 32 0:35 / /c rw - cgroup cgroup rw,cpu\n' }, ['/c']), 'Control groups v1', ['tree of its own', 'CPU use cannot', 'You may write to /c.'], ['direct', 'sudo', 'helper']],
  ['a container', container('private'), 'Control groups v2', ['exactly one group', 'cpu.max', '+cpu is not enabled', 'mounted read-only', 'You are inside a container'], ['helper']],
  ['no control groups', new FixedHost({}), 'No control groups here', ['not Linux'], ['helper']],
])('%s', async (_, host, title, findings, possible) => {
  const description = describeMachine(await inspectMachine(host));
  expect(description.title).toBe(title);
  expect(description.findings).toEqual(findings.map((finding) => expect.stringContaining(finding) as string));
  expect(description.ways.map(({ way }) => way)).toEqual(['direct', 'sudo', 'userScope', 'helper']);
  expect(description.ways.filter((way) => way.possible).map(({ way }) => way)).toEqual(possible);
  for (const sentence of [...description.findings, ...description.ways.map(({ reason }) => reason)]) { expect(sentence).toMatch(/^[^{}]+\.$/); }
});
