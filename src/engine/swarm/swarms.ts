import { type Disposable, DisposableStore } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import type { Engine, EngineEvent } from '../engine';
import type { Engines, KnownEngine } from '../engines';
import { EngineError } from '../errors';
import { serviceLabel } from './swarm';
import { SwarmModel } from './swarmModel';

/** Networks that Docker makes and removes when an engine joins and leaves: a worker has no other event for it. */
const swarmNetworks: ReadonlySet<string> = new Set(['ingress', 'docker_gwbridge']);

/** An engine that manages a swarm. */
export interface ManagedSwarm {
  engine: KnownEngine;
  model: SwarmModel;
}

/**
 * The swarms that our engines manage. An engine that is in none is asked for nothing: its facts said so. Each has a model of its own,
 * and one that does not answer delays no other.
 */
export class Swarms implements Disposable {
  private readonly models = new Map<string, { of: Engine; swarm: ManagedSwarm; subscriptions: DisposableStore }>();
  private readonly changed = new Emitter<undefined>();
  private readonly subscriptions = new DisposableStore();
  private readonly asked = new WeakSet<KnownEngine>();
  private watching = false;

  readonly onDidChange = this.changed.event;

  constructor(private readonly engines: Engines) {
    this.subscriptions.add(engines.onDidChangeState((engine) => this.look(engine)));
    this.subscriptions.add(engines.onDidChangeEngines(() => {
      for (const key of [...this.models.keys()]) { if (engines.get(key) === undefined) { this.drop(key); } }
      this.changed.fire(undefined);
    }));
    this.subscriptions.add(engines.onEventOfAny(({ engine, event }) => this.accept(engine, event)));
  }

  /** Each swarm once, by the first of its managers that we know; that of the engine that is used comes first. */
  get all(): readonly ManagedSwarm[] {
    const shown: ManagedSwarm[] = [];
    for (const { key } of this.engines.all) {
      const swarm = this.models.get(key)?.swarm;
      const nodeId = swarm?.engine.facts?.swarm?.nodeId;
      if (swarm !== undefined && !shown.some(({ model }) => model.state?.nodes.some(({ id }) => id === nodeId))) { shown.push(swarm); }
    }
    return shown;
  }

  /** The swarm that this engine manages. */
  get(engineKey: string): ManagedSwarm | undefined { return this.models.get(engineKey)?.swarm; }

  /** The engine of a node, where we are connected to it. */
  engineOfNode(nodeId: string): KnownEngine | undefined {
    return this.engines.all.find(({ facts, connection: { state } }) => state.kind === 'connected' && facts?.swarm?.nodeId === nodeId);
  }

  /** Whether somebody looks at them. */
  set watched(watching: boolean) {
    this.watching = watching;
    for (const { swarm: { model } } of this.models.values()) { model.watched = watching; }
  }

  dispose(): void {
    for (const key of [...this.models.keys()]) { this.drop(key); }
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  private look(engine: KnownEngine): void {
    const { state } = engine.connection;
    const manages = state.kind === 'connected' && engine.facts?.swarm?.isManager === true ? state.engine : undefined;
    if (this.models.get(engine.key)?.of !== manages) {
      this.drop(engine.key);
      if (manages !== undefined) { this.add(engine, manages); }
    }
    this.changed.fire(undefined);
  }

  private add(engine: KnownEngine, of: Engine): void {
    const subscriptions = new DisposableStore();
    const model = subscriptions.add(new SwarmModel(of.swarm, ({ id }) => this.engineOfNode(id) === undefined));
    model.watched = this.watching;
    subscriptions.add(model.onDidChange(() => {
      // It left the swarm, or is no manager any more.
      if (model.problem instanceof EngineError && model.problem.status === 503) { void this.engines.refreshFacts(engine); }
      this.changed.fire(undefined);
    }));
    this.models.set(engine.key, { of, swarm: { engine, model }, subscriptions });
  }

  private drop(key: string): void {
    this.models.get(key)?.subscriptions.dispose();
    this.models.delete(key);
  }

  private accept(engine: KnownEngine, event: EngineEvent): void {
    const isSwarms = event.type === 'node' || event.type === 'service';
    const model = this.models.get(engine.key)?.swarm.model;
    if (isSwarms && model !== undefined) { model.soon(); }
    // A task's container on any node: which manager is told by the service's id alone, and asking one too many costs little.
    if (event.type === 'container' && event.attributes[serviceLabel] !== undefined && !event.action.startsWith('exec_')) { for (const { swarm } of this.models.values()) { swarm.model.soon(); } }
    if ((isSwarms && model === undefined) || event.type === 'node' || (event.type === 'network' && swarmNetworks.has(event.attributes.name ?? ''))) { void this.refresh(engine); }
  }

  /** Its place in a swarm may be another. Events come in bursts: one question for those that come before it is answered. */
  private async refresh(engine: KnownEngine): Promise<void> {
    if (this.asked.has(engine)) { return; }
    this.asked.add(engine);
    await this.engines.refreshFacts(engine);
    this.asked.delete(engine);
  }
}
