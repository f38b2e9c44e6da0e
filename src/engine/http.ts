import { setMaxListeners } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { isAbort } from '../base/errors';
import { GrowingBytes } from '../base/growingBytes';
import type { Endpoint } from './endpoint';
import { explainConnectionError, explainRefusal, MalformedStream, noAnswer, TooMany, TooMuch } from './errors';
import { readJsonArray } from './jsonArray';
import { parseJson } from './parseJson';
import type { Flight, FlightRecorder } from './recorder';

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
  /** The connection itself, once the engine gives it over (HTTP 101); its response when it does not. */
  upgrade(request: EngineRequest, signal?: AbortSignal): Promise<Duplex | IncomingMessage>;
  setVersion(apiVersion: string): void;
}

/**
 * How much of an answer is read as a whole, in bytes. At the next byte it is refused, and the connection closed.
 * `list`: 10,000 containers take 6 MB. Lists are read row by row. `row`: a container with its labels and ports takes 1 kB.
 * `object`: an inspection takes 10 kB; with thousands of labels or mounts, under 1 MB. `word`: "OK", a refusal's {"message": …}, and what
 * is not looked at.
 */
const longest = { list: 64 * 1024 * 1024, row: 1024 * 1024, object: 4 * 1024 * 1024, word: 64 * 1024 } as const;

/** How much of the engine's own words a message holds, in characters: its longest, about a failed mount, are a few hundred. */
const longestReply = 2_000;

/** Requests to an engine and their answers: statuses, bodies and streams, each written down in the flight recorder where there is one. */
export class EngineHttp {
  private readonly ended = new AbortController();
  private readonly flights = new WeakMap<IncomingMessage, Flight>();
  /** What ends each answer. */
  private readonly signals = new WeakMap<IncomingMessage, AbortSignal>();
  private apiVersion: string | undefined;

  /** @param answerMillis longest wait for the whole answer to a question (GET), and for a connection to be given over */
  constructor(readonly endpoint: Endpoint, private readonly transport: Transport, private readonly answerMillis: number, private readonly recorder?: FlightRecorder) {
    // Each request under way listens, and there may be hundreds: no leak that Node should warn of.
    setMaxListeners(0, this.ended.signal);
  }

  /** Aborts when the connection is given up. */
  get signal(): AbortSignal { return this.ended.signal; }

  setVersion(apiVersion: string): void {
    this.apiVersion = apiVersion;
    this.transport.setVersion(apiVersion);
  }

  async send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    const { tar, ...told } = request;
    const flight = this.recorder?.begin({ ...told, rawBytes: tar?.length ?? 0 }, this.apiVersion);
    try {
      const response = await this.transport.send(request, signal === undefined ? this.ended.signal : AbortSignal.any([this.ended.signal, signal]));
      if (signal !== undefined) { this.signals.set(response, signal); }
      flight?.answered(response.statusCode ?? 0);
      if (flight !== undefined) { this.flights.set(response, flight); }
      return response;
    } catch (error) {
      flight?.ended(error);
      throw error;
    }
  }

  /** The response, once its status is a good one. */
  async open(request: EngineRequest, signal?: AbortSignal, alsoGood: readonly number[] = []): Promise<IncomingMessage> {
    const response = await this.send(request, signal);
    const status = response.statusCode ?? 0;
    if ((status < 200 || status > 299) && !alsoGood.includes(status)) { throw explainRefusal(status, replyOf(await this.beginning(response))); }
    return response;
  }

  /**
   * A connection that both sides write to from now on.
   * @throws EngineError when the engine refuses; MalformedStream when it answers without giving the connection over
   */
  async upgrade(request: EngineRequest): Promise<Duplex> {
    const flight = this.recorder?.begin({ ...request, rawBytes: 0 }, this.apiVersion);
    try {
      const answer = await this.inTime((signal) => this.transport.upgrade(request, signal), this.ended.signal);
      if (!(answer instanceof IncomingMessage)) {
        flight?.answered(101);
        answer.on('data', (chunk: Uint8Array) => flight?.received(chunk.length));
        // Reading begins when somebody does.
        answer.pause();
        answer.once('close', () => flight?.ended(undefined));
        return answer;
      }
      const status = answer.statusCode ?? 0;
      flight?.answered(status);
      if (flight !== undefined) { this.flights.set(answer, flight); }
      if (status >= 200 && status <= 299) {
        answer.destroy();
        throw new MalformedStream(l10n.t('a connection of its own'));
      }
      throw explainRefusal(status, replyOf(await this.beginning(answer)));
    } catch (error) {
      flight?.ended(error);
      throw error;
    }
  }

  /** @throws TooMuch, MalformedStream, EngineError */
  async json(request: EngineRequest, signal?: AbortSignal): Promise<unknown> {
    const ask = async (asked?: AbortSignal): Promise<string> => this.read(await this.open(request, asked), longest.object);
    // What changes something may take its time: an engine waits ten seconds before it kills a container.
    const body = await (request.method === 'GET' ? this.inTime(ask, signal) : ask(signal));
    return parseJson(body);
  }

  /**
   * The rows of a list, each made into what is kept of it as it comes.
   * @param what "containers"  @throws TooMany, TooMuch, MalformedStream, EngineError
   */
  async list<T>(request: EngineRequest, what: string, most: number, toRow: (value: unknown) => T): Promise<T[]> {
    return this.inTime(async (signal) => {
      const rows: T[] = [];
      for await (const value of readJsonArray(this.atMost(longest.list, this.body(await this.open(request, signal))), longest.row)) {
        if (rows.length === most) { throw new TooMany(what, most); }
        rows.push(toRow(value));
      }
      return rows;
    });
  }

  private async *atMost(most: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) { throw new TooMuch(l10n.t('an answer'), most); }
      yield chunk;
    }
  }

  /** An answer of a few words. @throws TooMuch when it is longer */
  word(response: IncomingMessage): Promise<string> {
    return this.read(response, longest.word);
  }

  private async read(response: IncomingMessage, most: number): Promise<string> {
    const read = new GrowingBytes(most);
    for await (const chunk of this.body(response)) { if (!read.push(chunk)) { throw new TooMuch(l10n.t('an answer'), most); } }
    return read.take();
  }

  /** Lets an answer that is not looked at come to its end, so that its connection can be used again; a long one loses it. */
  async discard(response: IncomingMessage): Promise<void> {
    await this.beginning(response);
  }

  /** The answer, or as much of it as a word may have: how it goes on is of no interest. */
  private async beginning(response: IncomingMessage): Promise<string> {
    const read = new GrowingBytes(longest.word);
    for await (const chunk of this.body(response)) { if (!read.push(chunk)) { break; } }
    return read.take();
  }

  /** Does something that the engine must be done with in time. What it resolves with is not ended by that signal any more. */
  private async inTime<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.answerMillis);
    try {
      return await work(signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]));
    } catch (error) {
      signal?.throwIfAborted();
      this.ended.signal.throwIfAborted();
      throw late.signal.aborted ? noAnswer(this.endpoint) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The response's chunks; a cut connection and an abort throw as what they are. */
  async *body(response: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
    const flight = this.flights.get(response);
    const throwIfAborted = (): void => {
      this.signals.get(response)?.throwIfAborted();
      this.ended.signal.throwIfAborted();
    };
    let failure: unknown;
    try {
      for await (const chunk of response) {
        flight?.received((chunk as Uint8Array).length);
        yield chunk as Uint8Array;
      }
      // An answer of no told length ends with its connection: ours was cut by ourselves.
      throwIfAborted();
    } catch (error) {
      failure = error;
      throwIfAborted();
      throw isAbort(error) ? error : explainConnectionError(error, this.endpoint);
    } finally {
      flight?.ended(failure);
    }
  }

  /** What comes over a connection that was given over. */
  async *bodyOf(connection: Duplex): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of connection) { yield chunk as Uint8Array; }
    } catch (error) {
      this.ended.signal.throwIfAborted();
      throw explainConnectionError(error, this.endpoint);
    }
  }

  dispose(): void { this.ended.abort(); }
}

/** What an error's body says: Docker's {"message": …}, or the text as it is, cut to a readable length. */
export function replyOf(body: string): string {
  try {
    const message: unknown = (JSON.parse(body) as { message?: unknown } | null)?.message;
    if (typeof message === 'string') { return cut(message, longestReply); }
  } catch {
    // Not JSON: proxies answer in HTML or plain text.
  }
  return cut(body, 500);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
