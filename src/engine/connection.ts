import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { detailsOf } from '../base/errors';
import type { Log } from '../base/log';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import { ContainerStore } from './containers';
import type { Candidate } from './contexts';
import { type Endpoint, endpointAddress } from './endpoint';
import type { Engine, EngineEvent } from './engine';
import { connectionLost } from './errors';

/** A place where we looked in vain. */
export interface FailedAttempt {
  /** undefined when not even the place could be understood. */
  candidate: Candidate | undefined;
  error: Error;
}

export type ConnectionState =
  | { kind: 'idle' }
  /** `attempts` of the last failure, when there was one: this is then a retry. */
  | { kind: 'connecting'; attempts: readonly FailedAttempt[] }
  | { kind: 'connected'; engine: Engine; candidate: Candidate }
  | { kind: 'failed'; attempts: readonly FailedAttempt[]; retryMillis: number };

export interface ConnectionInput {
  findCandidates(): Promise<Candidate[]>;
  connect(endpoint: Endpoint, signal: AbortSignal): Promise<Engine>;
  log: Log;
}

const firstRetryMillis = 1_000;
const lastRetryMillis = 30_000;
/** Between two signs of life of a remote engine, and the longest wait for one: a cut wire is noticed in at most twice this time. */
const heartbeatMillis = 5_000;
/** Longest wait for the event stream's headers before the list is taken: some engines send them with the first event. */
const eventsOpenMillis = 1_000;

/**
 * Finds an engine, stays connected to it and keeps the list of its containers. When the engine is lost it looks again: after 1 s,
 * 2 s, 4 s … up to every 30 s, for ever, and at once when the engine's socket appears. No polling while the event stream lives.
 */
export class EngineConnection implements Disposable {
  readonly containers: ContainerStore;

  private current: ConnectionState = { kind: 'idle' };
  private readonly stateChanged = new Emitter<ConnectionState>();
  private readonly eventCame = new Emitter<EngineEvent>();
  private readonly ended = new AbortController();
  /** Ends the wait for the next attempt, or the connection that stands. */
  private again: AbortController | undefined;

  readonly onDidChangeState = this.stateChanged.event;
  readonly onEvent = this.eventCame.event;

  constructor(private readonly input: ConnectionInput) {
    this.containers = new ContainerStore(input.log);
  }

  get state(): ConnectionState { return this.current; }

  /** Connects, if nothing was done yet. */
  start(): void {
    if (this.current.kind !== 'idle') { return; }
    this.set({ kind: 'connecting', attempts: [] });
    void this.run();
  }

  /** Looks for the engine anew, now: after a failure, or because the settings changed. */
  reconnect(): void {
    if (this.current.kind === 'idle') { this.start(); } else { this.again?.abort(); }
  }

  /** Docker's configuration changed: connects anew if it now names another engine than the one we are on. */
  async reconsider(): Promise<void> {
    if (this.current.kind === 'idle') { return; }
    const now = this.current.kind === 'connected' ? endpointAddress(this.current.candidate.endpoint) : undefined;
    const candidates = await this.input.findCandidates().catch(() => []);
    // On one of several usual places we stay: nobody chose another.
    if (now === undefined || !candidates.some(({ endpoint }) => endpointAddress(endpoint) === now)) { this.reconnect(); }
  }

  /**
   * The engine, as soon as there is one.
   * @throws the reason of the last attempt when it failed; an AbortError
   */
  async engine(signal?: AbortSignal): Promise<Engine> {
    this.start();
    if (this.current.kind === 'failed') { this.reconnect(); }
    const settled = await this.settled(signal);
    if (settled.kind === 'connected') { return settled.engine; }
    // The likeliest place is the first; the others are only worth a word in the view and the log.
    throw settled.attempts[0]?.error ?? new Error('no place to look for an engine');
  }

  dispose(): void {
    this.ended.abort();
    this.again?.abort();
    this.containers.dispose();
    this.stateChanged.dispose();
    this.eventCame.dispose();
  }

  private settled(signal?: AbortSignal): Promise<Extract<ConnectionState, { kind: 'connected' | 'failed' }>> {
    return new Promise((resolve, reject) => {
      const { current } = this;
      if (current.kind === 'connected') { resolve(current); return; }
      const onAbort = (): void => {
        subscription.dispose();
        reject(signal?.reason as Error);
      };
      const subscription = this.onDidChangeState((state) => {
        if (state.kind !== 'connected' && state.kind !== 'failed') { return; }
        subscription.dispose();
        signal?.removeEventListener('abort', onAbort);
        resolve(state);
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) { onAbort(); }
    });
  }

  private async run(): Promise<void> {
    const { log } = this.input;
    for (let failures = 0; !this.ended.signal.aborted;) {
      const again = this.again = new AbortController();
      const stop = AbortSignal.any([this.ended.signal, again.signal]);
      const attempts: FailedAttempt[] = [];
      if (this.current.kind === 'failed') { this.set({ kind: 'connecting', attempts: this.current.attempts }); }
      if (this.current.kind === 'connected') { this.set({ kind: 'connecting', attempts: [] }); }
      const found = await this.find(attempts, stop);
      if (found !== undefined) {
        // Whatever it is asked just now is given up, too: an engine that never answers must not keep us from the next.
        stop.addEventListener('abort', () => found.engine.dispose(), { once: true });
        try {
          await this.stay(found.engine, found.candidate, stop, () => { failures = 0; });
        } catch (error) {
          if (!stop.aborted) { attempts.push({ candidate: found.candidate, error: asError(error) }); }
        } finally {
          if (this.current.kind !== 'connected') { this.containers.clear(); }
          found.engine.dispose();
        }
      }
      if (stop.aborted) {
        failures = 0;
        continue;
      }
      for (const { candidate, error } of attempts) {
        log.warn(`no engine at ${candidate === undefined ? 'an unknown place' : endpointAddress(candidate.endpoint)}: ${detailsOf(error)}`);
      }
      const retryMillis = Math.min(firstRetryMillis * 2 ** failures, lastRetryMillis);
      failures += 1;
      this.set({ kind: 'failed', attempts, retryMillis });
      // Who asked for it now, or whose socket has just appeared, is not made to wait for long if the first try is too early.
      if (await waitForEngine(retryMillis, attempts, stop) === 'early') { failures = 0; }
    }
  }

  private async find(attempts: FailedAttempt[], signal: AbortSignal): Promise<{ engine: Engine; candidate: Candidate } | undefined> {
    let candidates: Candidate[];
    try {
      candidates = await this.input.findCandidates();
    } catch (error) {
      attempts.push({ candidate: undefined, error: asError(error) });
      return undefined;
    }
    for (const candidate of candidates) {
      if (signal.aborted) { return undefined; }
      let engine: Engine | undefined;
      try {
        engine = await this.input.connect(candidate.endpoint, signal);
        await engine.negotiate(signal);
        return { engine, candidate };
      } catch (error) {
        engine?.dispose();
        attempts.push({ candidate, error: asError(error) });
      }
    }
    return undefined;
  }

  /** Stays with the engine until its event stream ends. Always throws or is aborted. */
  private async stay(engine: Engine, candidate: Candidate, stop: AbortSignal, connected: () => void): Promise<void> {
    let opened = (): void => { };
    const open = new Promise<void>((resolve) => { opened = resolve; });
    const listening = this.listen(engine, stop, opened);
    // The failure is awaited below; until then it must not count as unhandled.
    listening.catch(() => { });
    await Promise.race([open, listening, sleep(eventsOpenMillis, stop)]);
    await this.containers.load(engine);
    if (stop.aborted) { return; }
    connected();
    this.set({ kind: 'connected', engine, candidate });
    this.input.log.info(`connected to ${endpointAddress(candidate.endpoint)} (${candidate.reason})`);
    await Promise.race([listening, heartbeat(engine, stop)]);
  }

  private async listen(engine: Engine, stop: AbortSignal, opened: () => void): Promise<void> {
    for await (const event of engine.events(stop, opened)) {
      this.containers.accept(event);
      this.eventCame.fire(event);
    }
    // An engine never ends its event stream by itself: it is going away.
    throw connectionLost(engine.endpoint);
  }

  private set(state: ConnectionState): void {
    this.current = state;
    // Not while the state says "connected": that would mean that all containers were removed.
    if (state.kind !== 'connected') { this.containers.clear(); }
    this.stateChanged.fire(state);
  }
}

/**
 * Asks a remote engine for a sign of life every few seconds: a wire that was cut leaves the event stream open and silent. An engine
 * on this machine cannot go without its socket telling, and is not asked. Throws when there is none; resolves only when stopped.
 */
async function heartbeat(engine: Engine, stop: AbortSignal): Promise<void> {
  const { kind } = engine.endpoint;
  if (kind === 'unix' || kind === 'npipe') { return new Promise(() => { }); }
  for (;;) {
    await sleep(heartbeatMillis, stop);
    if (stop.aborted) { return; }
    try {
      await engine.negotiate(within(heartbeatMillis, stop));
    } catch (error) {
      throw connectionLost(engine.endpoint, error);
    }
  }
}

/** Waits for the next attempt: the time, an abort, or the moment when the socket of a place that we tried appears. */
async function waitForEngine(millis: number, attempts: readonly FailedAttempt[], signal: AbortSignal): Promise<'early' | 'late'> {
  const appeared = new AbortController();
  const watchers = attempts.flatMap(({ candidate }) => candidate?.endpoint.kind === 'unix' ? watchSocket(candidate.endpoint.path, () => appeared.abort()) : []);
  try {
    const early = AbortSignal.any([signal, appeared.signal]);
    await sleep(millis, early);
    return early.aborted ? 'early' : 'late';
  } finally {
    for (const watcher of watchers) { watcher.close(); }
  }
}

function watchSocket(path: string, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, file) => { if (file === basename(path)) { onChange(); } });
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    // There is not even the folder: the timer alone decides.
    return [];
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
