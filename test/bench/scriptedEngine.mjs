// An engine that is a script: a real HTTP server on a unix socket with as many containers as asked for. Renames, creations and the like
// take it no time, so that a storm of events is as strong as it was meant to be, which dockerd itself cannot keep up with.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';

const image = `sha256:${'1'.repeat(64)}`;

export class ScriptedEngine {
  /** @type {Map<string, { id: string, name: string, state: 'running' | 'paused' | 'created' }>} by id, the newest last */
  containers = new Map();
  events = 0;
  #listeners = new Set();
  #made = 0;
  #server = createServer((request, response) => { if (this.lateMillis === 0) { this.#answer(request, response); } else { setTimeout(() => this.#answer(request, response), this.lateMillis); } });

  /** @param {string} socket its path @param {number} [lateMillis] so long each answer takes */
  constructor(socket, lateMillis = 0) {
    this.socket = socket;
    this.lateMillis = lateMillis;
  }

  get host() { return `unix://${this.socket}`; }

  async listen() {
    rmSync(this.socket, { force: true });
    await new Promise((resolve) => { this.#server.listen(this.socket, resolve); });
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** As `docker ps --all --format "{{.Names}} {{.State}}"` would say, sorted. */
  get lines() { return [...this.containers.values()].map(({ name, state }) => `${name} ${state}`).sort(); }

  create(name, state = 'created') {
    const id = createHash('sha256').update(`container ${this.#made += 1}`).digest('hex');
    this.containers.set(id, { id, name, state });
    this.#tell('create', id, name);
    return id;
  }

  destroy(id) {
    const { name } = this.containers.get(id);
    this.containers.delete(id);
    this.#tell('destroy', id, name);
  }

  rename(id, name) {
    this.containers.get(id).name = name;
    this.#tell('rename', id, name);
  }

  pause(id) {
    const container = this.containers.get(id);
    container.state = container.state === 'paused' ? 'running' : 'paused';
    this.#tell(container.state === 'paused' ? 'pause' : 'unpause', id, container.name);
  }

  #tell(action, id, name) {
    this.events += 1;
    const now = Date.now();
    const line = `${JSON.stringify({ status: action, id, from: 'busybox', Type: 'container', Action: action, Actor: { ID: id, Attributes: { image: 'busybox', name } }, scope: 'local', time: Math.floor(now / 1e3), timeNano: now * 1e6 })}\n`;
    for (const listener of this.#listeners) { listener.write(line); }
  }

  #answer({ url, method }, response) {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const path = pathname.replace(/^\/v\d+\.\d+/, '');
    const json = (value, status = 200) => {
      const body = JSON.stringify(value);
      response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'Api-Version': '1.47' });
      response.end(body);
    };
    const one = /^\/containers\/([^/]+)\/json$/.exec(path)?.[1];
    if (path === '/_ping') {
      response.writeHead(200, { 'Api-Version': '1.47', 'Content-Type': 'text/plain', 'OSType': 'linux' });
      response.end(method === 'HEAD' ? undefined : 'OK');
    } else if (path === '/events') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      this.#listeners.add(response);
      response.on('close', () => this.#listeners.delete(response));
    } else if (path === '/version') {
      json({ Version: '27.0.0', ApiVersion: '1.47', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64', KernelVersion: '6.1.0', Components: [{ Name: 'Engine', Version: '27.0.0' }] });
    } else if (path === '/info') {
      json({ ID: 'scripted', Name: 'scripted', ServerVersion: '27.0.0', OperatingSystem: 'Linux', OSType: 'linux', Architecture: 'x86_64', KernelVersion: '6.1.0', NCPU: 4, MemTotal: 8e9, CgroupVersion: '2', CgroupDriver: 'systemd', CpuCfsQuota: true, CpuCfsPeriod: true, SecurityOptions: [], Containers: this.containers.size });
    } else if (path === '/containers/json') {
      const { id } = JSON.parse(searchParams.get('filters') ?? '{}');
      const wanted = Array.isArray(id) ? id : Object.keys(id ?? {});
      const listed = wanted.length > 0 ? wanted.flatMap((key) => this.containers.get(key) ?? []) : [...this.containers.values()].reverse();
      json(listed.map(({ id: key, name, state }) => ({
        Id: key, Names: [`/${name}`], Image: 'busybox', ImageID: image, Command: 'sleep 1000000', Created: 1_700_000_000, Ports: [], State: state, Labels: {}, HostConfig: { NetworkMode: 'default' },
        Status: state === 'running' ? 'Up 2 minutes' : state === 'paused' ? 'Up 2 minutes (Paused)' : 'Created', NetworkSettings: { Networks: {} }, Mounts: [],
      })));
    } else if (one !== undefined) {
      const container = this.containers.get(one);
      if (container === undefined) { json({ message: `No such container: ${one}` }, 404); } else {
        const { id, name, state } = container;
        json({
          Id: id, Name: `/${name}`, Created: '2026-01-01T00:00:00Z', Image: image, Config: { Image: 'busybox', Labels: {}, Tty: false, Cmd: ['sleep', '1000000'], Env: [] }, HostConfig: { NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0 },
          State: { Status: state, Running: state !== 'created', Paused: state === 'paused', Pid: 0, ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' },
        });
      }
    } else if (path === '/images/json' || path === '/networks') { json([]); } else if (path === '/volumes') { json({ Volumes: [] }); } else { json({ message: 'page not found' }, 404); }
  }
}
