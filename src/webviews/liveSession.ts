import * as l10n from '@vscode/l10n';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { isAbort, messageOf } from '../base/errors';
import { inPercent } from '../base/inPercent';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import { sleep } from '../base/sleep';
import { type ContainerReading, findContainerGroup, readGroupOnTicks, readStats } from '../cgroup/containerCounters';
import type { CgroupHost } from '../cgroup/host';
import { Meter } from '../cgroup/meter';
import type { EngineConnection } from '../engine/connection';
import { endpointAddress } from '../engine/endpoint';
import type { Engine, OutputChunk } from '../engine/engine';
import { EngineClock } from '../engine/engineClock';
import type { LimitHistory } from '../engine/limitHistory';
import { readLines } from '../engine/ndjson';
import { parseWorkRate } from '../lesson/workRate';
import { LiveHistory } from './liveHistory';
import type { LiveContainerState, LiveFigures, ToLivePage } from './protocol';

export interface LiveSessionInput {
  connection: EngineConnection;
  limits: LimitHistory;
  containerId: string;
  host: CgroupHost;
  clock: Clock;
  log: Log;
  /** The extension's translations, handed to the page. */
  l10nBundle: Record<string, string> | undefined;
}

/** While the page is seen, and while it is open behind another. Milliseconds between two readings. */
const seenMillis = 200;
const hiddenMillis = 1_000;
/** Lines of the log that are read when the page opens: ten minutes of a program that prints one a second. */
const tailLines = 600;
/** Lines of output longer than this are no rates; the stream of such a program is given up. */
const maxLineChars = 1024 * 1024;

/**
 * Watches one container for one page: counters, the program's rates, changes of the limit. Lives as long as the page is open,
 * over stops, restarts and lost connections; without a page nothing is read.
 */
export class LiveSession implements Disposable {
  private readonly history: LiveHistory;
  private readonly subscriptions = new DisposableStore();
  private readonly published = new Emitter<ToLivePage>();
  /** The readings that run now; undefined while the container does not. */
  private feed: AbortController | undefined;
  private source: 'cgroup' | 'stats' = 'stats';
  private machineCpus = 1;
  private name = '';
  private image = '';
  private state: LiveContainerState = 'disconnected';
  private tickMillis = seenMillis;
  /** Of the container's engine. */
  private address: string | undefined;

  /** What the page must know; to be posted as it is. */
  readonly onMessage = this.published.event;

  constructor(private readonly input: LiveSessionInput) {
    const { connection, containerId } = input;
    this.history = new LiveHistory(limitLabel);
    this.noteKnownLimits();
    this.subscriptions.add(connection.onDidChangeState(() => this.sync()));
    this.subscriptions.add(connection.containers.onDidChange((change) => {
      if (change.kind === 'reset' || change.container.id === containerId) { this.sync(); }
    }));
    this.subscriptions.add(connection.onEvent(({ type, action, id }) => {
      // A restart may be over before anybody asked: the files that were open belong to the container's former life.
      if (type === 'container' && id === containerId && action === 'start') {
        this.stopFeed();
        this.sync();
      }
    }));
    this.sync();
  }

  /** What the learner expects of the rate at 10 %, in calculations per second. */
  setGuess(perSecond: number): void {
    this.history.guess = perSecond;
    this.published.fire({ type: 'samples', samples: [], figures: this.figures() });
  }

  /** Everything, for a page that begins. */
  snapshot(): ToLivePage {
    const { samples, rates, markers } = this.history;
    return {
      type: 'init', name: this.name, image: this.image, machineCpus: this.machineCpus, source: this.source, state: this.state,
      samples, rates, markers, figures: this.figures(), l10n: this.input.l10nBundle,
    };
  }

  figures(): LiveFigures {
    return this.history.figures();
  }

  /** Reads less often while nobody looks; the history goes on. */
  setVisible(visible: boolean): void {
    this.tickMillis = visible ? seenMillis : hiddenMillis;
  }

  dispose(): void {
    // Nobody hears of the end: the page is gone already.
    this.published.dispose();
    this.subscriptions.dispose();
    this.stopFeed();
  }

  /** Brings what is read into line with what the engine says. */
  private sync(): void {
    const { connection, containerId, clock } = this.input;
    const container = connection.containers.get(containerId);
    const { state: now } = connection;
    if (now.kind === 'connected') { this.address ??= endpointAddress(now.candidate.endpoint); }
    // On another engine the container is not gone, it is out of sight.
    const connected = now.kind === 'connected' && endpointAddress(now.candidate.endpoint) === this.address;
    if (container !== undefined) { [this.name, this.image] = [plainText(container.name), plainText(container.image)]; }
    const state: LiveContainerState = !connected ? 'disconnected'
      : container === undefined ? 'removed'
        : container.state === 'running' || container.state === 'paused' ? container.state : 'stopped';
    if (state !== this.state) {
      this.state = state;
      this.published.fire({ type: 'state', state });
    }
    // Where the kernel's own file is read, it alone says when the limit changed: two witnesses would see it at two times.
    if (this.feed === undefined || this.source === 'stats') {
      const limit = container?.cpuLimit;
      if (limit !== undefined) { this.noteCap(clock.now(), limit?.cores ?? null); }
    }
    if (now.kind === 'connected' && (state === 'running' || state === 'paused')) {
      if (this.feed === undefined) { void this.startFeed(now.engine); }
    } else {
      this.stopFeed();
    }
  }

  private noteKnownLimits(): void {
    const { limits, connection, containerId } = this.input;
    const { since, changes } = limits.of(containerId);
    const first = changes[0];
    const now = connection.containers.get(containerId)?.cpuLimit;
    const atFirst = first === undefined ? (now === undefined ? undefined : now?.cores ?? null) : first.before;
    if (atFirst !== undefined) { this.history.noteCap(since, atFirst); }
    for (const { at, after } of changes) { this.history.noteCap(at, after); }
  }

  private noteCap(at: number, capCores: number | null): void {
    const marker = this.history.noteCap(at, capCores);
    if (marker !== undefined) { this.published.fire({ type: 'marker', marker, figures: this.figures() }); }
  }

  private stopFeed(): void {
    if (this.feed === undefined) { return; }
    this.feed.abort();
    this.feed = undefined;
    const gap = this.history.addGap(this.input.clock.now());
    if (gap !== undefined) { this.published.fire({ type: 'samples', samples: [gap], figures: this.figures() }); }
  }

  private async startFeed(engine: Engine): Promise<void> {
    const feed = this.feed = new AbortController();
    const { signal } = feed;
    const { clock, containerId, log } = this.input;
    const tell = (error: unknown): void => {
      if (!signal.aborted && !isAbort(error)) { log.info(`live page of ${containerId.slice(0, 12)}: ${messageOf(error)}`); }
    };
    try {
      const [facts, details] = await Promise.all([engine.facts(signal), engine.inspectContainer(containerId)]);
      signal.throwIfAborted();
      this.machineCpus = facts.cpus;
      const readings = await this.readings(engine, details.pid, signal);
      signal.throwIfAborted();
      // What the page shows of a source is in its first message.
      this.published.fire(this.snapshot());
      // A log that cannot be read (its driver keeps none, a line without end) costs the rates, not the CPU.
      void this.listen(engine, details.tty, new EngineClock(() => clock.now(), facts.clockOffsetMillis), signal).catch(tell);
      await this.count(readings, signal);
    } catch (error) {
      tell(error);
    } finally {
      // The container's end; the engine's event, or its return, begins the next feed.
      if (this.feed === feed) { this.stopFeed(); }
    }
  }

  private async readings(engine: Engine, pid: number, signal: AbortSignal): Promise<AsyncIterable<ContainerReading>> {
    const { host, containerId, clock } = this.input;
    const local = engine.endpoint.kind === 'unix' ? await findContainerGroup(host, containerId, pid) : undefined;
    this.source = local === undefined ? 'stats' : 'cgroup';
    return local === undefined ? readStats(engine, containerId, signal) : readGroupOnTicks(host, local, this.ticks(signal), clock);
  }

  /** At moments that all pages share: ten pages wake the process up as often as one does. */
  private async *ticks(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      yield;
      const every = this.tickMillis;
      const left = every - this.input.clock.monotonic() % every;
      // A timer may be early by a little: that moment is over, too.
      await sleep(left < every / 4 ? left + every : left, signal);
    }
  }

  private async count(readings: AsyncIterable<ContainerReading>, signal: AbortSignal): Promise<void> {
    const meter = new Meter();
    for await (const reading of readings) {
      if (signal.aborted) { return; }
      // A limit that all CPUs together cannot reach is none: so does setCpuLimit lift one that was made with --cpus.
      const capCores = (reading.capCores ?? 0) >= this.machineCpus ? null : reading.capCores;
      if (capCores !== undefined) { this.noteCap(reading.wallMillis, capCores); }
      const rate = meter.push(reading);
      const sample = { at: reading.wallMillis, cores: rate?.cores ?? null, throttledShare: rate?.throttledShare ?? null, capCores: this.history.capCores ?? null };
      this.history.addSample(sample, reading);
      this.published.fire({ type: 'samples', samples: [sample], figures: this.figures() });
    }
  }

  private async listen(engine: Engine, tty: boolean, engineClock: EngineClock, signal: AbortSignal): Promise<void> {
    const output = await engine.containerLogs(this.input.containerId, { follow: true, tail: tailLines, timestamps: true, tty }, signal);
    let batch: { at: number; perSecond: number }[] = [];
    const flush = (): void => {
      const rates = this.history.addRates(batch);
      batch = [];
      if (rates.length > 0) { this.published.fire({ type: 'rates', rates, figures: this.figures() }); }
    };
    for await (const line of readLines(stdoutOf(output), maxLineChars)) {
      const space = line.indexOf(' ');
      const perSecond = parseWorkRate(line.slice(space + 1));
      const written = Date.parse(line.slice(0, space));
      if (perSecond === undefined || Number.isNaN(written)) { continue; }
      const at = engineClock.toOurs(written);
      // Lines that came together are told together: the ten minutes at the start are one message.
      if (batch.length === 0) { setImmediate(flush); }
      batch.push({ at, perSecond });
    }
  }
}

async function* stdoutOf(chunks: AsyncIterable<OutputChunk>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { stream, data } of chunks) { if (stream === 'stdout') { yield data; } }
}

/** A limit in words: "10 % of a core". */
export function limitLabel(capCores: number | null): string {
  return capCores === null ? l10n.t('no limit') : l10n.t('{0} % of a core', inPercent(capCores));
}
