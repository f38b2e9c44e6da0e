import * as l10n from '@vscode/l10n';
import { HumanError } from '../../base/errors';
import { demultiplex } from '../demux';
import type { OutputChunk } from '../engine';
import { EngineError } from '../errors';
import type { EngineHttp, EngineRequest } from '../http';
import { type Json, object, string, stringMap } from '../wire';
import type { ServiceSpec, SwarmApi, SwarmNode, SwarmService, SwarmState } from './swarm';
import * as wire from './swarmWire';

/** The most rows of a list: a swarm keeps five past tasks beside each that runs, and the largest that Docker tested had 30,000 containers. */
const mostRows = 200_000;

/** Where managers listen for the others: Docker's own port, on all addresses. */
const port = 2377;
const listenAddress = `0.0.0.0:${port}`;

/** How often a change is tried that somebody else's change came before. */
const tries = 5;
const outOfSequence = /update out of sequence/i;

/** The number of a service's tasks is not chosen by anybody. */
export class NotReplicated extends HumanError {
  constructor(name: string) {
    super(l10n.t('{0} cannot be scaled: it is not a replicated service. A global one has a task on every node.', name));
  }
}

/** SwarmApi over HTTP. */
export class DockerSwarm implements SwarmApi {
  constructor(private readonly http: EngineHttp) { }

  async state(): Promise<SwarmState> {
    const list = <T>(path: string, what: string, toRow: (value: unknown) => T): Promise<T[]> => this.http.list({ method: 'GET', path }, what, mostRows, toRow);
    const [nodes, services, tasks] = await Promise.all([
      list('/nodes', l10n.t('nodes'), wire.toNode), list('/services', l10n.t('services'), wire.toService), list('/tasks', l10n.t('tasks'), wire.toTask),
    ]);
    return { nodes, services, tasks };
  }

  async init(advertise: string | undefined, labels: Readonly<Record<string, string>>): Promise<void> {
    // A swarm that no other machine can join is not to be reached by any.
    const listen = advertise?.startsWith('127.') === true ? `${advertise}:${port}` : listenAddress;
    // The daemon fills in what a spec leaves at nothing, but for the name.
    await this.act({ method: 'POST', path: '/swarm/init', body: { ListenAddr: listen, ...advertise !== undefined && { AdvertiseAddr: advertise }, Spec: { Name: 'default', Labels: labels } } });
  }

  async join(remote: string, token: string, advertise?: string): Promise<void> {
    await this.act({ method: 'POST', path: '/swarm/join', body: { ListenAddr: listenAddress, RemoteAddrs: [remote], JoinToken: token, ...advertise !== undefined && { AdvertiseAddr: advertise } } });
  }

  async leave(force: boolean): Promise<void> {
    await this.act({ method: 'POST', path: '/swarm/leave', query: { force: force ? '1' : '0' } });
  }

  async about(): Promise<{ workerToken: string; labels: Readonly<Record<string, string>> }> {
    const swarm = object(await this.http.json({ method: 'GET', path: '/swarm' }));
    return { workerToken: string(object(swarm.JoinTokens).Worker), labels: stringMap(object(swarm.Spec).Labels) };
  }

  async createService(spec: ServiceSpec): Promise<string> {
    return string(object(await this.http.json({ method: 'POST', path: '/services/create', body: wire.fromServiceSpec(spec) })).ID);
  }

  async removeService(id: string): Promise<void> {
    await this.act({ method: 'DELETE', path: at('services', id) });
  }

  scale(serviceId: string, replicas: number): Promise<number> {
    return this.change(at('services', serviceId), (spec) => {
      const mode = object(spec.Mode);
      if (mode.Replicated === undefined) { throw new NotReplicated(string(spec.Name)); }
      const replicated = object(mode.Replicated);
      return { to: { ...spec, Mode: { ...mode, Replicated: { ...replicated, Replicas: replicas } } }, before: Number(replicated.Replicas ?? 0) };
    });
  }

  setNanoCpus(serviceId: string, nanoCpus: number): Promise<number> {
    return this.change(at('services', serviceId), (spec) => ({ to: wire.withNanoCpus(spec, nanoCpus), before: wire.nanoCpusOf(spec.TaskTemplate) }));
  }

  setAvailability(nodeId: string, availability: SwarmNode['availability']): Promise<void> {
    return this.change(at('nodes', nodeId), (spec) => ({ to: { ...spec, Availability: availability }, before: undefined }));
  }

  async serviceLogs({ id, tty }: Pick<SwarmService, 'id' | 'tty'>, tail: number, signal: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    const response = await this.http.open({ method: 'GET', path: `${at('services', id)}/logs`, query: { stdout: '1', stderr: '1', follow: '1', tail: String(tail) } }, signal);
    const body = this.http.body(response);
    return tty ? plain(body) : demultiplex(body);
  }

  /** Changes an object's spec as it is now. A swarm takes a change only of the version that it was made from. */
  private async change<T>(path: string, edit: (spec: Json) => { to: unknown; before: T }): Promise<T> {
    for (let left = tries - 1; ; left--) {
      const json = object(await this.http.json({ method: 'GET', path }));
      const { to, before } = edit(object(json.Spec));
      try {
        await this.act({ method: 'POST', path: `${path}/update`, query: { version: String(object(json.Version).Index) }, body: to });
        return before;
      } catch (error) {
        if (left === 0 || !(error instanceof EngineError) || !outOfSequence.test(error.reply)) { throw error; }
      }
    }
  }

  private async act(request: EngineRequest): Promise<void> {
    await this.http.discard(await this.http.open(request));
  }
}

function at(collection: 'services' | 'nodes', id: string): string {
  return `/${collection}/${encodeURIComponent(id)}`;
}

async function* plain(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of chunks) { yield { stream: 'stdout', data }; }
}
