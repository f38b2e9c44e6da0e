import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import type { CgroupHost } from '../cgroup/host';
import { Meter } from '../cgroup/meter';
import { GroupUsage } from '../cgroup/usage';
import type { Engines, KnownEngine } from '../engine/engines';

const setting = 'helloContainers.showUsage';
/** Milliseconds between two readings. */
const everyMillis = 2_000;

export interface UsageColumnInput {
  engines: Engines;
  host: CgroupHost;
  clock: Clock;
  /** The running containers whose rows can be seen now; none while the view is hidden. */
  seen(): Iterable<{ engine: KnownEngine; containerId: string }>;
  onChange(engine: KnownEngine, containerId: string): void;
}

/**
 * CPU and memory beside each running container, where the setting asks for it and this machine owns the control groups. Only what can be
 * seen is read; nothing is while the view is hidden.
 */
export class UsageColumn implements vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly meters = new Map<string, Meter>();
  private readonly usage: GroupUsage;
  private readonly subscriptions: readonly { dispose(): unknown }[];
  private timer: NodeJS.Timeout | undefined;
  private reading = false;

  constructor(private readonly input: UsageColumnInput) {
    this.usage = new GroupUsage(input.host, input.clock);
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration(setting)) { this.look(); } }),
      input.engines.onDidChangeContainers(({ change }) => {
        if (change.kind === 'changed' && change.before.state !== change.container.state) {
          this.usage.forget(change.container.id);
          this.look();
        } else if (change.kind === 'added') { this.look(); }
      }),
    ];
  }

  /** "3.1 % · 24 MiB"; undefined where nothing was read. */
  textOf(containerId: string): string | undefined { return this.texts.get(containerId); }

  /** What can be seen is other than before, or the setting. */
  look(): void {
    const on = vscode.workspace.getConfiguration().get(setting) === true;
    if (!on) { this.clear(); }
    if (on && this.timer === undefined && !this.reading) { void this.read(); }
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const shown = [...this.texts.keys()];
    this.texts.clear();
    this.meters.clear();
    for (const id of shown) { this.tell(id); }
  }

  private async read(): Promise<void> {
    this.reading = true;
    const seen = [...this.input.seen()];
    await Promise.all(seen.map(({ engine, containerId }) => this.readOne(engine, containerId)));
    this.reading = false;
    const ids = new Set(seen.map(({ containerId }) => containerId));
    // What cannot be seen is not told of; what can, has stopped or is paused.
    for (const id of this.texts.keys()) {
      if (ids.has(id)) { continue; }
      this.texts.delete(id);
      this.tell(id);
    }
    for (const id of this.meters.keys()) { if (!ids.has(id)) { this.meters.delete(id); } }
    this.usage.keepOnly(ids);
    // Nothing to see: the next look begins again.
    if (seen.length > 0 && vscode.workspace.getConfiguration().get(setting) === true) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.read();
      }, everyMillis);
    }
  }

  private async readOne(engine: KnownEngine, containerId: string): Promise<void> {
    const { state } = engine.connection;
    const reading = state.kind === 'connected' ? await this.usage.read(state.engine, containerId) : undefined;
    const meter = this.meters.get(containerId) ?? new Meter(everyMillis);
    this.meters.set(containerId, meter);
    const rate = reading === undefined ? undefined : meter.push(reading);
    const parts = [
      ...(rate === undefined ? [] : [`${(rate.cores * 100).toFixed(rate.cores < 0.0995 ? 1 : 0)} %`]),
      ...(reading?.memoryBytes === undefined ? [] : [`${(reading.memoryBytes / 1024 ** 2).toFixed(reading.memoryBytes < 10 * 1024 ** 2 ? 1 : 0)} MiB`]),
    ];
    const text = parts.join(' · ');
    if (text === (this.texts.get(containerId) ?? '')) { return; }
    if (text === '') { this.texts.delete(containerId); } else { this.texts.set(containerId, text); }
    this.input.onChange(engine, containerId);
  }

  private tell(containerId: string): void {
    const owner = this.input.engines.ownerOf(containerId);
    if (owner !== undefined) { this.input.onChange(owner.engine, containerId); }
  }
}
