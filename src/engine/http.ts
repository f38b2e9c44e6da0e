import { setMaxListeners } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { isAbort } from '../base/errors';
import type { Endpoint } from './endpoint';
import { explainConnectionError, explainRefusal, MalformedStream } from './errors';
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

/** The longest answer that is read as a whole: a list of 10,000 containers takes 6 MB. */
const maxBodyBytes = 64 * 1024 * 1024;

/** Requests to an engine and their answers: statuses, bodies and streams, each written down in the flight recorder where there is one. */
export class EngineHttp {
  private readonly ended = new AbortController();
  private readonly flights = new WeakMap<IncomingMessage, Flight>();
  private apiVersion: string | undefined;

  constructor(readonly endpoint: Endpoint, private readonly transport: Transport, private readonly recorder?: FlightRecorder) {
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
    if ((status < 200 || status > 299) && !alsoGood.includes(status)) { throw explainRefusal(status, replyOf(await this.readBody(response))); }
    return response;
  }

  /**
   * A connection that both sides write to from now on.
   * @throws EngineError when the engine refuses; MalformedStream when it answers without giving the connection over
   */
  async upgrade(request: EngineRequest): Promise<Duplex> {
    const flight = this.recorder?.begin({ ...request, rawBytes: 0 }, this.apiVersion);
    try {
      const answer = await this.transport.upgrade(request, this.ended.signal);
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
      throw explainRefusal(status, replyOf(await this.readBody(answer)));
    } catch (error) {
      flight?.ended(error);
      throw error;
    }
  }

  async json(request: EngineRequest, signal?: AbortSignal): Promise<unknown> {
    const body = await this.readBody(await this.open(request, signal));
    try {
      return JSON.parse(body) as unknown;
    } catch (error) {
      throw new MalformedStream('JSON', error);
    }
  }

  async readBody(response: IncomingMessage): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.body(response)) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) { throw new MalformedStream(l10n.t('an answer of a sensible size')); }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async discard(response: IncomingMessage): Promise<void> {
    const rest = this.body(response);
    while ((await rest.next()).done !== true);
  }

  /** The response's chunks; a cut connection and an abort throw as what they are. */
  async *body(response: IncomingMessage, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const flight = this.flights.get(response);
    let failure: unknown;
    try {
      for await (const chunk of response) {
        flight?.received((chunk as Uint8Array).length);
        yield chunk as Uint8Array;
      }
    } catch (error) {
      failure = error;
      signal?.throwIfAborted();
      this.ended.signal.throwIfAborted();
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
    if (typeof message === 'string') { return message; }
  } catch {
    // Not JSON: proxies answer in HTML or plain text.
  }
  return body.length > 500 ? `${body.slice(0, 500)}…` : body;
}
