import type { Clock } from '../base/clock';
import { Emitter } from '../base/emitter';
import { messageOf } from '../base/errors';
import { Ring } from '../base/ring';
import type { EngineEvent } from './engine';

/** One request that we sent to an engine, and what came of it. Headers are never kept: registry credentials travel in them. */
export interface RecordedRequest {
  /** Counts requests and events of an engine together, in the order in which they began. */
  number: number;
  method: string;
  /** With the query, without the API's version. */
  path: string;
  apiVersion: string | undefined;
  /** Milliseconds since the epoch, on our clock. */
  at: number;
  /** From the request to its answer's headers, in milliseconds. */
  answeredAfter?: number;
  /** From the request to the end of its answer's body. Missing while it flows: an event stream never ends. */
  endedAfter?: number;
  status?: number;
  sentBytes: number;
  receivedBytes: number;
  /** What was sent as JSON, where that is harmless. */
  body?: unknown;
  /** Why there was no answer, or why it broke off. */
  failure?: string;
}

export interface RecordedEvent {
  number: number;
  /** When it reached us, milliseconds since the epoch on our clock; `event.at` is on the engine's. */
  at: number;
  event: EngineEvent;
}

/** What is told of a request under way. */
export interface Flight {
  readonly record: Readonly<RecordedRequest>;
  answered(status: number): void;
  received(bytes: number): void;
  ended(error?: unknown): void;
}

/** What is sent. */
export interface Departure {
  method: string;
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Of a body that is not JSON, in bytes. */
  rawBytes?: number;
}

/** How many of each are kept. A flood of events pushes out no request. */
export const mostRecorded = 1_000;

/** Longer bodies are left out, and what is longer of an event: a thousand of each are kept. Characters (of JSON). */
const longestBody = 4_096;

/** Requests whose bodies tell what was asked for and can hold no secret but an environment, which is left out. */
const harmless = /^\/(libpod\/)?(containers\/create|containers\/[^/]+\/(update|exec)|exec\/[^/]+\/start)$/;

/** The flight recorder of an engine: every request that we sent it and every event that it sent us, the newest of each. */
export class FlightRecorder {
  private readonly requestRing = new Ring<RecordedRequest>(mostRecorded);
  private readonly eventRing = new Ring<RecordedEvent>(mostRecorded);
  private readonly recorded = new Emitter<RecordedRequest | RecordedEvent>();
  private count = 0;

  /** A request begins, is answered or ends, or an event comes. */
  readonly onDidRecord = this.recorded.event;

  constructor(private readonly clock: Clock) { }

  /** The oldest first. */
  get requests(): RecordedRequest[] { return this.requestRing.toArray(); }
  get events(): RecordedEvent[] { return this.eventRing.toArray(); }

  begin({ method, path, query = {}, body, rawBytes = 0 }: Departure, apiVersion: string | undefined): Flight {
    const began = this.clock.monotonic();
    const search = new URLSearchParams(query).toString();
    const json = body === undefined ? '' : JSON.stringify(body);
    const record: RecordedRequest = {
      number: this.count += 1, method, path: search === '' ? path : `${path}?${search}`, apiVersion, at: this.clock.now(),
      sentBytes: rawBytes + Buffer.byteLength(json), receivedBytes: 0,
      ...(body !== undefined && harmless.test(path) && json.length <= longestBody ? { body: withoutEnvironment(body) } : {}),
    };
    this.requestRing.push(record);
    this.recorded.fire(record);
    return {
      record,
      answered: (status) => {
        record.status = status;
        record.answeredAfter = this.clock.monotonic() - began;
        this.recorded.fire(record);
      },
      received: (bytes) => { record.receivedBytes += bytes; },
      ended: (error) => {
        if (record.endedAfter !== undefined) { return; }
        record.endedAfter = this.clock.monotonic() - began;
        if (error !== undefined) { record.failure = messageOf(error); }
        this.recorded.fire(record);
      },
    };
  }

  accept(event: EngineEvent): void {
    const short = { ...event, id: event.id.slice(0, longestBody), action: event.action.slice(0, longestBody), attributes: shortAttributes(event.attributes) };
    const record = { number: this.count += 1, at: this.clock.now(), event: short };
    this.eventRing.push(record);
    this.recorded.fire(record);
  }

  dispose(): void { this.recorded.dispose(); }
}

/** Those that fit, in their order. */
function shortAttributes(attributes: EngineEvent['attributes']): EngineEvent['attributes'] {
  let chars = 0;
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => (chars += name.length + value.length) <= longestBody));
}

function withoutEnvironment(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('Env' in body)) { return body; }
  return { ...body, Env: undefined };
}
