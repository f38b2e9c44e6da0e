import type { ContainerAnatomy, EngineCounts, HistoryEntry, ListedProcess } from '../../../src/engine/anatomy';
import type { Endpoint } from '../../../src/engine/endpoint';
import type { ContainerDetails, ContainerSpec, ContainerSummary, CpuConfig, Engine, EngineEvent, EngineFacts, ExecResult, FileChange, ImageDetails, InspectKind, LogOptions, NetworkDetails, OutputChunk, PullMessage, ResourceConfig, StatsSample, TerminalSession, VolumeDetails } from '../../../src/engine/engine';
import { Conflict, NotFound } from '../../../src/engine/errors';
import { ScriptedSwarm } from './scriptedSwarm';

interface ScriptedContainer {
  summary: ContainerSummary;
  details: ContainerDetails;
}

export function summaryOf(id: string, fields: Partial<ContainerSummary> = {}): ContainerSummary {
  return { id, name: `name-of-${id}`, image: 'alpine', imageId: 'sha256:1', command: 'sh', state: 'running', status: 'Up 1 second', createdAt: 0, labels: {}, ports: [], ...fields };
}

export function detailsOf(id: string, fields: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    id, name: `name-of-${id}`, image: 'alpine', state: 'running', exitCode: 0, error: '', pid: 4242, tty: false, startedAt: '', finishedAt: '',
    cpu: { nanoCpus: 0, cpuQuota: 0, cpuPeriod: 0 }, resources: { memoryBytes: 0, memorySwapBytes: 0, pidsLimit: 0, cpuShares: 0 }, ...fields,
  };
}

/** An engine in memory that does what Docker does, notes each call, and lets a test step in before and after each of them. */
export class ScriptedEngine implements Engine {
  readonly swarm = new ScriptedSwarm();
  endpoint: Endpoint = { kind: 'unix', path: '/scripted.sock' };
  readonly containers = new Map<string, ScriptedContainer>();
  /** By tag. */
  readonly images = new Map<string, ImageDetails>();
  /** "startContainer c1" … in the order of asking. */
  readonly calls: string[] = [];
  pullMessages: PullMessage[] = [{ id: 'latest', status: 'Pulling from library/hello-world' }, { id: 'l1', status: 'Pull complete' }];
  architecture = 'x86_64';
  output: OutputChunk[] = [{ stream: 'stdout', data: Buffer.from('Hello\n') }];
  /** What a container is made to say about its CPU after an update; Docker's own way unless a test says otherwise. */
  update: (cpu: CpuConfig, change: Partial<CpuConfig>) => CpuConfig = (cpu, change) => ({ ...cpu, ...change });
  /** What it warns of at an update, when it then drops a limit of memory, processes or shares. */
  updateWarnings: string[] = [];
  /** How a command in a container ends. */
  execute: (command: readonly string[]) => Partial<ExecResult> = () => ({});
  /** By container. */
  readonly changes = new Map<string, FileChange[]>();
  /** What differs from an ordinary container, by container. */
  readonly anatomies = new Map<string, Partial<ContainerAnatomy>>();
  /** Of every image. */
  layers: string[] = [];
  history: HistoryEntry[] = [];
  /** What happened earlier. */
  past: EngineEvent[] = [];
  /** What containers were made of. */
  readonly specs: ContainerSpec[] = [];
  before: (call: string) => void | Promise<void> = () => { };
  after: (call: string) => void | Promise<void> = () => { };

  addContainer(id: string, summary: Partial<ContainerSummary> = {}, details: Partial<ContainerDetails> = {}): void {
    this.containers.set(id, { summary: summaryOf(id, summary), details: detailsOf(id, { state: summary.state ?? 'running', ...details }) });
  }

  addImage(tag: string, labels: Record<string, string> = {}): void {
    this.images.set(tag, { id: `sha256:${tag}`, tags: [tag], labels, sizeBytes: 1, createdAt: 0 });
  }

  /** How often a call was made. */
  count(name: string): number {
    return this.calls.filter((call) => call.split(' ')[0] === name).length;
  }

  negotiate(signal?: AbortSignal): Promise<void> {
    return this.call('negotiate', '', signal, () => undefined);
  }

  facts(signal?: AbortSignal): Promise<EngineFacts> {
    return this.call('facts', '', signal, () => ({
      id: 'engine', name: 'host', version: '1', apiVersion: '1.41', operatingSystem: '', kernelVersion: '', architecture: this.architecture, cpus: 4,
      cgroupVersion: '2' as const, cgroupDriver: 'systemd', storageDriver: 'overlay2', components: [], canLimitCpu: true, memoryBytes: 8e9, clockOffsetMillis: 0,
    }));
  }

  counts(): Promise<EngineCounts> {
    return this.call('counts', '', undefined, () => ({ images: this.images.size, containers: this.containers.size, running: 0, networks: 0, volumes: 0 }));
  }

  // eslint-disable-next-line require-yield -- tests hand events over themselves
  async *events(signal: AbortSignal, connected: () => void): AsyncGenerator<EngineEvent, void, undefined> {
    await this.call('events', '', signal, connected);
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  pastEvents(containerId: string, _since: number, _until: number, signal?: AbortSignal): Promise<EngineEvent[]> {
    return this.call('pastEvents', containerId, signal, () => this.past.filter(({ id }) => id === containerId));
  }

  containerChanges(id: string): Promise<FileChange[]> {
    return this.call('containerChanges', id, undefined, () => {
      this.known(id);
      return this.changes.get(id) ?? [];
    });
  }

  containerAnatomy(id: string): Promise<ContainerAnatomy> {
    return this.call('containerAnatomy', id, undefined, () => {
      const { summary, details } = this.known(id);
      return {
        id, name: summary.name, image: summary.image, imageId: summary.imageId, state: summary.state, pid: details.pid, privileged: false, capAdd: [], capDrop: [], shares: {},
        storage: { driver: 'overlay2', data: {} }, writtenBytes: 0, mounts: [], networks: [], ports: [], limits: { ...details.cpu, memoryBytes: 0, pids: 0 },
        ...this.anatomies.get(id),
      };
    });
  }

  containerProcesses(id: string): Promise<ListedProcess[]> {
    return this.call('containerProcesses', id, undefined, () => [{ pid: this.known(id).details.pid, command: this.known(id).summary.command }]);
  }

  imageLayers(reference: string): Promise<string[]> { return this.call('imageLayers', reference, undefined, () => this.layers); }
  imageHistory(reference: string): Promise<HistoryEntry[]> { return this.call('imageHistory', reference, undefined, () => this.history); }

  listContainers(filter: { id?: string; label?: string } = {}): Promise<ContainerSummary[]> {
    // The answer is made when the question comes in and may be old when it arrives.
    const answer = [...this.containers.values()].map(({ summary }) => summary)
      .filter(({ id, labels }) => id.startsWith(filter.id ?? '') && (filter.label === undefined || filter.label in labels));
    return this.call('listContainers', filter.id ?? '', undefined, () => answer);
  }

  inspectContainer(id: string): Promise<ContainerDetails> {
    return this.call('inspectContainer', id, undefined, () => this.known(id).details);
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.call('createContainer', spec.name ?? '', undefined, () => {
      this.specs.push(spec);
      if (!this.images.has(spec.image)) { throw new NotFound(404, `No such image: ${spec.image}`, 'no such image'); }
      if ([...this.containers.values()].some(({ summary }) => summary.name === spec.name)) {
        throw new Conflict(409, `Conflict. The container name "/${spec.name ?? ''}" is already in use`, 'name taken');
      }
      const id = `c${this.containers.size + 1}`;
      this.addContainer(id, { name: spec.name ?? `silly_${id}`, image: spec.image, labels: spec.labels, state: 'created', command: (spec.command ?? []).join(' ') }, { name: spec.name ?? `silly_${id}` });
      return id;
    });
  }

  startContainer(id: string): Promise<void> { return this.call('startContainer', id, undefined, () => { this.known(id).summary.state = 'running'; }); }
  stopContainer(id: string): Promise<void> { return this.call('stopContainer', id, undefined, () => { this.known(id).summary.state = 'exited'; }); }
  restartContainer(id: string): Promise<void> { return this.call('restartContainer', id, undefined, () => { this.known(id); }); }
  pauseContainer(id: string): Promise<void> { return this.call('pauseContainer', id, undefined, () => { this.known(id).summary.state = 'paused'; }); }
  unpauseContainer(id: string): Promise<void> { return this.call('unpauseContainer', id, undefined, () => { this.known(id).summary.state = 'running'; }); }

  removeContainer(id: string, { force = false } = {}): Promise<void> {
    return this.call('removeContainer', force ? `${id} force` : id, undefined, () => {
      if (this.known(id).summary.state === 'running' && !force) { throw new Conflict(409, 'running', 'it is running'); }
      this.containers.delete(id);
    });
  }

  waitContainer(id: string, signal?: AbortSignal): Promise<number> {
    return this.call('waitContainer', id, signal, () => this.known(id).details.exitCode);
  }

  updateContainer(id: string, change: Partial<CpuConfig & ResourceConfig>): Promise<string[]> {
    return this.call('updateContainer', `${id} ${JSON.stringify(change)}`, undefined, () => {
      const { details } = this.known(id);
      const { nanoCpus, cpuQuota, cpuPeriod, ...resources } = change;
      details.cpu = this.update(details.cpu, JSON.parse(JSON.stringify({ nanoCpus, cpuQuota, cpuPeriod })) as Partial<CpuConfig>);
      if (this.updateWarnings.length === 0) { details.resources = { ...details.resources, ...resources }; }
      return this.updateWarnings;
    });
  }

  renameContainer(id: string, name: string): Promise<void> { return this.call('renameContainer', `${id} ${name}`, undefined, () => { this.known(id).summary.name = name; }); }
  killContainer(id: string, signal: string): Promise<void> { return this.call('killContainer', `${id} ${signal}`, undefined, () => { this.known(id); }); }

  execTerminal(): Promise<TerminalSession> { return Promise.reject(new Error('not scripted')); }
  inspectRaw(kind: InspectKind, reference: string): Promise<unknown> { return this.call('inspectRaw', `${kind} ${reference}`, undefined, () => ({})); }
  tagImage(reference: string, tag: string): Promise<void> { return this.call('tagImage', `${reference} ${tag}`, undefined, () => this.addImage(tag)); }
  listVolumes(): Promise<VolumeDetails[]> { return this.call('listVolumes', '', undefined, () => []); }
  removeVolume(name: string): Promise<void> { return this.call('removeVolume', name, undefined, () => undefined); }
  listNetworks(): Promise<NetworkDetails[]> { return this.call('listNetworks', '', undefined, () => []); }
  removeNetwork(id: string): Promise<void> { return this.call('removeNetwork', id, undefined, () => undefined); }

  attachContainer(id: string, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    return this.call('attachContainer', id, signal, () => {
      this.known(id);
      return replay(this.output);
    });
  }

  exec(id: string, command: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<ExecResult> {
    return this.call('exec', `${id} ${JSON.stringify(command)}`, signal, () => {
      if (this.known(id).summary.state !== 'running') { throw new Conflict(409, `Container ${id} is not running`, 'it is not running'); }
      return { exitCode: 0, stdout: '', stderr: '', ...this.execute(command) };
    });
  }

  containerLogs(id: string, options: LogOptions, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    return this.call('containerLogs', `${id} ${JSON.stringify(options)}`, signal, () => replay(this.output));
  }

  // eslint-disable-next-line require-yield -- a container that is not running has no samples
  async *containerStats(id: string, signal: AbortSignal): AsyncGenerator<StatsSample, void, undefined> {
    await this.call('containerStats', id, signal, () => undefined);
  }

  inspectImage(reference: string): Promise<ImageDetails | undefined> {
    return this.call('inspectImage', reference, undefined, () => this.images.get(reference));
  }

  listImages(): Promise<ImageDetails[]> {
    return this.call('listImages', '', undefined, () => [...this.images.values()]);
  }

  async *pullImage(reference: string, signal?: AbortSignal): AsyncGenerator<PullMessage, void, undefined> {
    await this.call('pullImage', reference, signal, () => undefined);
    for (const message of this.pullMessages) {
      signal?.throwIfAborted();
      yield message;
    }
    signal?.throwIfAborted();
    this.addImage(reference);
  }

  loadImage(_tar: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.call('loadImage', '', signal, () => this.addImage('hello-containers/hello-world:bundled', { 'hello-containers.stand-in': 'true' }));
  }

  removeImage(reference: string): Promise<void> {
    return this.call('removeImage', reference, undefined, () => {
      if ([...this.containers.values()].some(({ summary }) => summary.image === reference)) { throw new Conflict(409, 'in use', `conflict: unable to remove ${reference}`); }
      if (!this.images.delete(reference)) { throw new NotFound(404, `No such image: ${reference}`, 'no such image'); }
    });
  }

  dispose(): void {
    this.calls.push('dispose');
  }

  private known(id: string): ScriptedContainer {
    const found = this.containers.get(id);
    if (found === undefined) { throw new NotFound(404, `No such container: ${id}`, `No such container: ${id}`); }
    return found;
  }

  private async call<T>(name: string, about: string, signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    const call = about === '' ? name : `${name} ${about}`;
    this.calls.push(call);
    await this.before(call);
    signal?.throwIfAborted();
    const value = answer();
    await this.after(call);
    signal?.throwIfAborted();
    return value;
  }
}

async function* replay(chunks: readonly OutputChunk[]): AsyncGenerator<OutputChunk, void, undefined> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}
