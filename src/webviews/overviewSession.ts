import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import type { CgroupHost } from '../cgroup/host';
import { Meter, type Reading } from '../cgroup/meter';
import { GroupUsage } from '../cgroup/usage';
import { type Container, isRunning } from '../engine/containers';
import type { Engine } from '../engine/engine';
import type { Engines, KnownEngine } from '../engine/engines';
import { keptSeconds, type OverviewContainer, type ToOverviewPage, type UsageSample } from './overviewProtocol';

export interface OverviewSessionInput {
  engines: Engines;
  host: CgroupHost;
  clock: Clock;
  log: Log;
  l10nBundle: Record<string, string> | undefined;
}

const everyMillis = 1_000;
/** Changes within this time reach the page as one: it is told all of them anew. Milliseconds. */
const togetherMillis = 300;
/** Stats streams at once: each costs an engine about as much as `docker stats` of one container. */
const maxStreams = 40;

const unknown: UsageSample = { cores: null, throttledShare: null, capCores: null, memoryBytes: null };

/** A container of the page, and how it is read. */
interface Watched {
  shown: OverviewContainer;
  known: KnownEngine;
  meter: Meter;
  /** Of its stats stream, where it is read by one. */
  stream: AbortController | undefined;
  latest: { reading: Reading; memoryBytes: number } | undefined;
}

/**
 * All running containers of the connected engines, read once a second while the page is seen: from the kernel's own files where this machine
 * has them, else from the engine's stats. Nothing is read while it is not seen.
 */
export class OverviewSession implements Disposable {
  private readonly watched = new Map<string, Watched>();
  private readonly usage: GroupUsage;
  private readonly subscriptions = new DisposableStore();
  private readonly published = new Emitter<ToOverviewPage>();
  private timer: NodeJS.Timeout | undefined;
  private due: NodeJS.Timeout | undefined;
  private visible = false;

  readonly onMessage = this.published.event;

  constructor(private readonly input: OverviewSessionInput) {
    const { engines, host, clock } = input;
    this.usage = new GroupUsage(host, clock);
    this.subscriptions.add(engines.onDidChangeEngines(() => this.syncSoon()));
    this.subscriptions.add(engines.onDidChangeState(() => this.syncSoon()));
    this.subscriptions.add(engines.onDidChangeContainers(({ change }) => {
      if (change.kind === 'changed' && change.before.state === change.container.state && change.before.name === change.container.name) { return; }
      // Its former life's files are gone.
      if (change.kind === 'changed' && change.before.state !== 'paused' && change.container.state === 'running') { this.restart(change.container.id); }
      this.syncSoon();
    }));
    this.sync();
  }

  get shownIds(): Iterable<string> { return this.watched.keys(); }

  snapshot(): ToOverviewPage {
    return { type: 'containers', containers: [...this.watched.values()].map(({ shown }) => shown), l10n: this.input.l10nBundle };
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) { return; }
    this.visible = visible;
    if (visible) {
      this.sync();
      void this.second();
    } else {
      clearTimeout(this.timer);
      for (const one of this.watched.values()) { stop(one); }
    }
  }

  dispose(): void {
    this.visible = false;
    this.published.dispose();
    this.subscriptions.dispose();
    clearTimeout(this.timer);
    clearTimeout(this.due);
    for (const one of this.watched.values()) { stop(one); }
  }

  private restart(containerId: string): void {
    this.usage.forget(containerId);
    const one = this.watched.get(containerId);
    if (one !== undefined) {
      stop(one);
      this.watched.delete(containerId);
    }
  }

  private syncSoon(): void {
    this.due ??= setTimeout(() => {
      this.due = undefined;
      if (this.visible) { this.sync(); }
    }, togetherMillis);
  }

  /** Brings who is watched into line with who runs. */
  private sync(): void {
    const running = new Map<string, { known: KnownEngine; container: Container }>();
    for (const known of this.input.engines.all) {
      if (known.connection.state.kind !== 'connected') { continue; }
      for (const container of known.connection.containers.containers) {
        if (isRunning(container)) { running.set(container.id, { known, container }); }
      }
    }
    for (const [id, one] of this.watched) {
      if (running.has(id)) { continue; }
      stop(one);
      this.watched.delete(id);
    }
    const several = this.input.engines.connected.length > 1;
    for (const [id, { known, container }] of running) {
      const { name, image, state } = container;
      const told = {
        id, name: plainText(name), image: plainText(image), engine: several ? known.name : '', cpus: known.facts?.cpus ?? 1,
        state: state === 'paused' ? 'paused' as const : 'running' as const,
      };
      const one = this.watched.get(id);
      if (one === undefined) {
        this.watched.set(id, { shown: { ...told, source: 'none', history: [] }, known, meter: new Meter(), stream: undefined, latest: undefined });
      } else {
        Object.assign(one.shown, told);
      }
    }
    this.usage.keepOnly(new Set(running.keys()));
    this.published.fire(this.snapshot());
  }

  private async second(): Promise<void> {
    const from = this.input.clock.monotonic();
    const samples: Record<string, UsageSample> = {};
    await Promise.all([...this.watched].map(async ([id, one]) => {
      const sample = await this.read(id, one);
      one.shown.history.push(sample);
      if (one.shown.history.length > keptSeconds) { one.shown.history.shift(); }
      samples[id] = sample;
    }));
    if (!this.visible) { return; }
    this.published.fire({ type: 'second', samples });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.second(), Math.max(0, everyMillis - (this.input.clock.monotonic() - from)));
  }

  private async read(id: string, one: Watched): Promise<UsageSample> {
    const { known: { connection } } = one;
    const { state } = connection;
    if (state.kind !== 'connected') { return unknown; }
    if (one.stream === undefined) {
      const reading = await this.usage.read(state.engine, id);
      if (reading !== undefined) {
        one.shown.source = 'cgroup';
        return sampleOf(one, reading, reading.memoryBytes, reading.capCores ?? null);
      }
    }
    const container = connection.containers.get(id);
    if (container === undefined) { return unknown; }
    this.openStream(id, one, state.engine);
    const { latest } = one;
    return latest === undefined ? unknown : sampleOf(one, latest.reading, latest.memoryBytes, container.cpuLimit?.cores ?? null);
  }

  private openStream(id: string, one: Watched, engine: Engine): void {
    if (one.stream !== undefined || [...this.watched.values()].filter(({ stream }) => stream !== undefined).length >= maxStreams) { return; }
    const { signal } = one.stream = new AbortController();
    one.shown.source = 'stats';
    const listen = async (): Promise<void> => {
      for await (const { readAt, memoryBytes, ...counters } of engine.containerStats(id, signal)) { one.latest = { reading: { ...counters, at: readAt }, memoryBytes }; }
    };
    listen().catch((error: unknown) => { if (!isAbort(error)) { this.input.log.info(`overview, ${id.slice(0, 12)}: ${messageOf(error)}`); } });
  }
}

function sampleOf({ meter, shown }: Watched, reading: Reading, memoryBytes: number | undefined, cap: number | null): UsageSample {
  const rate = meter.push(reading);
  // A limit that all CPUs together cannot reach is none.
  return { cores: rate?.cores ?? null, throttledShare: rate?.throttledShare ?? null, capCores: cap !== null && cap < shown.cpus ? cap : null, memoryBytes: memoryBytes ?? null };
}

function stop(one: Watched): void {
  one.stream?.abort();
  one.stream = one.latest = undefined;
}
