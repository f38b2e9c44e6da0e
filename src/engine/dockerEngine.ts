import type { IncomingMessage } from 'node:http';
import * as l10n from '@vscode/l10n';
import { Allowance } from '../base/allowance';
import { systemClock } from '../base/clock';
import { GrowingBytes } from '../base/growingBytes';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import type { ContainerAnatomy, EngineCounts, HistoryEntry, ListedProcess } from './anatomy';
import { demultiplex } from './demux';
import type { Endpoint } from './endpoint';
import type { ContainerDetails, ContainerSpec, ContainerSummary, CpuConfig, Engine, EngineEvent, EngineFacts, ExecResult, FileChange, ImageDetails, InspectKind, LogOptions, NetworkDetails, OutputChunk, PullMessage, ResourceConfig, StatsSample, TerminalSession, TerminalSize, VolumeDetails } from './engine';
import { EngineClock } from './engineClock';
import { type EngineHttp, replyOf } from './http';
import { isRemoved } from './removal';
import { Conflict, EngineError, explainRefusal, MalformedStream, noAnswer, notADocker, TooMany, TooMuch } from './errors';
import { readJsonLines } from './ndjson';
import * as anatomy from './anatomyWire';
import { DockerSwarm } from './swarm/dockerSwarm';
import type { SwarmApi } from './swarm/swarm';
import * as wire from './wire';

/** The newest API that this code was written for. An older engine decides; a newer one still speaks it. */
const newestApi = '1.47';

/** The longest output of a command in a container that is read to its end, in bytes; stdout and stderr each. The lesson's are a few kB. */
const maxExecBytes = 1024 * 1024;

/** The most rows of a list: five times what a single machine was ever seen to run. A tree of more is of no use to anybody. */
const mostRows = 50_000;

/** The most changed files of a container: a distribution's upgrade inside one is some 50,000. */
const mostChanges = 200_000;

/** The most events of a container's past that are kept: Docker itself remembers 256 of all. */
const mostPastEvents = 4_096;

/** Docker sends a sample a second, and after a stall those that waited. What comes faster is left out: each is drawn. */
const samples = { perSecond: 10, atOnce: 100 };

/** The output of a command may end before the engine knows its exit code: how often, and how many milliseconds apart, it is asked. */
const exitCode = { looks: 50, every: 20 };

/** The Engine over HTTP: which path is which call, and what the answers mean. */
export class DockerEngine implements Engine {
  readonly swarm: SwarmApi;
  /** Podman's service: it has an API of its own beside Docker's, for what it does not do in Docker's. */
  private isPodman = false;
  /** What Podman took and (4.3) does not tell when it is asked: by container, true until its next start. */
  private readonly untold = new Map<string, { startedAt: string; cpu: CpuConfig; resources: ResourceConfig }>();

  /**
   * @param pingMillis longest wait for the engine's first answer
   * @param close lets go of what carries the requests
   */
  constructor(private readonly http: EngineHttp, private readonly pingMillis: number, private readonly close: () => void, readonly sshWay?: 'forwarded' | 'dial-stdio') {
    this.swarm = new DockerSwarm(http);
  }

  get endpoint(): Endpoint { return this.http.endpoint; }

  async negotiate(signal?: AbortSignal): Promise<void> {
    const limit = within(this.pingMillis);
    let response: IncomingMessage;
    let body: string;
    try {
      response = await this.http.send({ method: 'GET', path: '/_ping' }, AbortSignal.any([limit, ...(signal === undefined ? [] : [signal])]));
      body = await this.http.word(response);
    } catch (error) {
      signal?.throwIfAborted();
      throw limit.aborted ? noAnswer(this.endpoint) : error;
    }
    const apiVersion = response.headers['api-version'];
    if (response.statusCode !== 200) {
      // A broken engine still says which API it speaks; anything else that answers with an error is not Docker.
      throw apiVersion === undefined && response.statusCode !== 500 ? notADocker(this.endpoint) : explainRefusal(response.statusCode ?? 0, replyOf(body));
    }
    if (typeof apiVersion !== 'string' || !/^\d+\.\d+$/.test(apiVersion)) { throw notADocker(this.endpoint); }
    this.http.setVersion(olderApi(apiVersion, newestApi));
    this.isPodman = response.headers['libpod-api-version'] !== undefined;
  }

  async facts(signal?: AbortSignal): Promise<EngineFacts> {
    const before = systemClock.now();
    const [info, version] = await Promise.all([this.http.json({ method: 'GET', path: '/info' }, signal), this.http.json({ method: 'GET', path: '/version' }, signal)]);
    return wire.toFacts(info, version, (before + systemClock.now()) / 2);
  }

  async counts(): Promise<EngineCounts> {
    const [info, networks, volumes] = await Promise.all([this.http.json({ method: 'GET', path: '/info' }), this.listNetworks(), this.listVolumes()]);
    return anatomy.toCounts(info, networks.length, volumes.length);
  }

  async *events(signal: AbortSignal, connected: () => void): AsyncGenerator<EngineEvent, void, undefined> {
    const response = await this.http.open({ method: 'GET', path: '/events' }, signal);
    connected();
    yield* this.readEvents(response);
  }

  async pastEvents(containerId: string, sinceMillis: number, untilMillis: number, signal?: AbortSignal): Promise<EngineEvent[]> {
    const seconds = (millis: number): string => (millis / 1000).toFixed(3);
    const query = { since: seconds(sinceMillis), until: seconds(untilMillis), filters: JSON.stringify({ type: ['container'], container: [containerId] }) };
    const response = await this.http.open({ method: 'GET', path: '/events', query }, signal);
    const events: EngineEvent[] = [];
    for await (const event of this.readEvents(response)) {
      if (events.length === mostPastEvents) { throw new TooMany(l10n.t('events'), mostPastEvents); }
      events.push(event);
    }
    return events;
  }

  private async *readEvents(response: IncomingMessage): AsyncGenerator<EngineEvent, void, undefined> {
    for await (const value of readJsonLines(this.http.body(response))) {
      const event = wire.toEvent(value);
      if (event !== undefined) { yield event; }
    }
  }

  async listContainers(filter: { id?: string; label?: string } = {}): Promise<ContainerSummary[]> {
    const filters = { ...(filter.id === undefined ? {} : { id: [filter.id] }), ...(filter.label === undefined ? {} : { label: [filter.label] }) };
    return this.http.list({ method: 'GET', path: '/containers/json', query: { all: '1', filters: JSON.stringify(filters) } }, l10n.t('containers'), mostRows, wire.toSummary);
  }

  async inspectContainer(id: string): Promise<ContainerDetails> {
    const details = wire.toDetails(await this.http.json({ method: 'GET', path: `${container(id)}/json` }));
    const untold = this.untold.get(details.id);
    return untold?.startedAt === details.startedAt ? { ...details, cpu: untold.cpu, resources: untold.resources } : details;
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    const created = await this.http.json({
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
      await this.http.discard(await this.http.open({ method: 'DELETE', path: container(id), query: { v: '1', force: force ? '1' : '0' } }));
    } catch (error) {
      // Somebody was faster: the engine itself, for one that is removed when it ends.
      if (!(error instanceof Conflict && /removal of container \S+ is already in progress/.test(error.reply))) { throw error; }
      await isRemoved(this.http.json({ method: 'POST', path: `${container(id)}/wait`, query: { condition: 'removed' } }).then(() => { }));
    }
  }

  async waitContainer(id: string, signal?: AbortSignal): Promise<number> {
    return wire.toExitCode(await this.http.json({ method: 'POST', path: `${container(id)}/wait` }, signal));
  }

  async updateContainer(id: string, change: Partial<CpuConfig & ResourceConfig>): Promise<string[]> {
    if (this.isPodman) { return this.updatePodmanContainer(id, change); }
    return wire.toWarnings(await this.http.json({ method: 'POST', path: `${container(id)}/update`, body: wire.fromUpdate(change) }));
  }

  private async updatePodmanContainer(id: string, change: Partial<CpuConfig & ResourceConfig>): Promise<string[]> {
    await this.http.discard(await this.http.open({ method: 'POST', path: `/libpod${container(id)}/update`, body: wire.fromUpdateToOci(change) }));
    const { id: fullId, startedAt, cpu, resources } = await this.inspectContainer(id);
    this.untold.set(fullId, { startedAt, cpu: { ...cpu, ...change }, resources: { ...resources, ...change } });
    return [];
  }

  async renameContainer(id: string, name: string): Promise<void> {
    await this.http.discard(await this.http.open({ method: 'POST', path: `${container(id)}/rename`, query: { name } }));
  }

  async killContainer(id: string, signal: string): Promise<void> {
    await this.http.discard(await this.http.open({ method: 'POST', path: `${container(id)}/kill`, query: { signal } }));
  }

  async attachContainer(id: string, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    const response = await this.http.open({ method: 'POST', path: `${container(id)}/attach`, query: { stream: '1', stdout: '1', stderr: '1' } }, signal);
    return demultiplex(this.http.body(response));
  }

  async exec(id: string, command: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<ExecResult> {
    const body = { AttachStdout: true, AttachStderr: true, Cmd: command };
    const exec = `/exec/${encoded(wire.toId(await this.http.json({ method: 'POST', path: `${container(id)}/exec`, body }, signal)))}`;
    // No upgrade of the connection is asked for: without a stdin none is needed, and Podman grants none.
    const response = await this.http.open({ method: 'POST', path: `${exec}/start`, body: { Detach: false, Tty: false } }, signal);
    const output = { stdout: new GrowingBytes(maxExecBytes), stderr: new GrowingBytes(maxExecBytes) };
    for await (const { stream, data } of demultiplex(this.http.body(response))) {
      if (!output[stream].push(data)) { throw new TooMuch(l10n.t('an output'), maxExecBytes); }
    }
    return { exitCode: await this.execExitCode(exec, signal), stdout: output.stdout.take(), stderr: output.stderr.take() };
  }

  private async execExitCode(exec: string, signal: AbortSignal | undefined): Promise<number> {
    for (let look = 1; look <= exitCode.looks; look += 1) {
      const code = wire.toExecExitCode(await this.http.json({ method: 'GET', path: `${exec}/json` }, signal));
      if (code !== undefined) { return code; }
      await sleep(exitCode.every, signal ?? this.http.signal);
    }
    throw new MalformedStream(l10n.t('the exit code of a command that ended'));
  }

  async execTerminal(id: string, command: readonly string[], { columns, rows }: TerminalSize): Promise<TerminalSession> {
    const body = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true, Env: ['TERM=xterm-256color'], ConsoleSize: [rows, columns], Cmd: command };
    const exec = `/exec/${encoded(wire.toId(await this.http.json({ method: 'POST', path: `${container(id)}/exec`, body })))}`;
    const connection = await this.http.upgrade({ method: 'POST', path: `${exec}/start`, body: { Detach: false, Tty: true, ConsoleSize: [rows, columns] } });
    return {
      output: this.http.bodyOf(connection),
      write: (data) => { connection.write(data); },
      resize: async (size) => this.http.discard(await this.http.open({ method: 'POST', path: `${exec}/resize`, query: { h: String(size.rows), w: String(size.columns) } })),
      exitCode: () => this.execExitCode(exec, undefined),
      dispose: () => connection.destroy(),
    };
  }

  async inspectRaw(kind: InspectKind, reference: string): Promise<unknown> {
    return this.http.json({ method: 'GET', path: kind === 'image' ? `${image(reference)}/json` : kind === 'container' ? `${container(reference)}/json` : `/${kind}s/${encoded(reference)}` });
  }

  async containerAnatomy(id: string): Promise<ContainerAnatomy> {
    return anatomy.toAnatomy(await this.http.json({ method: 'GET', path: `${container(id)}/json`, query: { size: '1' } }));
  }

  async containerProcesses(id: string): Promise<ListedProcess[]> {
    // Podman numbers them as they are inside, unless it is asked.
    const query = this.isPodman ? { query: { ps_args: 'hpid,args' } } : {};
    return anatomy.toListedProcesses(await this.http.json({ method: 'GET', path: `${container(id)}/top`, ...query }));
  }

  async containerChanges(id: string): Promise<FileChange[]> {
    return (await this.http.list({ method: 'GET', path: `${container(id)}/changes` }, l10n.t('changed files'), mostChanges, wire.toFileChange)).filter((change) => change !== undefined);
  }

  async containerLogs(id: string, options: LogOptions, signal?: AbortSignal): Promise<AsyncIterable<OutputChunk>> {
    const response = await this.http.open({
      method: 'GET', path: `${container(id)}/logs`,
      query: {
        stdout: '1', stderr: '1', follow: options.follow ? '1' : '0', timestamps: options.timestamps === true ? '1' : '0',
        tail: options.tail === undefined ? 'all' : String(options.tail),
        ...(options.sinceMillis === undefined ? {} : { since: (options.sinceMillis / 1000).toFixed(3) }),
      },
    }, signal);
    const body = this.http.body(response);
    return options.tty ? asStdout(body) : demultiplex(body);
  }

  async *containerStats(id: string, signal: AbortSignal): AsyncGenerator<StatsSample, void, undefined> {
    const response = await this.http.open({ method: 'GET', path: `${container(id)}/stats`, query: { stream: '1' } }, signal);
    const allowance = new Allowance(samples.perSecond, samples.atOnce);
    let clock: EngineClock | undefined;
    for await (const value of readJsonLines(this.http.body(response))) {
      const sample = wire.toStats(value);
      if (sample === undefined || !allowance.take(performance.now())) { continue; }
      clock ??= new EngineClock(systemClock.now, sample.readAt - systemClock.now());
      yield { ...sample, readAt: clock.toOurs(sample.readAt) };
    }
  }

  async inspectImage(reference: string): Promise<ImageDetails | undefined> {
    try {
      return wire.toImage(await this.http.json({ method: 'GET', path: `${image(reference)}/json` }));
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) { return undefined; }
      throw error;
    }
  }

  async listImages(): Promise<ImageDetails[]> {
    return this.http.list({ method: 'GET', path: '/images/json' }, l10n.t('images'), mostRows, wire.toImage);
  }

  async imageLayers(reference: string): Promise<string[]> {
    return anatomy.toLayers(await this.http.json({ method: 'GET', path: `${image(reference)}/json` }));
  }

  async imageHistory(reference: string): Promise<HistoryEntry[]> {
    return anatomy.toHistory(await this.http.json({ method: 'GET', path: `${image(reference)}/history` }));
  }

  async *pullImage(reference: string, signal?: AbortSignal): AsyncGenerator<PullMessage, void, undefined> {
    const response = await this.http.open({ method: 'POST', path: '/images/create', query: wire.fromReference(reference) }, signal);
    for await (const value of readJsonLines(this.http.body(response))) {
      // The status is 200 by now; an error comes as a line of its own.
      yield wire.toPullMessage(value);
    }
  }

  async loadImage(tar: Uint8Array, signal?: AbortSignal): Promise<void> {
    const response = await this.http.open({ method: 'POST', path: '/images/load', query: { quiet: '1' }, tar }, signal);
    for await (const value of readJsonLines(this.http.body(response))) { wire.toPullMessage(value); }
  }

  async tagImage(reference: string, tag: string): Promise<void> {
    const { fromImage, tag: version } = wire.fromReference(tag);
    await this.http.discard(await this.http.open({ method: 'POST', path: `${image(reference)}/tag`, query: { repo: fromImage, ...(version === undefined ? {} : { tag: version }) } }));
  }

  async removeImage(reference: string): Promise<void> {
    await this.http.discard(await this.http.open({ method: 'DELETE', path: image(reference) }));
  }

  async listVolumes(): Promise<VolumeDetails[]> {
    return wire.toVolumes(await this.http.json({ method: 'GET', path: '/volumes' }));
  }

  async removeVolume(name: string): Promise<void> {
    await this.http.discard(await this.http.open({ method: 'DELETE', path: `/volumes/${encoded(name)}` }));
  }

  async listNetworks(): Promise<NetworkDetails[]> {
    return this.http.list({ method: 'GET', path: '/networks' }, l10n.t('networks'), mostRows, wire.toNetwork);
  }

  async removeNetwork(id: string): Promise<void> {
    await this.http.discard(await this.http.open({ method: 'DELETE', path: `/networks/${encoded(id)}` }));
  }

  dispose(): void {
    this.http.dispose();
    this.close();
  }

  private async act(id: string, action: string): Promise<void> {
    // 304 says that it was in that state already: what the user asked for is true.
    await this.http.discard(await this.http.open({ method: 'POST', path: `${container(id)}/${action}` }, undefined, [304]));
  }
}

async function* asStdout(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of chunks) { yield { stream: 'stdout', data }; }
}

/**
 * One part of a path. A name from an engine's JSON may hold half of a surrogate pair, which has no encoding.
 * @throws EngineError for what would lead to another path
 */
function encoded(name: string): string {
  if (/^\.{0,2}$/.test(name)) { throw explainRefusal(400, `invalid reference format: ${name}`); }
  return encodeURIComponent(name.toWellFormed());
}

function container(id: string): string {
  return `/containers/${encoded(id)}`;
}

/** @throws EngineError for what cannot be an image's name: it would lead to another path */
function image(reference: string): string {
  // Slashes separate the parts of a reference and stay as they are.
  return `/images/${reference.split('/').map(encoded).join('/')}`;
}

function olderApi(a: string, b: string): string {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB) ? a : b;
}
