import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { Emitter } from '../../../src/base/emitter';

interface ServedContainer {
  name: string;
  state: string;
  status: string;
  pid: number;
  labels: Record<string, string>;
  cpu: { NanoCpus: number; CpuQuota: number; CpuPeriod: number };
}

type Handler = (request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams) => void;

/** A Docker engine made of node:http: real sockets and real HTTP, containers of cardboard. */
export class EngineServer {
  readonly containers = new Map<string, ServedContainer>();
  /** "GET /containers/json" … without the API version, in the order of coming in. */
  readonly requests: string[] = [];
  private readonly came = new Emitter<string>();
  readonly onRequest = this.came.event;
  /** Answers in the engine's place when it returns true. */
  intercept: (...args: Parameters<Handler>) => boolean = () => false;
  private server: Server | undefined;
  private readonly streams = new Map<string, Set<ServerResponse>>();

  add(id: string, fields: Partial<ServedContainer> = {}): void {
    this.containers.set(id, { name: id, state: 'running', status: 'Up 1 second', pid: 4242, labels: {}, cpu: { NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0 }, ...fields });
  }

  /** Listens at a unix socket's path, or at a port of this machine's own choice. Resolves with the port (0 for a socket). */
  async listen(path?: string): Promise<number> {
    const server = this.server = createServer((request, response) => this.answer(request, response));
    onTestFinished(() => this.kill());
    await new Promise<void>((resolve) => { if (path === undefined) { server.listen(0, '127.0.0.1', resolve); } else { server.listen(path, resolve); } });
    return path === undefined ? (server.address() as AddressInfo).port : 0;
  }

  /** As a daemon dies: connections break and the socket goes. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined) { return; }
    this.server = undefined;
    this.streams.clear();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** An event, to everybody who listens. */
  emit(action: string, id: string): void {
    this.write('events', `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id, Attributes: {} }, time: 1, timeNano: 1_000_000_000 })}\n`);
  }

  /** A line of a container's standard output, with the engine's time. */
  log(id: string, at: number, line: string): void {
    const content = Buffer.from(`${new Date(at).toISOString()} ${line}\n`);
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(content.length, 4);
    this.write(`logs ${id}`, Buffer.concat([header, content]));
  }

  stats(id: string, at: number, usageMicros: number, periods = 0, throttled = 0): void {
    this.write(`stats ${id}`, `${JSON.stringify({ read: new Date(at).toISOString(), cpu_stats: { cpu_usage: { total_usage: usageMicros * 1000 }, throttling_data: { periods, throttled_periods: throttled, throttled_time: 0 } } })}\n`);
  }

  /** How many read a stream ("events", "logs ID", "stats ID") now. */
  readers(stream: string): number {
    return this.streams.get(stream)?.size ?? 0;
  }

  /** Breaks a stream off in the middle. */
  cut(stream: string): void {
    for (const response of this.streams.get(stream) ?? []) { response.destroy(); }
  }

  /** Ends a stream as it should end. */
  end(stream: string): void {
    for (const response of this.streams.get(stream) ?? []) { response.end(); }
  }

  write(stream: string, data: string | Uint8Array): void {
    for (const response of this.streams.get(stream) ?? []) { response.write(data); }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://engine');
    const path = url.pathname.replace(/^\/v\d+\.\d+/, '');
    request.resume();
    this.requests.push(`${request.method ?? ''} ${path}`);
    if (!this.intercept(request, response, path, url.searchParams)) { this.route(response, path, url.searchParams); }
    this.came.fire(path);
  }

  private route(response: ServerResponse, path: string, query: URLSearchParams): void {
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const [, , id = '', call = ''] = /^\/(containers)\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const container = this.containers.get(id);
    if (path === '/_ping') {
      response.writeHead(200, { 'Api-Version': '1.41', 'Docker-Experimental': 'false', 'Content-Type': 'text/plain' });
      response.end('OK');
    } else if (path === '/info') {
      json({ ID: 'cardboard', Name: 'host', NCPU: 4, CgroupVersion: '2', CgroupDriver: 'systemd', Architecture: 'x86_64' });
    } else if (path === '/version') {
      json({ Version: '20.10.24', ApiVersion: '1.41' });
    } else if (path === '/events') {
      this.stream(response, 'events');
    } else if (path === '/containers/json') {
      const { id: [wanted = ''] = [] } = JSON.parse(query.get('filters') ?? '{}') as { id?: string[] };
      json([...this.containers].filter(([key]) => key.startsWith(wanted)).map(([key, { name, state, status, labels }]) => ({ Id: key, Names: [`/${name}`], Image: 'python:3-alpine', State: state, Status: status, Labels: labels, Created: 1 })));
    } else if (container === undefined) {
      json({ message: `No such container: ${id}` }, 404);
    } else if (call === 'json') {
      json({ Id: id, Name: `/${container.name}`, State: { Status: container.state, Pid: container.pid }, Config: { Image: 'python:3-alpine', Tty: false }, HostConfig: container.cpu });
    } else if (call === 'logs' || call === 'stats') {
      this.stream(response, `${call} ${id}`);
    } else {
      json({ message: 'page not found' }, 404);
    }
  }

  private stream(response: ServerResponse, name: string): void {
    const readers = this.streams.get(name) ?? new Set();
    this.streams.set(name, readers.add(response));
    response.on('close', () => {
      readers.delete(response);
      this.came.fire(`end of ${name}`);
    });
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    response.flushHeaders();
  }
}
