import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { Slots } from '../base/slots';
import { type CpuLimit, cpuLimitOf } from './cpuLimit';
import type { ContainerSummary, Engine, EngineEvent } from './engine';
import { NotFound } from './errors';

/** A container as the view knows it. */
export interface Container extends ContainerSummary {
  /** null: none. undefined: not looked at yet. */
  cpuLimit: CpuLimit | null | undefined;
}

/** Whether it has processes: those of a paused one only stand still. */
export function isRunning({ state }: Pick<ContainerSummary, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}

/** What changed. After a reset everything may have. */
export type ContainerChange =
  | { kind: 'reset' }
  | { kind: 'added' | 'removed'; container: Container }
  | { kind: 'changed'; container: Container; before: Container };

/** Actions after which a container looks as before. Health checks alone would make thousands of them an hour. */
const uninteresting = /^(exec_|top|attach|detach|resize|archive-path|extract-to-dir|copy|export|commit)/;

/** Containers that are asked for one by one at most. When more wait, the whole list is asked for instead, once it is calmer. */
const mostAsked = 1_000;
/** Before the list is asked for again, in milliseconds. */
const calmMillis = 1_000;

/** Questions under way at once: one takes some milliseconds of the engine's time, and a storm of events is to leave it some. */
const askedAtOnce = 4;

/**
 * The engine's containers, kept right by one list and the event stream: after an event only its container is asked for, unless the
 * event says all that there is to know.
 * What it costs depends on what happened, not on how many containers there are.
 */
export class ContainerStore implements Disposable {
  private readonly byId = new Map<string, Container>();
  private readonly changed = new Emitter<ContainerChange>();
  private engine: Engine | undefined;
  /** Containers that are being asked for, and what happened to them meanwhile. */
  private readonly asking = new Map<string, 'nothing' | 'change' | 'removal'>();
  private readonly slots = new Slots(askedAtOnce);
  /** The wait before the whole list is asked for again: more happened than was asked for. */
  private again: NodeJS.Timeout | undefined;
  /** Containers that events told of while the list was on its way: it may be older than they are. */
  private meanwhile: Set<string> | undefined;

  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Log) { }

  get containers(): Iterable<Container> { return this.byId.values(); }
  get size(): number { return this.byId.size; }

  get(id: string): Container | undefined {
    return this.byId.get(id);
  }

  /**
   * Takes the engine's list. Its events must already be coming in (`accept`), so that nothing falls between the two.
   * @throws EngineError, EngineUnreachable
   */
  async load(engine: Engine): Promise<void> {
    this.engine = engine;
    const meanwhile = this.meanwhile = new Set<string>();
    const list = await engine.listContainers();
    if (this.engine !== engine) { return; }
    this.meanwhile = undefined;
    this.byId.clear();
    for (const summary of list) { this.byId.set(summary.id, { ...summary, cpuLimit: undefined }); }
    this.changed.fire({ kind: 'reset' });
    for (const id of meanwhile) { void this.refresh(id); }
    // The list does not say limits. Only what runs has one that matters now.
    void this.readLimits(engine, list.filter(isRunning).map(({ id }) => id));
  }

  /** Forgets everything: there is no engine. */
  clear(): void {
    this.engine = this.meanwhile = undefined;
    this.asking.clear();
    clearTimeout(this.again);
    this.again = undefined;
    if (this.byId.size === 0) { return; }
    this.byId.clear();
    this.changed.fire({ kind: 'reset' });
  }

  /** An event of the engine. */
  accept(event: EngineEvent): void {
    if (event.type !== 'container' || event.id === '' || uninteresting.test(event.action)) { return; }
    if (this.meanwhile !== undefined) {
      if (this.meanwhile.size < mostAsked) { this.meanwhile.add(event.id); } else { this.loadAgain(); }
    } else if (event.action === 'destroy' || event.action === 'remove') {
      // An answer that is under way may be older.
      if (this.asking.has(event.id)) { this.asking.set(event.id, 'removal'); }
      this.delete(event.id);
    } else if (!this.takeFrom(event)) {
      void this.refresh(event.id);
    }
  }

  /** What an event says by itself needs no question, or need not wait for its answer. @returns whether there is nothing left to ask */
  private takeFrom({ action, id, attributes: { name } }: EngineEvent): boolean {
    const known = this.byId.get(id);
    // Which of the two is newer, an answer that is under way or the event, nobody can say.
    if (known === undefined || this.asking.has(id)) { return false; }
    if (action === 'rename' && name !== undefined && name !== '') {
      this.put({ ...known, name }, known);
      return true;
    }
    if (action === 'pause') { this.put({ ...known, state: 'paused' }, known); }
    if (action === 'unpause') { this.put({ ...known, state: 'running' }, known); }
    return false;
  }

  /** Asks the engine for one container again. */
  async refresh(id: string): Promise<void> {
    const { engine } = this;
    if (engine === undefined) { return; }
    const under = this.asking.get(id);
    if (under !== undefined) {
      if (under === 'nothing') { this.asking.set(id, 'change'); }
      return;
    }
    if (this.asking.size >= mostAsked) {
      this.loadAgain();
      return;
    }
    this.asking.set(id, 'nothing');
    try {
      await this.slots.use(async () => {
        if (this.engine !== engine) { return; }
        do {
          // What happened before we asked is in the answer.
          this.asking.set(id, 'nothing');
          await this.ask(engine, id);
        } while (this.engine === engine && this.asking.get(id) === 'change');
      });
    } catch (error) {
      // The connection tells of its own loss; what is left here is one container that could not be read.
      this.log.warn(`container ${id.slice(0, 12)} could not be read: ${messageOf(error)}`);
    } finally {
      if (this.engine === engine) { this.asking.delete(id); }
    }
  }

  private loadAgain(): void {
    const { engine } = this;
    if (engine === undefined) { return; }
    this.again ??= setTimeout(() => {
      this.again = undefined;
      // What is still asked one by one is in the list, too.
      if (this.meanwhile !== undefined || this.asking.size >= mostAsked) {
        this.loadAgain();
      } else {
        this.load(engine).catch((error: unknown) => this.log.warn(`the list of containers could not be read again: ${messageOf(error)}`));
      }
    }, calmMillis);
  }

  /** Reads the limit of a container that was not looked at yet (one that does not run). */
  async readLimit(id: string): Promise<CpuLimit | null | undefined> {
    const known = this.byId.get(id);
    if (known === undefined || known.cpuLimit !== undefined || this.engine === undefined) { return known?.cpuLimit; }
    await this.readLimits(this.engine, [id]);
    return this.byId.get(id)?.cpuLimit;
  }

  dispose(): void {
    this.clear();
    this.changed.dispose();
  }

  private async ask(engine: Engine, id: string): Promise<void> {
    // One after the other: Docker tells of a pause (and more) before its list has it. It holds the container's lock until then,
    // and only an inspection waits for that lock.
    const limit = await limitOf(engine, id);
    const list = await engine.listContainers({ id });
    if (this.engine !== engine || this.asking.get(id) === 'removal') { return; }
    // The filter matches the beginning of an id.
    const summary = list.find((row) => row.id === id);
    if (summary === undefined) {
      this.delete(id);
      return;
    }
    const known = this.byId.get(id);
    this.put({ ...summary, cpuLimit: limit }, known);
  }

  private put(container: Container, known: Container | undefined): void {
    this.byId.set(container.id, container);
    if (known === undefined) {
      this.changed.fire({ kind: 'added', container });
    } else if (JSON.stringify(known) !== JSON.stringify(container)) {
      this.changed.fire({ kind: 'changed', container, before: known });
    }
  }

  private async readLimits(engine: Engine, ids: readonly string[]): Promise<void> {
    // Of their own: what events ask does not wait behind them.
    const slots = new Slots(askedAtOnce);
    await Promise.all(ids.map((id) => slots.use(async () => {
      if (this.engine !== engine) { return; }
      try {
        const cpuLimit = await limitOf(engine, id);
        const known = this.byId.get(id);
        // An event may have brought a newer answer meanwhile.
        if (known === undefined || known.cpuLimit !== undefined || this.engine !== engine) { return; }
        const container = { ...known, cpuLimit };
        this.byId.set(id, container);
        if (cpuLimit !== null) { this.changed.fire({ kind: 'changed', container, before: known }); }
      } catch (error) {
        this.log.debug(`limit of container ${id.slice(0, 12)} could not be read: ${messageOf(error)}`);
      }
    })));
  }

  private delete(id: string): void {
    const container = this.byId.get(id);
    if (container === undefined) { return; }
    this.byId.delete(id);
    this.changed.fire({ kind: 'removed', container });
  }
}

async function limitOf(engine: Engine, id: string): Promise<CpuLimit | null> {
  try {
    return await cpuLimitOf(engine, id) ?? null;
  } catch (error) {
    if (error instanceof NotFound) { return null; }
    throw error;
  }
}
