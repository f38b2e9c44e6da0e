import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import { messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { type ConnectionState, EngineConnection } from './connection';
import type { Container, ContainerChange } from './containers';
import type { FinderInput } from './contexts';
import { type CpuLimit, setCpuLimit } from './cpuLimit';
import type { Endpoint } from './endpoint';
import type { Engine, EngineEvent, EngineFacts } from './engine';
import { LimitHistory } from './limitHistory';
import { FlightRecorder } from './recorder';
import { candidatesAt, listPlaces, type Place, placeKey, placeName } from './places';

/** One engine that we know of, with a connection of its own. */
export interface KnownEngine {
  key: string;
  name: string;
  place: Place;
  connection: EngineConnection;
  limits: LimitHistory;
  /** What was asked of it and what it told, over all connections. */
  recorder: FlightRecorder;
  /** Of the connection that stands; undefined until they are known. */
  facts: EngineFacts | undefined;
}

/** An engine that answers. */
export interface ConnectedEngine {
  name: string;
  endpoint: Endpoint;
  /** undefined until they are known. */
  facts: EngineFacts | undefined;
}

export interface EnginesInput {
  finderInput(): FinderInput;
  /** @param mayAsk whether the user may be asked something: only of the engine that is used, or that they named */
  connect(endpoint: Endpoint, signal: AbortSignal, mayAsk: boolean, recorder: FlightRecorder): Promise<Engine>;
  clock: Clock;
  log: Log;
}

/**
 * All engines at once, each with a connection, state and containers of its own: one that is dead delays no other. One of them is the
 * one that is used: what is done without naming an engine is done there.
 */
export class Engines implements Disposable {
  private readonly known = new Map<string, KnownEngine & Disposable>();
  private usedKey: string | undefined;
  /** Engines that the user asked for by name. */
  private readonly asked = new Set<string>();
  private listing: Promise<void> | undefined;
  /** How often a look was asked for: one that was asked for while one is going on is done after it. */
  private looks = 0;
  private disposed = false;

  private readonly changed = new Emitter<undefined>();
  private readonly stateChanged = new Emitter<KnownEngine>();
  private readonly happened = new Emitter<EngineEvent>();
  private readonly happenedAnywhere = new Emitter<{ engine: KnownEngine; event: EngineEvent }>();
  private readonly containersChanged = new Emitter<{ engine: KnownEngine; change: ContainerChange }>();

  /** There are other engines than before, or another one is used. */
  readonly onDidChangeEngines = this.changed.event;
  readonly onDidChangeState = this.stateChanged.event;
  /** An event of the one that is used. */
  readonly onEvent = this.happened.event;
  readonly onEventOfAny = this.happenedAnywhere.event;
  readonly onDidChangeContainers = this.containersChanged.event;

  constructor(private readonly input: EnginesInput) { }

  /** The one that is used first. */
  get all(): readonly KnownEngine[] { return [...this.known.values()].sort((a, b) => Number(b.key === this.usedKey) - Number(a.key === this.usedKey)); }

  /** The one that is used; undefined before the first look. */
  get used(): KnownEngine | undefined { return this.usedKey === undefined ? undefined : this.known.get(this.usedKey); }

  /** Of the one that is used. */
  get state(): ConnectionState { return this.used?.connection.state ?? { kind: 'idle' }; }
  get containers(): Iterable<Container> { return this.used?.connection.containers.containers ?? []; }

  get facts(): EngineFacts | undefined { return this.used?.facts; }

  /** Those that answer; the one that is used first. */
  get connected(): readonly ConnectedEngine[] {
    return this.all.flatMap(({ name, facts, connection: { state } }) => state.kind === 'connected' ? [{ name, facts, endpoint: state.engine.endpoint }] : []);
  }

  /** Whether the one that is used is another, its containers changed, or the state of any. */
  readonly onDidChange: Event<undefined> = (listener) => {
    const subscriptions = new DisposableStore();
    const isUsed = ({ key }: KnownEngine): boolean => key === this.usedKey;
    subscriptions.add(this.onDidChangeEngines(listener));
    subscriptions.add(this.onDidChangeState(() => listener(undefined)));
    subscriptions.add(this.onDidChangeContainers(({ engine }) => { if (isUsed(engine)) { listener(undefined); } }));
    return subscriptions;
  };

  get(key: string): KnownEngine | undefined { return this.known.get(key); }

  /** The engine that has a container of this id. */
  ownerOf(containerId: string): { engine: KnownEngine; container: Container } | undefined {
    for (const engine of this.all) {
      const container = engine.connection.containers.get(containerId);
      if (container !== undefined) { return { engine, container }; }
    }
    return undefined;
  }

  /**
   * Limits a container's CPU, or lifts its limit, and sees to it that everybody who listens knows: Docker tells of it by an event, Podman
   * does not. As setCpuLimit otherwise.
   */
  async setCpuLimit(engine: Engine, containerId: string, cores: number | undefined): Promise<CpuLimit | undefined> {
    const before = await setCpuLimit(engine, containerId, cores);
    await this.ownerOf(containerId)?.engine.connection.containers.refresh(containerId);
    return before;
  }

  /** Looks for engines and connects to each, if nothing was done yet. */
  start(): void {
    if (this.usedKey === undefined && this.listing === undefined) { void this.reconsider(); }
  }

  /** The engine that is used, as soon as it is known which one that is. */
  async usedEngine(): Promise<KnownEngine> {
    this.start();
    for (;;) {
      const { used } = this;
      if (used !== undefined) { return used; }
      await this.listing;
      if (this.disposed) { throw new DOMException('the engines are gone', 'AbortError'); }
    }
  }

  /** Docker's configuration, the settings or the user's choice changed: finds out which engines there are now, and which is used. */
  async reconsider(): Promise<void> {
    this.looks += 1;
    await (this.listing ??= this.list());
  }

  /** Tries an engine again, now. What it needs to ask the user it may ask. */
  reconnect(key: string): void {
    this.asked.add(key);
    this.known.get(key)?.connection.reconnect();
  }

  dispose(): void {
    this.disposed = true;
    for (const engine of this.known.values()) { engine.dispose(); }
    this.known.clear();
    for (const emitter of [this.changed, this.stateChanged, this.happened, this.happenedAnywhere, this.containersChanged]) { emitter.dispose(); }
  }

  private async list(): Promise<void> {
    try {
      let look;
      do {
        look = this.looks;
        const { places, selected } = await listPlaces(this.input.finderInput());
        if (!this.disposed && look === this.looks) { this.take(places, placeKey(selected)); }
      } while (look !== this.looks);
    } finally {
      this.listing = undefined;
    }
  }

  private take(places: readonly Place[], usedKey: string): void {
    const keys = new Set(places.map(placeKey));
    for (const [key, engine] of this.known) {
      if (keys.has(key)) {
        // Its address may be another now.
        engine.connection.reconsider().catch((error: unknown) => this.input.log.warn(`engine ${key}: ${messageOf(error)}`));
      } else {
        this.known.delete(key);
        engine.dispose();
      }
    }
    const added = places.filter((place) => !this.known.has(placeKey(place))).map((place) => this.add(place));
    this.usedKey = usedKey;
    this.changed.fire(undefined);
    for (const { connection } of added) { connection.start(); }
  }

  private add(place: Place): KnownEngine {
    const { input } = this;
    const key = placeKey(place);
    const recorder = new FlightRecorder(input.clock);
    const connection = new EngineConnection({
      log: input.log,
      findCandidates: () => candidatesAt(input.finderInput(), place),
      connect: (endpoint, signal) => input.connect(endpoint, signal, key === this.usedKey || this.asked.has(key), recorder),
    });
    const limits = new LimitHistory(connection.containers, input.clock);
    const parts = new DisposableStore();
    parts.add(connection);
    parts.add(limits);
    parts.add(recorder);
    const engine: KnownEngine & Disposable = { key, name: placeName(place), place, connection, limits, recorder, facts: undefined, dispose: () => parts.dispose() };
    parts.add(connection.onDidChangeState((state) => {
      engine.facts = undefined;
      this.stateChanged.fire(engine);
      if (state.kind === 'connected') { void this.readFacts(engine, state.engine); }
    }));
    parts.add(connection.onEvent((event) => {
      recorder.accept(event);
      if (key === this.usedKey) { this.happened.fire(event); }
      this.happenedAnywhere.fire({ engine, event });
    }));
    parts.add(connection.containers.onDidChange((change) => this.containersChanged.fire({ engine, change })));
    this.known.set(key, engine);
    return engine;
  }

  /** Reads an engine's facts anew: its place in a swarm changes while it is connected. */
  async refreshFacts(known: KnownEngine): Promise<void> {
    const { state } = known.connection;
    if (state.kind === 'connected') { await this.readFacts(known, state.engine); }
  }

  private async readFacts(known: KnownEngine, engine: Engine): Promise<void> {
    try {
      const facts = await engine.facts();
      const { state } = known.connection;
      if (state.kind !== 'connected' || state.engine !== engine) { return; }
      known.facts = facts;
      this.stateChanged.fire(known);
    } catch (error) {
      // A lost connection tells of itself.
      this.input.log.debug(`facts of ${known.key}: ${messageOf(error)}`);
    }
  }
}
