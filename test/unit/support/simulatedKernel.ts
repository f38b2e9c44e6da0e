import type { CgroupHost } from '../../../src/cgroup/host';

/** A machine of cgroup v2 with one container, whose counters run with the real time. */
export class SimulatedKernel implements CgroupHost {
  /** How often the counters were read. */
  reads = 0;
  /** Moments at which they were read, in monotonic milliseconds. */
  readonly readAt: number[] = [];
  private usage = 0;
  private periods = 0;
  private since = performance.now();
  private cores = 1;
  private max = 'max 100000';
  private pid: number | undefined;

  constructor(private readonly containerId: string) { }

  /** A container's new life begins: a process, and counters at zero. */
  start(pid: number): void {
    [this.pid, this.usage, this.periods, this.since] = [pid, 0, 0, performance.now()];
  }

  /** The process ended, and its group is gone. */
  stop(): void {
    this.pid = undefined;
  }

  /** From now on so many cores are used. */
  use(cores: number): void {
    this.settle();
    this.cores = cores;
  }

  /** From now on a limit holds, and the program uses it up. */
  limit(cores: number | undefined): void {
    this.use(cores ?? 1);
    this.max = cores === undefined ? 'max 100000' : `${cores * 100_000} 100000`;
  }

  read(path: string): Promise<string> {
    const content = this.content(path);
    return content === undefined ? Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })) : Promise.resolve(content);
  }

  private content(path: string): string | undefined {
    if (path === '/proc/self/mountinfo') { return '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'; }
    if (this.pid === undefined) { return undefined; }
    const dir = `/system.slice/docker-${this.containerId}.scope`;
    switch (path) {
      case `/proc/${this.pid}/cgroup`: return `0::${dir}\n`;
      case `/sys/fs/cgroup${dir}/cpu.max`: return `${this.max}\n`;
      case `/sys/fs/cgroup${dir}/cpu.stat`:
        this.settle();
        this.reads += 1;
        this.readAt.push(performance.now());
        return `usage_usec ${Math.round(this.usage)}\nnr_periods ${Math.floor(this.periods)}\nnr_throttled ${Math.floor(this.periods)}\nthrottled_usec 0\n`;
      default: return undefined;
    }
  }

  private settle(): void {
    const now = performance.now();
    this.usage += (now - this.since) * 1_000 * this.cores;
    if (!this.max.startsWith('max')) { this.periods += (now - this.since) / 100; }
    this.since = now;
  }
}
