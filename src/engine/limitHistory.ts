import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { ContainerStore } from './containers';
import type { CpuLimit } from './cpuLimit';

/** A container's CPU limit changed. In cores; null for none, undefined where it was not known. */
export interface LimitChange {
  /** Milliseconds since the epoch, on our clock. */
  at: number;
  before: number | null | undefined;
  after: number | null;
}

/** Changes that are kept of one container. */
const kept = 100;

/**
 * When limits changed, since we are connected: so that a chart opened later still shows the cause. Costs nothing but a listener:
 * the changes come with the engine's events.
 */
export class LimitHistory implements Disposable {
  private readonly changes = new Map<string, LimitChange[]>();
  private readonly subscription: Disposable;
  /** Since when every change would have been seen. Milliseconds since the epoch. */
  private since: number;

  constructor(store: ContainerStore, clock: Clock) {
    this.since = clock.now();
    this.subscription = store.onDidChange((change) => {
      if (change.kind === 'reset') {
        // There was a gap: what was known may be out of date.
        this.changes.clear();
        this.since = clock.now();
      } else if (change.kind === 'removed') {
        this.changes.delete(change.container.id);
      } else if (change.kind === 'changed') {
        const [before, after] = [cores(change.before.cpuLimit), cores(change.container.cpuLimit)];
        if (before === after || after === undefined) { return; }
        const list = this.changes.get(change.container.id) ?? [];
        list.push({ at: clock.now(), before, after });
        this.changes.set(change.container.id, list.slice(-kept));
      }
    });
  }

  /** Since when every change was seen, and the changes. */
  of(containerId: string): { since: number; changes: readonly LimitChange[] } {
    return { since: this.since, changes: this.changes.get(containerId) ?? [] };
  }

  dispose(): void {
    this.subscription.dispose();
    this.changes.clear();
  }
}

function cores(limit: CpuLimit | null | undefined): number | null | undefined {
  return limit === null || limit === undefined ? limit : limit.cores;
}
