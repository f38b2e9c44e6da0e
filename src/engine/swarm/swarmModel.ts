import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import type { SwarmApi, SwarmNode, SwarmService, SwarmState, SwarmTask } from './swarm';

/** When a manager is asked. Milliseconds. */
export interface Pace {
  /** Between two readings, however many events come. */
  apart: number;
  /** From a reading that shows something under way to the next; doubled while nothing changes, up to `slowest`. */
  first: number;
  slowest: number;
  /** After an event tasks may not be made yet: so long it counts as something under way. */
  settle: number;
  /** What is under way and has not changed for so long is left until the next event: a task that no node can take waits for ever. */
  patience: number;
}

export const usualPace: Pace = { apart: 250, first: 400, slowest: 5_000, settle: 2_000, patience: 300_000 };

/** States that a task does not leave. */
const ended: ReadonlySet<string> = new Set(['complete', 'shutdown', 'failed', 'rejected', 'orphaned', 'remove']);

export function hasEnded({ state }: SwarmTask): boolean {
  return ended.has(state);
}

/** The tasks of a service as "docker service ps" lists them: by slot (or node), the newest first. */
export function tasksOf({ tasks, nodes }: SwarmState, serviceId: string): SwarmTask[] {
  const hostname = new Map(nodes.map((node) => [node.id, node.hostname]));
  const place = ({ slot, nodeId }: SwarmTask): string => slot === 0 ? hostname.get(nodeId) ?? nodeId : '';
  return tasks.filter((task) => task.serviceId === serviceId)
    .sort((a, b) => a.slot - b.slot || place(a).localeCompare(place(b)) || b.createdAt - a.createdAt);
}

/** How many of a service's tasks are there as the swarm wants them. A task on a node that is down counts as long as no other was started for it. */
export function runningOf({ tasks }: SwarmState, serviceId: string): number {
  return tasks.filter((task) => task.serviceId === serviceId && task.state === 'running' && task.desiredState === 'running').length;
}

/** Whether the swarm is still on the way to what is wanted of it. */
export function isConverging(state: SwarmState): boolean {
  const ready = new Map<string, boolean>(state.nodes.map((node) => [node.id, node.state === 'ready']));
  return state.services.some((service) => isServiceConverging(state, service)) || state.tasks.some((task) => {
    // Of a node that is not heard from nothing changes: its tasks stay "running", wanted "shutdown", for a day.
    if (ready.get(task.nodeId) === false) { return false; }
    // A task to be removed goes from the list some seconds after it has ended, and no event tells of it.
    return task.desiredState === 'remove' || (!hasEnded(task) && task.state !== task.desiredState);
  });
}

function isServiceConverging(state: SwarmState, { id, replicas, update }: SwarmService): boolean {
  return update.state === 'updating' || update.state === 'rollback_started' || (replicas !== undefined && runningOf(state, id) !== replicas);
}

/** A task that ended by itself and the one that took its place. */
export interface Healing {
  failed: SwarmTask;
  replacement: SwarmTask;
  /** From the end of the one to the running of the other: their nodes' clocks. */
  millis: number;
}

/** The newest task of a service whose container failed and that another runs in the place of; undefined when there is none. */
export function healingOf(state: SwarmState, serviceId: string): Healing | undefined {
  const tasks = tasksOf(state, serviceId);
  return tasks.flatMap((failed) => {
    const replacement = failed.state !== 'failed' ? undefined
      : tasks.filter(({ slot, createdAt }) => slot === failed.slot && createdAt > failed.createdAt).find(({ state: now }) => now === 'running');
    return replacement === undefined ? [] : [{ failed, replacement, millis: Math.max(0, replacement.stateSince - failed.stateSince) }];
  }).sort((a, b) => b.failed.stateSince - a.failed.stateSince)[0];
}

/**
 * A swarm as one of its managers tells it, live. Docker has events for services and nodes but none for tasks: so after an event that
 * may concern tasks all is read anew, and again while something is under way. When all is as it is wanted nothing is asked.
 */
export class SwarmModel implements Disposable {
  private readonly changed = new Emitter<undefined>();
  private current: SwarmState | undefined;
  private failure: unknown;
  private text = '';
  private reading = false;
  private timer: { handle: NodeJS.Timeout; due: number } | undefined;
  private readAt = -Infinity;
  private eventAt = -Infinity;
  private changedAt = -Infinity;
  private wait: number;
  private disposed = false;
  private watching = false;

  /** What is known is another, or it cannot be read (any more). */
  readonly onDidChange = this.changed.event;

  /** @param isUnheard whether a node's containers tell us nothing: their tasks end and begin without any event that we get */
  constructor(private readonly api: SwarmApi, private readonly isUnheard: (node: SwarmNode) => boolean = () => false, private readonly pace: Pace = usualPace) {
    this.wait = pace.first;
    this.soon();
  }

  /** As read last; undefined before the first time. */
  get state(): SwarmState | undefined { return this.current; }
  /** Why it could not be read the last time. */
  get problem(): unknown { return this.failure; }

  /** Whether somebody looks. Then what no event tells is looked for every few seconds. */
  set watched(watching: boolean) {
    if (watching === this.watching) { return; }
    this.watching = watching;
    if (watching) { this.soon(); }
  }

  /** Something happened. */
  soon(): void {
    this.eventAt = performance.now();
    this.wait = this.pace.first;
    this.schedule(0);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer?.handle);
    this.changed.dispose();
  }

  private schedule(millis: number): void {
    if (this.disposed || this.reading) { return; }
    const now = performance.now();
    const due = Math.max(now + millis, this.readAt + this.pace.apart);
    if (this.timer !== undefined && this.timer.due <= due) { return; }
    clearTimeout(this.timer?.handle);
    this.timer = { due, handle: setTimeout(() => void this.read(), due - now) };
  }

  private async read(): Promise<void> {
    this.timer = undefined;
    this.reading = true;
    const begun = this.readAt = performance.now();
    try {
      this.take(await this.api.state(), undefined);
    } catch (error) {
      this.take(this.current, error);
    }
    this.reading = false;
    // What happened while we asked may not be in the answer.
    if (this.eventAt > begun) { this.schedule(0); } else { this.goOn(); }
  }

  private take(state: SwarmState | undefined, failure: unknown): void {
    if (this.disposed) { return; }
    const text = JSON.stringify([state, failure instanceof Error ? failure.message : failure]);
    this.current = state;
    this.failure = failure;
    if (text === this.text) { return; }
    this.text = text;
    this.changedAt = performance.now();
    this.wait = this.pace.first;
    this.changed.fire(undefined);
  }

  private goOn(): void {
    const now = performance.now();
    const { apart, slowest, settle, patience } = this.pace;
    const patient = now - Math.max(this.changedAt, this.eventAt) < patience;
    // A restarted manager refuses until the managers have a leader again, and tells nobody when they have.
    const underWay = this.failure !== undefined || now - this.eventAt < settle || (patient && this.current !== undefined && isConverging(this.current));
    if (underWay) {
      this.schedule(Math.max(apart, this.wait));
      this.wait = Math.min(slowest, this.wait * 2);
    } else if (this.watching && this.current?.nodes.some((node) => node.state === 'ready' && this.isUnheard(node))) {
      this.schedule(slowest);
    }
  }
}
