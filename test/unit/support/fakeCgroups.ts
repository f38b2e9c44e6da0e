import type { WritableCgroupHost } from '../../../src/cgroup/host';

type Layout = 'v1 separate' | 'v1 together' | 'v2';

/** A process as its /proc shows it. */
interface FakeProcess {
  parent: number;
  command: readonly string[];
  uid: number;
  threads: number;
  startTicks: number;
  cpuTicks: number;
  state: string;
  /** It is the first process of a pid namespace of its own, as in a container. */
  contained: boolean;
  kernelThread: boolean;
}

interface Group {
  /** Thread ids; a process's first thread has its pid. */
  tasks: Set<number>;
  files: Map<string, string>;
}

const mounts: Readonly<Record<Layout, readonly { mount: string; controllers: string }[]>> = {
  'v1 separate': [{ mount: '/sys/fs/cgroup/cpu', controllers: 'cpu' }, { mount: '/sys/fs/cgroup/cpuacct', controllers: 'cpuacct' }],
  'v1 together': [{ mount: '/sys/fs/cgroup/cpu,cpuacct', controllers: 'cpu,cpuacct' }],
  'v2': [{ mount: '/sys/fs/cgroup', controllers: '' }],
};

/** Control groups and processes in memory, which refuse what the kernel refuses. Counters stand still until a test sets them. */
export class FakeCgroups implements WritableCgroupHost {
  /** Every change, in order: "mkdir /x", "write /x/cpu.max 10000 100000". */
  readonly changes: string[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly processes = new Map<number, FakeProcess>();
  private readonly plain = new Map<string, string>();

  constructor(readonly layout: Layout) {
    for (const { mount } of mounts[layout]) { this.groups.set(mount, { tasks: new Set(), files: new Map([['cgroup.subtree_control', '']]) }); }
  }

  get mounts(): readonly string[] { return mounts[this.layout].map(({ mount }) => mount); }

  /** A process in the root of every hierarchy. */
  start(pid: number, process: Partial<FakeProcess> = {}): void {
    this.processes.set(pid, { parent: 1, command: ['sleep', '60'], uid: 0, threads: 1, startTicks: pid * 10, cpuTicks: 0, state: 'S', contained: false, kernelThread: false, ...process });
    for (const mount of this.mounts) { for (const task of this.tasksOf(pid)) { this.groups.get(mount)?.tasks.add(task); } }
  }

  end(pid: number): void {
    for (const { tasks } of this.groups.values()) { for (const task of this.tasksOf(pid)) { tasks.delete(task); } }
    this.processes.delete(pid);
  }

  change(pid: number, process: Partial<FakeProcess>): void {
    const known = this.processes.get(pid);
    if (known !== undefined) { this.processes.set(pid, { ...known, ...process }); }
  }

  /** A file as it is from now on: a counter, or a plain file outside of every hierarchy. */
  set(path: string, text: string): void {
    const [dir, name] = split(path);
    const group = this.groups.get(dir);
    if (group === undefined) { this.plain.set(path, text); } else { group.files.set(name, text); }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- rejects rather than throws, as a real host
  async read(path: string): Promise<string> {
    const content = this.plain.get(path) ?? this.proc(path) ?? this.file(path);
    return content ?? fail('ENOENT', path);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async write(path: string, text: string): Promise<void> {
    this.changes.push(`write ${path} ${text}`);
    const [dir, name] = split(path);
    const group = this.groups.get(dir);
    if (group === undefined || this.file(path) === undefined) { fail('ENOENT', path); }
    if (name === 'cgroup.procs' || name === 'tasks') {
      this.move(dir, name, Number(text), path);
    } else if (name === 'cgroup.subtree_control') {
      group.files.set(name, text === '+cpu' ? 'cpu' : '');
    } else {
      this.limit(group, name, text, path);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async mkdir(path: string): Promise<void> {
    this.changes.push(`mkdir ${path}`);
    if (this.groups.has(path)) { fail('EEXIST', path); }
    if (!this.groups.has(split(path)[0])) { fail('ENOENT', path); }
    this.groups.set(path, { tasks: new Set(), files: new Map([['cgroup.subtree_control', '']]) });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async rmdir(path: string): Promise<void> {
    this.changes.push(`rmdir ${path}`);
    const group = this.groups.get(path) ?? fail('ENOENT', path);
    if (group.tasks.size > 0 || [...this.groups.keys()].some((other) => other.startsWith(`${path}/`))) { fail('EBUSY', path); }
    this.groups.delete(path);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async list(path: string): Promise<string[]> {
    if (path === '/proc') { return [...[...this.processes.keys()].map(String), 'cpuinfo', 'self']; }
    const pid = Number(/^\/proc\/(\d+)\/task$/.exec(path)?.[1] ?? NaN);
    if (this.processes.has(pid)) { return this.tasksOf(pid).map(String); }
    const below = [...this.groups.keys(), ...this.plain.keys()].filter((other) => other.startsWith(`${path}/`)).map((other) => other.slice(path.length + 1).split('/')[0] ?? '');
    if (below.length === 0 && !this.groups.has(path)) { fail('ENOENT', path); }
    return [...new Set([...below, ...this.groups.has(path) ? ['cgroup.procs', 'cpu.stat'] : []])];
  }

  isWritable(path: string): Promise<boolean> {
    return Promise.resolve(this.groups.has(path));
  }

  /** The group that a thread is in. */
  groupOf(mount: string, task: number): string | undefined {
    return [...this.groups].find(([dir, { tasks }]) => (dir === mount || dir.startsWith(`${mount}/`)) && tasks.has(task))?.[0];
  }

  private tasksOf(pid: number): number[] {
    return Array.from({ length: this.processes.get(pid)?.threads ?? 0 }, (_, index) => pid + index);
  }

  private proc(path: string): string | undefined {
    if (path === '/proc/self/mountinfo') { return mounts[this.layout].map(({ mount, controllers }) => `35 24 0:29 / ${mount} rw - ${controllers === '' ? 'cgroup2 cgroup2 rw' : `cgroup cgroup rw,${controllers}`}\n`).join(''); }
    const [, pidText = '', name = ''] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
    const pid = Number(pidText);
    const process = this.processes.get(pid);
    if (process === undefined) { return undefined; }
    switch (name) {
      case 'cgroup': return mounts[this.layout].map(({ mount, controllers }, index) => `${index}:${controllers}:${this.groupOf(mount, pid)?.slice(mount.length).replace(/^$/, '/') ?? '/'}\n`).join('');
      case 'cmdline': return process.command.map((argument) => `${argument}\0`).join('');
      case 'status': return `Name:\tx\nUid:\t${process.uid}\t${process.uid}\t${process.uid}\t${process.uid}\nNSpid:\t${pid}${process.contained ? '\t1' : ''}\nKthread:\t${process.kernelThread ? 1 : 0}\n`;
      case 'stat': return `${pid} (a ) b) ${process.state} ${process.parent} 1 1 0 -1 ${process.kernelThread ? 0x00200040 : 0x400000} 0 0 0 0 ${process.cpuTicks} 0 0 0 20 0 ${process.threads} 0 ${process.startTicks} 0\n`;
      default: return undefined;
    }
  }

  private file(path: string): string | undefined {
    const [dir, name] = split(path);
    const group = this.groups.get(dir);
    if (group === undefined) { return undefined; }
    switch (name) {
      case 'cgroup.procs': return [...this.processes.keys()].filter((pid) => this.tasksOf(pid).some((task) => group.tasks.has(task))).map((pid) => `${pid}\n`).join('');
      case 'tasks': return this.layout === 'v2' ? undefined : [...group.tasks].map((task) => `${task}\n`).join('');
      case 'cgroup.threads': return this.layout === 'v2' ? [...group.tasks].map((task) => `${task}\n`).join('') : undefined;
      case 'cgroup.controllers': return this.layout === 'v2' ? 'cpuset cpu memory pids\n' : undefined;
      case 'notify_on_release': return this.layout === 'v2' ? undefined : '0\n';
      case 'cgroup.subtree_control': return this.layout === 'v2' ? group.files.get(name) : undefined;
      default: return group.files.get(name) ?? this.fresh(dir, name);
    }
  }

  /** What a file of a new group says; undefined where it has none. */
  private fresh(dir: string, name: string): string | undefined {
    if (this.layout === 'v2') {
      const hasCpu = !this.mounts.includes(dir) && this.groups.get(split(dir)[0])?.files.get('cgroup.subtree_control') === 'cpu';
      return name === 'cpu.stat' ? 'usage_usec 0\n' : name === 'cpu.max' && hasCpu ? 'max 100000\n' : undefined;
    }
    const files: Readonly<Record<string, string>> = {
      ...dir.includes('cpuacct') ? { 'cpuacct.usage': '0\n' } : {},
      ...dir.startsWith('/sys/fs/cgroup/cpuacct') ? {} : { 'cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n', 'cpu.cfs_quota_us': '-1\n', 'cpu.cfs_period_us': '100000\n' },
    };
    return files[name];
  }

  private move(dir: string, name: string, id: number, path: string): void {
    const pid = [...this.processes.keys()].find((known) => this.tasksOf(known).includes(id)) ?? fail('ESRCH', path);
    const mount = this.mounts.find((root) => dir === root || dir.startsWith(`${root}/`)) ?? '';
    for (const task of name === 'tasks' ? [id] : this.tasksOf(pid)) {
      for (const [other, { tasks }] of this.groups) { if (other === mount || other.startsWith(`${mount}/`)) { tasks.delete(task); } }
      this.groups.get(dir)?.tasks.add(task);
    }
  }

  private limit(group: Group, name: string, text: string, path: string): void {
    const [quota = '', period = '100000'] = name === 'cpu.cfs_period_us' ? ['max', text] : text.split(' ');
    const isFine = (micros: string, most: number): boolean => Number(micros) >= 1_000 && Number(micros) <= most;
    if (!isFine(period, 1_000_000) || !(quota === 'max' || quota === '-1' || isFine(quota, 2 ** 44))) { fail('EINVAL', path); }
    group.files.set(name, name === 'cpu.max' ? `${quota} ${period}\n` : `${text}\n`);
  }
}

function split(path: string): [dir: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, at), path.slice(at + 1)];
}

function fail(code: string, path: string): never {
  throw Object.assign(new Error(`${code}: ${path}`), { code });
}
