import { open, readlink, stat } from 'node:fs/promises';
import { Emitter } from '../base/emitter';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { readGroup } from '../cgroup/containerCounters';
import { coresOf } from '../cgroup/cpu';
import { type CpuGroup, cpuGroupOf } from '../cgroup/hierarchy';
import type { CgroupHost } from '../cgroup/host';
import { Meter } from '../cgroup/meter';
import { readProcess } from '../cgroup/processes';
import { parseWorkRate } from '../lesson/workRate';
import { LiveHistory } from './liveHistory';
import { limitLabel } from './liveSession';
import type { LiveContainerState, ToLivePage } from './protocol';

export interface ProcessSessionInput {
  host: CgroupHost;
  pid: number;
  /** What the page calls it. */
  name: string;
  machineCpus: number;
  /** How often to look while the page is seen, in milliseconds; five times a second when it is left out. */
  lookMillis?: number;
  /** What the process prints, for one whose output is no file of this machine. */
  output?(signal: AbortSignal): Promise<AsyncIterable<string> | undefined>;
  clock: Clock;
  l10nBundle: Record<string, string> | undefined;
}

const seenMillis = 200;
const hiddenMillis = 1_000;

/**
 * Watches one process for one page, as LiveSession watches a container: counters and cap of the group that it is in at the moment, and
 * the rates that it prints into a file. While it is alone in no group of its own, the numbers are those of the whole group.
 */
export class ProcessSession implements Disposable {
  private readonly history = new LiveHistory(limitLabel);
  private readonly published = new Emitter<ToLivePage>();
  private meter = new Meter();
  private group: CpuGroup | undefined;
  private state: LiveContainerState = 'running';
  private timer: NodeJS.Timeout | undefined;
  private reading = false;
  private output: { path: string; at: number; rest: string } | undefined;
  private readonly closed = new AbortController();

  readonly onMessage = this.published.event;

  constructor(private readonly input: ProcessSessionInput) {
    this.setVisible(true);
    if (input.output !== undefined) { void this.follow(input.output).catch(() => { /* Without its lines there are no rates. */ }); }
  }

  /** What the learner expects of the rate at 10 %, in calculations per second. */
  setGuess(perSecond: number): void {
    this.history.guess = perSecond;
    this.published.fire({ type: 'samples', samples: [], figures: this.history.figures() });
  }

  /** Everything, for a page that begins. */
  snapshot(): ToLivePage {
    const { samples, rates, markers } = this.history;
    const { name, machineCpus, l10nBundle } = this.input;
    return { type: 'init', name, image: this.group?.dir ?? '', machineCpus, source: 'cgroup', state: this.state, samples, rates, markers, figures: this.history.figures(), l10n: l10nBundle };
  }

  setVisible(visible: boolean): void {
    clearInterval(this.timer);
    if (this.state === 'removed') { return; }
    this.timer = setInterval(() => void this.tick(), visible ? this.input.lookMillis ?? seenMillis : Math.max(hiddenMillis, this.input.lookMillis ?? 0));
  }

  dispose(): void {
    clearInterval(this.timer);
    this.closed.abort();
    this.state = 'removed';
    this.published.dispose();
  }

  private async tick(): Promise<void> {
    if (this.reading) { return; }
    this.reading = true;
    try {
      await this.readCounters();
      await this.readOutput();
    } catch {
      if (await readProcess(this.input.host, this.input.pid) === undefined) { this.end(); }
    } finally {
      this.reading = false;
    }
  }

  private async readCounters(): Promise<void> {
    const { host, pid, clock } = this.input;
    const group = await cpuGroupOf(host, pid);
    if (group === undefined || await readProcess(host, pid) === undefined) {
      this.end();
      return;
    }
    // In another group other counters go on: the curve has a gap there.
    if (group.dir !== this.group?.dir) {
      this.group = group;
      this.meter = new Meter();
      const gap = this.history.addGap(clock.now());
      if (gap !== undefined) { this.published.fire({ type: 'samples', samples: [gap], figures: this.history.figures() }); }
      this.published.fire(this.snapshot());
    }
    const at = clock.monotonic();
    const { counters, max } = await readGroup(host, group);
    const wall = clock.now();
    const capCores = max === undefined || max === null ? null : coresOf(max);
    const marker = this.history.noteCap(wall, capCores);
    if (marker !== undefined) { this.published.fire({ type: 'marker', marker, figures: this.history.figures() }); }
    const reading = { ...counters, at };
    const rate = this.meter.push(reading);
    const sample = { at: wall, cores: rate?.cores ?? null, throttledShare: rate?.throttledShare ?? null, capCores };
    this.history.addSample(sample, reading);
    this.published.fire({ type: 'samples', samples: [sample], figures: this.history.figures() });
  }

  /** What is new in the file that the program writes to; where that is none (a terminal), there are no rates. */
  private async readOutput(): Promise<void> {
    if (this.input.output !== undefined) { return; }
    this.output ??= await this.findOutput();
    if (this.output === undefined) { return; }
    const { path, at, rest } = this.output;
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64 * 1024), position: at });
      if (bytesRead === 0) { return; }
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.output = { path, at: at + bytesRead, rest: lines.pop() ?? '' };
      this.addRates(lines);
    } finally {
      await file.close();
    }
  }

  private async follow(output: NonNullable<ProcessSessionInput['output']>): Promise<void> {
    for await (const line of await output(this.closed.signal) ?? []) { this.addRates([line]); }
  }

  private addRates(lines: readonly string[]): void {
    const now = this.input.clock.now();
    const rates = this.history.addRates(lines.map(parseWorkRate).filter((rate) => rate !== undefined).slice(-1).map((perSecond) => ({ at: now, perSecond })));
    if (rates.length > 0) { this.published.fire({ type: 'rates', rates, figures: this.history.figures() }); }
  }

  private async findOutput(): Promise<ProcessSession['output']> {
    try {
      const path = await readlink(`/proc/${this.input.pid}/fd/1`);
      const { size } = await stat(path);
      // Its past has no times: what is printed from now on counts.
      return path.startsWith('/dev/') ? undefined : { path, at: size, rest: '' };
    } catch {
      return undefined;
    }
  }

  private end(): void {
    clearInterval(this.timer);
    if (this.state === 'stopped' || this.state === 'removed') { return; }
    this.state = 'stopped';
    this.published.fire({ type: 'state', state: 'stopped' });
  }
}
