import type { ServiceSpec, SwarmApi, SwarmNode, SwarmService, SwarmState, SwarmTask } from '../../../src/engine/swarm/swarm';

export function nodeOf(id: string, fields: Partial<SwarmNode> = {}): SwarmNode {
  return { id, hostname: `host-${id}`, role: 'worker', isLeader: false, availability: 'active', state: 'ready', message: '', address: '10.0.0.1', ...fields };
}

export function serviceOf(id: string, fields: Partial<SwarmService> = {}): SwarmService {
  return { id, name: `name-of-${id}`, image: 'busybox', labels: {}, replicas: 1, nanoCpus: 0, update: { state: '', message: '' }, tty: false, ...fields };
}

export function taskOf(id: string, fields: Partial<SwarmTask> = {}): SwarmTask {
  return { id, serviceId: 's', nodeId: 'n', slot: 1, state: 'running', desiredState: 'running', stateSince: 0, createdAt: 0, error: '', containerId: `container-${id}`, exitCode: 0, nanoCpus: 0, ...fields };
}

/** A manager that tells what it was told to tell. What is changed through it is written down. */
export class ScriptedSwarm implements SwarmApi {
  now: SwarmState = { nodes: [], services: [], tasks: [] };
  failure: Error | undefined;
  reads = 0;
  readonly calls: unknown[][] = [];

  state(): Promise<SwarmState> {
    this.reads += 1;
    return this.failure === undefined ? Promise.resolve(this.now) : Promise.reject(this.failure);
  }

  init(...args: unknown[]): Promise<void> { return this.note('init', ...args); }
  join(...args: unknown[]): Promise<void> { return this.note('join', ...args); }
  leave(force: boolean): Promise<void> { return this.note('leave', force); }
  about(): Promise<{ workerToken: string; labels: Record<string, string> }> { return Promise.resolve({ workerToken: 'token', labels: {} }); }
  async createService(spec: ServiceSpec): Promise<string> {
    await this.note('createService', spec);
    return 's';
  }

  removeService(id: string): Promise<void> { return this.note('removeService', id); }
  async scale(...args: unknown[]): Promise<number> {
    await this.note('scale', ...args);
    return 1;
  }

  async setNanoCpus(...args: unknown[]): Promise<number> {
    await this.note('setNanoCpus', ...args);
    return 0;
  }

  setAvailability(...args: unknown[]): Promise<void> { return this.note('setAvailability', ...args); }
  serviceLogs(): Promise<AsyncIterable<never>> { return Promise.resolve((async function* () { /* nothing was written */ })()); }

  private note(...call: unknown[]): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}
