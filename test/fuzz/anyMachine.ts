import fc from 'fast-check';
import type { ProcessHost, WritableCgroupHost } from '../../src/cgroup/host';
import { hostileText, mutated } from './inputs';
import { kernelSays, procCmdline, procStat, procStatus, v1Stat, v2Stat } from './samples';

/** Of the container that the samples name. */
export const containerId = 'c0ffee0123456789abcdef0123456789abcdef0123456789abcdef0123456789';

export const cgroupTexts = [
  `0::/system.slice/docker-${containerId}.scope\n`, `4:cpu,cpuacct:/docker/${containerId}\n2:memory:/docker/${containerId}\n1:name=systemd:/docker/${containerId}\n`, '0::/../../init.scope\n',
  ...kernelSays('proc-self-cgroup', 'proc-1-cgroup', 'proc-pid-cgroup'),
];
export const mountTexts = [
  '32 24 0:27 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755\n40 32 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct\n41 32 0:34 /a\\040b /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
  '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n', ...kernelSays('proc-self-mountinfo'),
];

const numbers = mutated('15248\n', '0\n', '4194304\n', '-1\n', '18446744073709551615\n', 'max\n');
const files: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'stat': mutated(procStat), 'status': mutated(procStatus, procStatus.replace('NSpid:\t15248\t1', 'NSpid:\t15248')), 'cmdline': mutated(procCmdline, '/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0', 'runc\0init\0'),
  'cgroup': mutated(...cgroupTexts), 'mountinfo': mutated(...mountTexts), 'comm': mutated('systemd\n', 'containerd-shim\n'),
  'cpu.stat': mutated(v1Stat, v2Stat), 'cpu.max': mutated('max 100000\n', '10000 100000\n'), 'cpu.cfs_quota_us': mutated('-1\n', '10000\n'), 'cpu.cfs_period_us': mutated('100000\n'),
  'cgroup.controllers': mutated('cpuset cpu io memory pids\n'), 'cgroup.subtree_control': mutated('cpu memory\n'), 'cgroup.procs': mutated('1\n77\n', ''),
};
const links = mutated('pid:[4026531836]', 'mnt:[4026532211]', 'time:[4026531834]');

/** What a machine holds: each kind of file, missing now and then, whatever its folder; names in folders; links. */
const contents = fc.record({
  files: fc.record(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, fc.option(text, { freq: 8, nil: undefined })]))),
  others: fc.array(fc.option(fc.oneof({ weight: 3, arbitrary: numbers }, hostileText), { freq: 4, nil: undefined }), { minLength: 1, maxLength: 4 }),
  names: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom('1', '77', '15248', 'demo', 'cpu.max', 'self', containerId) }, hostileText), { maxLength: 5 }),
  links: fc.array(fc.option(links, { freq: 4, nil: undefined }), { minLength: 1, maxLength: 3 }),
  writable: fc.boolean(),
});

/** A machine whose files hold anything. Each read of a file gives the same; nothing can be changed. */
export class AnyMachine implements WritableCgroupHost, ProcessHost {
  constructor(private readonly holds: typeof contents extends fc.Arbitrary<infer T> ? T : never) { }

  read(path: string): Promise<string> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const { files: known, others } = this.holds;
    return found(Object.hasOwn(known, name) ? known[name] : others[path.length % others.length], path);
  }

  readlink(path: string): Promise<string> { return found(this.holds.links[path.length % this.holds.links.length], path); }
  list(path: string): Promise<string[]> { return found(path.length % 4 === 3 ? undefined : this.holds.names, path); }
  isWritable(): Promise<boolean> { return Promise.resolve(this.holds.writable); }
  write(path: string): Promise<void> { return Promise.reject(new Error(`written: ${path}`)); }
  mkdir(path: string): Promise<void> { return Promise.reject(new Error(`made: ${path}`)); }
  rmdir(path: string): Promise<void> { return Promise.reject(new Error(`removed: ${path}`)); }

  toString(): string { return JSON.stringify(this.holds); }
}

function found<T>(content: T | undefined, path: string): Promise<T> {
  return content === undefined ? Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })) : Promise.resolve(content);
}

export const machine = contents.map((holds) => new AnyMachine(holds));
