import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock';
import type { Disposable } from '../../src/base/disposable';
import { silentLog } from '../../src/base/log';
import { findContainerGroup, readGroup } from '../../src/cgroup/containerCounters';
import type { CpuGroup } from '../../src/cgroup/hierarchy';
import { LocalHost } from '../../src/cgroup/localHost';
import type { Reading } from '../../src/cgroup/meter';
import { connect } from '../../src/engine/connect';
import { EngineConnection } from '../../src/engine/connection';
import { type CpuDemo, type CpuDemoInput, startCpuDemo } from '../../src/engine/cpuDemo';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine, OutputChunk } from '../../src/engine/engine';
import { type HelloInput, type HelloResult, type HelloStage, runHelloWorld } from '../../src/engine/helloWorld';
import type { PullProgress } from '../../src/engine/pull';
import { parseWorkRate } from '../../src/lesson/workRate';
import { poll, until } from './until';

const execute = promisify(execFile);
const cgroups = '/sys/fs/cgroup';
export const localHost = new LocalHost();
export const demoImage = 'python:3-alpine';
export const program = readFileSync('media/factorials.py', 'utf8');

/** An engine under test, our code's connection to it and the user's terminal beside it. */
export class Bench {
  /** Containers that were ever created here: none of their groups may stay. */
  private readonly created = new Set<string>();
  private readonly watching = new AbortController();

  private constructor(readonly host: string, readonly engine: Engine) { }

  static async open(host: string): Promise<Bench> {
    const engine = await connect(parseEndpoint(host));
    await engine.negotiate();
    const bench = new Bench(host, engine);
    await new Promise<void>((resolve) => { void bench.watch(resolve); });
    return bench;
  }

  /** What the docker command prints for these arguments, trimmed. Rejects when it fails. */
  docker = async (...args: string[]): Promise<string> => {
    const { stdout } = await execute('docker', args, { env: { ...process.env, DOCKER_HOST: this.host, DOCKER_CONTEXT: '' }, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  };

  /** Runs a container that sleeps, in the background. Its id. */
  sleeper(...options: string[]): Promise<string> {
    return this.docker('run', '-d', '--init', ...options, 'busybox', 'sleep', '1000');
  }

  /** Connected, with the list taken; ends with the test. */
  async connected(): Promise<EngineConnection> {
    const connection = new EngineConnection({ findCandidates: () => Promise.resolve([{ endpoint: parseEndpoint(this.host), reason: 'test' }]), connect: (to, signal) => connect(to, { signal }), log: silentLog });
    disposeAfterTest(connection);
    connection.start();
    await until(connection.onDidChangeState, 'connected', () => connection.state.kind === 'connected');
    return connection;
  }

  /** The container once the connection's store knows it and it is as wanted. */
  follow(connection: EngineConnection, id: string) {
    return (what: string, is: (container: NonNullable<ReturnType<EngineConnection['containers']['get']>>) => boolean) => until(connection.containers.onDidChange, what, () => {
      const container = connection.containers.get(id);
      return container !== undefined && is(container) && container;
    });
  }

  async images(): Promise<string[]> {
    return (await this.engine.listImages()).flatMap(({ id, tags }) => tags.length === 0 ? [id] : tags).sort();
  }

  /** Also what no tag points to. */
  async removeImages(): Promise<void> {
    for (const image of await this.images()) { await this.docker('rmi', '-f', image); }
  }

  async removeContainers(): Promise<void> {
    const ids = (await this.engine.listContainers()).map(({ id }) => id);
    await Promise.all(ids.map((id) => this.docker('rm', '-f', '-v', id)));
  }

  /** Groups of containers of this engine, of any time. */
  groupsLeft(): string[] {
    return readdirSync(cgroups).flatMap((hierarchy) => children(`${cgroups}/${hierarchy}/docker`)).filter((id) => this.created.has(id));
  }

  close(): void {
    this.watching.abort();
    this.engine.dispose();
  }

  private async watch(connected: () => void): Promise<void> {
    try {
      for await (const { type, action, id } of this.engine.events(this.watching.signal, connected)) {
        if (type === 'container' && action === 'create') { this.created.add(id); }
      }
    } catch {
      // The daemon was ended by a test: containers of that time are not looked for in the end.
    }
  }
}

function children(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * The shared engine for a file's tests, with these images and no others when each begins. After each test nothing may be left but
 * those images: no container, no image, no group.
 */
export function useBench(...images: string[]): () => Bench {
  return useBenchOf(() => Promise.resolve({ host: inject('engineHost'), close: () => Promise.resolve() }), images);
}

/** An engine of a file's own. */
export interface OwnEngine {
  host: string;
  close(): Promise<void>;
}

/** The same for an engine that `open` opens before anything else. */
export function useBenchOf(open: () => Promise<OwnEngine>, images: string[] = []): () => Bench {
  let bench: Bench | undefined;
  let own: OwnEngine | undefined;
  const opened = (): Bench => bench ?? expect.fail('the engine is not open');
  beforeAll(async () => {
    own = await open();
    bench = await Bench.open(own.host);
    await bench.removeImages();
    for (const image of images) { await bench.docker('pull', '-q', image); }
  });
  afterEach(() => expectNothingLeft(opened(), images));
  afterAll(async () => {
    await bench?.removeImages();
    bench?.close();
    await own?.close();
  });
  return opened;
}

async function expectNothingLeft(bench: Bench, images: readonly string[]): Promise<void> {
  const containers = (await bench.engine.listContainers()).map(({ name, status }) => `${name} (${status})`);
  const others = (await bench.images()).filter((tag) => !images.includes(tag.replace(/:latest$/, '')));
  // The next test must not suffer for it.
  await bench.removeContainers();
  for (const image of others) { await bench.docker('rmi', '-f', image); }
  // The kernel takes a group away a moment after its last process.
  const groups = await poll('no group of a container', () => bench.groupsLeft().length === 0 && [], 5_000).catch(() => bench.groupsLeft());
  expect({ containers, images: others, groups }).toEqual({ containers: [], images: [], groups: [] });
}

export function disposeAfterTest<T extends Disposable>(item: T): T {
  onTestFinished(() => item.dispose());
  return item;
}

/** A run of hello-world and what its listener heard. */
export interface HelloRun {
  result: Promise<HelloResult>;
  stages: HelloStage[];
  pulls: PullProgress[];
  output(): string;
}

export function hello(engine: Engine, options: Partial<HelloInput> & { onStage?: (stage: HelloStage) => void; onPull?: (progress: PullProgress) => void } = {}): HelloRun {
  const { onStage, onPull, ...input } = options;
  const [stages, pulls, chunks]: [HelloStage[], PullProgress[], Uint8Array[]] = [[], [], []];
  const result = runHelloWorld({
    engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: new AbortController().signal,
    listener: {
      onStage: (stage) => {
        stages.push(stage);
        onStage?.(stage);
      },
      onPull: (progress) => {
        pulls.push(progress);
        onPull?.(progress);
      },
      onOutput: ({ data }) => chunks.push(data),
    },
    ...input,
  });
  return { result, stages, pulls, output: () => Buffer.concat(chunks).toString('utf8') };
}

export function demo(engine: Engine, options: Partial<CpuDemoInput> = {}): Promise<CpuDemo> {
  return startCpuDemo({ engine, image: demoImage, imageChosen: false, program, onPull: () => { }, onPulled: () => { }, signal: new AbortController().signal, ...options });
}

export async function textOf(output: AsyncIterable<OutputChunk>, stream: OutputChunk['stream']): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) { if (chunk.stream === stream) { chunks.push(chunk.data); } }
  return Buffer.concat(chunks);
}

/** The next lines of the program's log that tell a rate. */
export async function nextRates(engine: Engine, id: string, count: number): Promise<number[]> {
  const stop = new AbortController();
  const rates: number[] = [];
  let text = '';
  for await (const { data } of await engine.containerLogs(id, { follow: true, tail: 0, tty: false }, stop.signal)) {
    text += Buffer.from(data).toString('utf8');
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) { rates.push(parseWorkRate(line) ?? expect.fail(`no rate: ${line}`)); }
    if (rates.length >= count) { break; }
  }
  stop.abort();
  return rates;
}

export async function groupOf(engine: Engine, id: string): Promise<CpuGroup> {
  const { pid } = await engine.inspectContainer(id);
  return await findContainerGroup(localHost, id, pid) ?? expect.fail('the container has no group here');
}

/** The kernel's own words about a container's limit. */
export async function kernelMax(engine: Engine, id: string) {
  return (await readGroup(localHost, await groupOf(engine, id))).max;
}

export async function reading(group: CpuGroup): Promise<Reading> {
  const before = performance.now();
  const { counters } = await readGroup(localHost, group);
  return { ...counters, at: (before + performance.now()) / 2 };
}

/** Cores that everything on this machine keeps busy, from now to the call of the result. */
export function busyCores(): () => number {
  const [from, at] = [busyMillis(), performance.now()];
  return () => (busyMillis() - from) / (performance.now() - at);
}

function busyMillis(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

/**
 * The kernel's account of a program that wants all it can get under a limit of 10 % of a core: a tenth, in nearly every period. On a
 * machine that is too busy to give even that, the periods that were not used up say so, and their share is what may be missing.
 */
export function expectTenth(what: string, { cores, seconds, periods, throttledPeriods }: { cores: number; seconds: number; periods: number; throttledPeriods: number }, tolerance = 0.005): void {
  const share = throttledPeriods / periods;
  const note = share < 0.95 ? ' (a busy machine: it did not get its tenth in the others)' : '';
  figure(`${what}: ${percent(cores)} of a core over ${seconds.toFixed(1)} s, throttled in ${throttledPeriods} of ${periods} periods${note}`);
  expect(cores).toBeLessThan(0.1 + tolerance);
  expect(cores).toBeGreaterThan(0.1 * share - tolerance);
  expect(share).toBeGreaterThan(0.5);
}

/** Open sockets of this process. */
export function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** A figure for whoever reads the run. */
export function figure(text: string): void {
  console.log(`  » ${text}`);
}

export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}
