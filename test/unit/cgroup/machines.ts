import { readFileSync } from 'node:fs';
import { FixedHost } from '../support/fixedHost';

/** A text as a real machine gave it. The folder's names say which machine and file. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8');
}

const status = (uid: number): string => `Name:\tnode\nUmask:\t0022\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
const v2Root = '/sys/fs/cgroup';

/** A virtual machine made of a container image: its marker is still there. */
export function hybridVm(): FixedHost {
  return new FixedHost({
    '/proc/self/mountinfo': fixture('hybrid-v1-proc-self-mountinfo'), '/proc/self/cgroup': fixture('hybrid-v1-proc-self-cgroup'), '/proc/1/cgroup': fixture('hybrid-v1-proc-1-cgroup'),
    '/proc/1/comm': 'process_api\n', '/proc/self/status': status(0), '/.dockerenv': '',
    '/sys/fs/cgroup/cpu/cgroup.procs': '1\n', '/sys/fs/cgroup/cpu/release_agent': '\n', '/sys/fs/cgroup/unified/cgroup.procs': '1\n',
  }, ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpuacct']);
}

/** Debian 12 as root or as a user who is logged in over ssh. */
export function debian(user: 'root' | 'student', changed: Readonly<Record<string, string>> = {}): FixedHost {
  const uid = user === 'root' ? 0 : 1000;
  return new FixedHost({
    '/proc/self/mountinfo': fixture(`v2-debian12-${user}-proc-self-mountinfo`), '/proc/self/cgroup': fixture(`v2-debian12-${user}-proc-self-cgroup`),
    '/proc/1/cgroup': '0::/init.scope\n', '/proc/1/comm': 'systemd\n', '/proc/self/status': status(uid),
    [`${v2Root}/cgroup.procs`]: '', [`${v2Root}/cgroup.controllers`]: fixture(`v2-debian12-${user}-controllers`), [`${v2Root}/cgroup.subtree_control`]: fixture(`v2-debian12-${user}-subtree-control`),
    [`${v2Root}/user.slice/user-${uid}.slice/user@${uid}.service/cgroup.controllers`]: fixture(`v2-debian12-${user}-user-service-controllers`),
    ...changed,
  }, user === 'root' ? [v2Root] : []);
}

/** A container that Docker started on that Debian, with a cgroup namespace of its own or with the host's. */
export function container(namespace: 'private' | 'host', changed: Readonly<Record<string, string>> = {}): FixedHost {
  return new FixedHost({
    '/proc/self/mountinfo': fixture(`v2-debian12-container-${namespace}-proc-self-mountinfo`), '/proc/self/cgroup': fixture(`v2-debian12-container-${namespace}-proc-self-cgroup`),
    '/proc/1/cgroup': fixture(`v2-debian12-container-${namespace}-proc-self-cgroup`), '/proc/1/comm': 'sh\n', '/proc/self/status': status(0),
    [`${v2Root}/cgroup.procs`]: '1\n', [`${v2Root}/cgroup.controllers`]: fixture(`v2-debian12-container-${namespace}-controllers`), [`${v2Root}/cgroup.subtree_control`]: fixture(`v2-debian12-container-${namespace}-subtree-control`),
    ...(namespace === 'private' ? { [`${v2Root}/cgroup.type`]: 'domain\n' } : {}),
    ...changed,
  });
}

/** v1 with cpu and cpuacct in one hierarchy, as systemd mounts them. Shortened from a Debian 10. */
export function v1Together(changed: Readonly<Record<string, string>> = {}): FixedHost {
  return new FixedHost({
    '/proc/self/mountinfo': '32 24 0:27 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755\n39 32 0:30 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd\n40 32 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct\n',
    '/proc/self/cgroup': '4:cpu,cpuacct:/user.slice\n1:name=systemd:/user.slice/user-1000.slice/session-2.scope\n', '/proc/1/cgroup': '4:cpu,cpuacct:/\n1:name=systemd:/init.scope\n',
    '/proc/1/comm': 'systemd\n', '/proc/self/status': status(1000),
    '/sys/fs/cgroup/cpu,cpuacct/cgroup.procs': '1\n', '/sys/fs/cgroup/cpu,cpuacct/release_agent': '\n',
    ...changed,
  });
}
