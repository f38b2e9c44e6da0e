import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { isAbort } from '../base/errors';
import { sleep } from '../base/sleep';
import { demultiplex } from './demux';
import type { Endpoint } from './endpoint';
import type { ContainerDetails, ContainerSpec, ContainerSummary, CpuConfig, Engine, EngineEvent, EngineFacts, ExecResult, FileChange, ImageDetails, LogOptions, OutputChunk, PullMessage, StatsSample } from './engine';
import { isRemoved } from './removal';
import { Conflict, EngineError, explainConnectionError, explainRefusal, MalformedStream, notADocker } from './errors';
import { readJsonLines } from './ndjson';
import * as wire from './wire';

/** One HTTP request to the engine. */
export interface EngineRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Without API version and query. */
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, as application/x-tar. */
  tar?: Uint8Array;
}

/** What carries requests to an engine. */
export interface Transport {
  /** Resolves with the response whatever its status; rejects when there is none. */
  send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage>;
  setVersion(apiVersion: string): void;
}

/** The newest API that this code was written for. An older engine decides; a newer one still speaks it. */
const newestApi = '1.47';

/** The longest answer that is read as a whole: a list of 10,000 containers takes 6 MB. */
const maxBodyBytes = 64 * 1024 * 1024;

/** The longest output of a command in a container, stdout and stderr together. */
const maxExecBytes = 1024 * 1024;

/** The output of a command may end before the engine knows its exit code: how often, and how many milliseconds apart, it is asked. */
const exitCode = { looks: 50, every: 20 };

/** The Engine over HTTP: which path is which call, and what the answers mean. */
export class DockerEngine implements Engine {
  private readonly ended = new AbortController();
  /** Podman's service: it has an API of its own beside Docker's, for what it does not do in Docker's. */
  private isPodman = false;
  /** What Podman took and (4.3) does not tell when it is asked: by container, true until its next start. */
  private readonly untold = new Map<string, { startedAt: string; cpu: CpuConfig }>();

  /**
   * @param pingMillis longest wait for the engine's first answer
   * @param close lets go of what carries the requests
   */
  constructor(readonly endpoint: Endpoint, private readonly transport: Transport, private readonly pingMillis: number, private readonly close: () => void, readonly sshWay?: 'forwarded' | 'dial-stdio') {
    // Each request under way listens, and there may be hundreds: no leak that Node should warn of.
    setMaxListeners(0, this.ended.signal);
  }

  async negotiate(signal?: AbortSignal): Promise<void> {
    const limit = AbortSignal.timeout(this.pingMillis);
    let response: IncomingMessage;
    let body: string;
    try {
      response = await this.send({ method: 'GET', path: '/_ping' }, AbortSignal.any([limit, ...(signal === undefined ? [] : [signal])]));
      body = await this.readBody(response);
    } catch (error) {
      signal?.throwIfAborted();
      throw limit.aborted ? explainConnectionError(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }), this.endpoint) : error;
    }
    const apiVersion = response.headers['api-version'];
    if (response.statusCode !== 200) {
      // A broken engine still says which API it speaks; anything else that answers with an error is not Docker.
      throw apiVersion === undefined && response.statusCode !== 500 ? notADocker(this.endpoint) : explainRefusal(response.statusCode ?? 0, replyOf(body));
    }
    if (typeof apiVersion !== 'string' || !/^\d+\.\d+$/.test(apiVersion)) { throw notADocker(this.endpoint); }
    this.transport.setVersion(olderApi(apiVersion, newestApi));
    this.isPodman = response.headers['libpod-api-version'] !== undefined;
  }

  async facts(signal?: AbortSignal): Promise<EngineFacts> {
    const before = Date.now();
    const [info, version] = await Promise.all([this.json({ method: 'GET', path: '/info' }, signal), this.json({ method: 'GET', path: '/version' }, signal)]);
    return wire.toFacts(info, version, (before + Date.now()) / 2);
  }

  async *events(signal: AbortSignal, connected: () => void): AsyncGenerator<EngineEvent, void, undefined> {
    const response = await this.open({ method: 'GET', path: '/events' }, signal);
    connected();
    yield* this.readEvents(response, signal);
  }

  async pastEvents(containerId: string, sinceMillis: number, untilMillis: number, signal?: AbortSignal): Promise<EngineEvent[]> {
    const seconds = (millis: number): string => (millis / 1000).toFixed(3);
    const query = { since: seconds(sinceMillis), until: seconds(untilMillis), filters: JSON.stringify({ type: ['container'], container: [containerId] }) };
    const response = await this.open({ method: 'GET', path: '/events', query }, signal);
    const events: EngineEvent[] = [];
    for await (const event of this.readEvents(response, signal)) { events.push(event); }
    return events;
  }

  private async *readEvents(response: IncomingMessage, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, undefined> {
    for await (const value of readJsonLines(this.body(response, signal))) {
      const event = wire.toEvent(value);
      if (event !== undefined) { yield event; }
    }
  }

  async listContainers(filter: { id?: string; label?: string } = {}): Promise<ContainerSummary[]> {
    const filters = { ...(filter.id === undefined ? {} : { id: [filter.id] }), ...(filter.label === undefined ? {} : { label: [filter.label] }) };
    const list = await this.json({ method: 'GET', path: '/containers/json', query: { all: '1', filters: JSON.stringify(filters) } });
    if (!Array.isArray(list)) { throw new MalformedStream('a list of containers'); }
    return list.map(wire.toSummary);
  }

  async inspectContainer(id: string): Promise<ContainerDetails> {
    const details = wire.toDetails(await this.json({ method: 'GET', path: `${container(id)}/json` }));
    const untold = this.untold.get(details.id);
    return untold?.startedAt === details.startedAt ? { ...details, cpu: untold.cpu } : details;
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    const created = await this.json({
      method: 'POST', path: '/containers/create',
      ...(spec.name === undefined ? {} : { query: { name: spec.name } }),
      body: wire.fromContainerSpec(spec),
    });
    return wire.toId(created);
  }

  startContainer(id: string): Promise<void> { return this.act(id, 'start'); }
  stopContainer(id: string): Promise<void> { return this.act(id, 'stop'); }
  restartContainer(id: string): Promise<void> { return this.act(id, 'restart'); }
  pauseContainer(id: string): Promise<void> { return this.act(id, 'pause'); }
  unpauseContainer(id: string): Promise<void> { return this.act(id, 'unpause'); }

  async removeContainer(id: string, { force = false } = {}): Promise<void> {
    try {
      await this.discard(await this.open({ method: 'DELETE', path: container(id), query: { v: '1', force: force ? '1' : '0' } }));
    } catch (error) {
      // Somebody was faster: the engine itself, for one that is removed when it ends.
      if (!(error instanceof Conflict && /removal of container \S+ is already in progress/.test(error.reply))) { throw error; }
      await isRemoved(this.json({ method: 'POST', path: `${container(id)}/wait`, query: { condition: 'removed' } }).then(() => { }));
    }
  }

  async waitContainer(id: string, signal?: AbortSignal): Promise<number> {
    return wire.toExitCode(await this.json({ method: 'POST', path: `${container(id)}/wait` }, signal));
  }

  async updateContainer(id: string, cpu: Partial<CpuConfig>): Promise<void> {
    if (this.isPodman) { return this.updatePodmanContainer(id, cpu); }
    await this.json({ method: 'POST', path: `${container(id)}/update`, body: wire.fromCpuConfig(cpu) });
  }

  private async updatePodmanContainer(id: string, cpu: Partial<CpuConfig>): Promise<void> {
    await this.discard(await this.open({ method: 'POST', path: `/libpod${container(id)}/update`, body: wire.fromCpuConfigToOci(cpu) }));
    const details = wire.toDetails(await this.json({ method: 'GET', path: `${container(id)}/json` }));
    this.untold.set(details.id, { startedAt: details.startedAt, cpu: { ...details.cpu, ...cpu } });
  }

  async attachContainer(id: string, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    const response = await this.open({ method: 'POST', path: `${container(id)}/attach`, query: { stream: '1', stdout: '1', stderr: '1' } }, signal);
    return demultiplex(this.body(response, signal));
  }

  async exec(id: string, command: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<ExecResult> {
    const body = { AttachStdout: true, AttachStderr: true, Cmd: command };
    const exec = `/exec/${encodeURIComponent(wire.toId(await this.json({ method: 'POST', path: `${container(id)}/exec`, body }, signal)))}`;
    // No upgrade of the connection is asked for: without a stdin none is needed, and Podman grants none.
    const response = await this.open({ method: 'POST', path: `${exec}/start`, body: { Detach: false, Tty: false } }, signal);
    const output: Record<OutputChunk['stream'], Uint8Array[]> = { stdout: [], stderr: [] };
    let bytes = 0;
    for await (const { stream, data } of demultiplex(this.body(response, signal))) {
      bytes += data.length;
      if (bytes > maxExecBytes) { throw new MalformedStream('an output of a sensible size'); }
      output[stream].push(data);
    }
    const text = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString('utf8');
    return { exitCode: await this.execExitCode(exec, signal), stdout: text(output.stdout), stderr: text(output.stderr) };
  }

  private async execExitCode(exec: string, signal: AbortSignal | undefined): Promise<number> {
    for (let look = 1; look <= exitCode.looks; look += 1) {
      const code = wire.toExecExitCode(await this.json({ method: 'GET', path: `${exec}/json` }, signal));
      if (code !== undefined) { return code; }
      await sleep(exitCode.every, signal ?? this.ended.signal);
    }
    throw new MalformedStream('the exit code of a command that ended');
  }

  async containerChanges(id: string): Promise<FileChange[]> {
    return wire.toFileChanges(await this.json({ method: 'GET', path: `${container(id)}/changes` }));
  }

  async containerLogs(id: string, options: LogOptions, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    const response = await this.open({
      method: 'GET', path: `${container(id)}/logs`,
      query: {
        stdout: '1', stderr: '1', follow: options.follow ? '1' : '0', timestamps: options.timestamps === true ? '1' : '0',
        tail: options.tail === undefined ? 'all' : String(options.tail),
      },
    }, signal);
    const body = this.body(response, signal);
    return options.tty ? asStdout(body) : demultiplex(body);
  }

  async *containerStats(id: string, signal: AbortSignal): AsyncGenerator<StatsSample, void, undefined> {
    const response = await this.open({ method: 'GET', path: `${container(id)}/stats`, query: { stream: '1' } }, signal);
    for await (const value of readJsonLines(this.body(response, signal))) {
      const sample = wire.toStats(value);
      if (sample !== undefined) { yield sample; }
    }
  }

  async inspectImage(reference: string): Promise<ImageDetails | undefined> {
    try {
      return wire.toImage(await this.json({ method: 'GET', path: `${image(reference)}/json` }));
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) { return undefined; }
      throw error;
    }
  }

  async listImages(): Promise<ImageDetails[]> {
    const list = await this.json({ method: 'GET', path: '/images/json' });
    if (!Array.isArray(list)) { throw new MalformedStream('a list of images'); }
    return list.map(wire.toImage);
  }

  async *pullImage(reference: string, signal?: AbortSignal): AsyncGenerator<PullMessage, void, undefined> {
    const response = await this.open({ method: 'POST', path: '/images/create', query: wire.fromReference(reference) }, signal);
    for await (const value of readJsonLines(this.body(response, signal))) {
      // The status is 200 by now; an error comes as a line of its own.
      yield wire.toPullMessage(value);
    }
  }

  async loadImage(tar: Uint8Array, signal?: AbortSignal): Promise<void> {
    const response = await this.open({ method: 'POST', path: '/images/load', query: { quiet: '1' }, tar }, signal);
    for await (const value of readJsonLines(this.body(response, signal))) { wire.toPullMessage(value); }
  }

  async removeImage(reference: string): Promise<void> {
    await this.discard(await this.open({ method: 'DELETE', path: image(reference) }));
  }

  dispose(): void {
    this.ended.abort();
    this.close();
  }

  private async act(id: string, action: string): Promise<void> {
    // 304 says that it was in that state already: what the user asked for is true.
    await this.discard(await this.open({ method: 'POST', path: `${container(id)}/${action}` }, undefined, [304]));
  }

  private send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.transport.send(request, signal === undefined ? this.ended.signal : AbortSignal.any([this.ended.signal, signal]));
  }

  /** The response, once its status is a good one. */
  private async open(request: EngineRequest, signal?: AbortSignal, alsoGood: readonly number[] = []): Promise<IncomingMessage> {
    const response = await this.send(request, signal);
    const status = response.statusCode ?? 0;
    if ((status < 200 || status > 299) && !alsoGood.includes(status)) { throw explainRefusal(status, replyOf(await this.readBody(response))); }
    return response;
  }

  private async json(request: EngineRequest, signal?: AbortSignal): Promise<unknown> {
    const body = await this.readBody(await this.open(request, signal));
    try {
      return JSON.parse(body) as unknown;
    } catch (error) {
      throw new MalformedStream('JSON', error);
    }
  }

  private async readBody(response: IncomingMessage): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.body(response)) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) { throw new MalformedStream('an answer of a sensible size'); }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  private async discard(response: IncomingMessage): Promise<void> {
    const rest = this.body(response);
    while ((await rest.next()).done !== true);
  }

  /** The response's chunks; a cut connection and an abort throw as what they are. */
  private async *body(response: IncomingMessage, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of response) { yield chunk as Uint8Array; }
    } catch (error) {
      signal?.throwIfAborted();
      this.ended.signal.throwIfAborted();
      throw isAbort(error) ? error : explainConnectionError(error, this.endpoint);
    }
  }
}

async function* asStdout(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of chunks) { yield { stream: 'stdout', data }; }
}

function container(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}

/** @throws EngineError for what cannot be an image's name: it would lead to another path */
function image(reference: string): string {
  // Slashes separate the parts of a reference and stay as they are.
  const parts = reference.split('/');
  if (parts.some((part) => /^\.{0,2}$/.test(part))) { throw explainRefusal(400, `invalid reference format: ${reference}`); }
  return `/images/${parts.map(encodeURIComponent).join('/')}`;
}

/** What an error's body says: Docker's {"message": …}, or the text as it is, cut to a readable length. */
function replyOf(body: string): string {
  try {
    const message: unknown = (JSON.parse(body) as { message?: unknown } | null)?.message;
    if (typeof message === 'string') { return message; }
  } catch {
    // Not JSON: proxies answer in HTML or plain text.
  }
  return body.length > 500 ? `${body.slice(0, 500)}…` : body;
}

function olderApi(a: string, b: string): string {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB) ? a : b;
}
