import type { ServerResponse } from 'node:http';
import { type FakeServer, pathOf, sendJson, serveHttp } from './fakeServer';

/** A container as a hostile engine would tell of it: no real engine lets such names through. */
export interface HostileContainer {
  id: string;
  name: string;
  image: string;
  command: string;
  state: 'running' | 'exited';
  status: string;
}

export interface HostileEngine extends FakeServer {
  /** What every refusal says. */
  refusal: string;
}

/** An engine that says what it likes. It is read as every engine is; each change is refused with its own words. */
export async function serveHostile(containers: readonly HostileContainer[], refusal: string): Promise<HostileEngine> {
  const server = await serveHttp((incoming, response) => {
    const path = pathOf(incoming);
    const one = /^\/containers\/([^/]+)\/(\w+)$/.exec(path);
    const container = containers.find(({ id }) => id === one?.[1]);
    if (path === '/_ping') {
      sendJson(response, 'OK');
    } else if (path === '/info') {
      sendJson(response, { ID: 'HOSTILE', Name: '<b>engine</b>', NCPU: 4, OperatingSystem: '<b>os</b>', CgroupVersion: '2' });
    } else if (path === '/version') {
      sendJson(response, { Version: '20.10.24', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64' });
    } else if (path === '/events') {
      // Kept open and silent: nothing happens.
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    } else if (path === '/containers/json') {
      sendJson(response, containers.map(toSummary));
    } else if (path === '/images/json') {
      sendJson(response, []);
    } else if (container !== undefined && one?.[2] === 'json') {
      sendJson(response, toDetails(container));
    } else if (container !== undefined && one?.[2] === 'stats') {
      sendStats(response);
    } else if (container !== undefined && one?.[2] === 'logs') {
      response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' });
      response.write(frame('2026-01-01T00:00:00.000000000Z <img src=x onerror=top.hacked=1> [click](command:workbench.action.terminal.new) 5.5 per second\n'));
    } else {
      sendJson(response, { message: refusal }, 500);
    }
  });
  return { ...server, refusal };
}

function toSummary({ id, name, image, command, state, status }: HostileContainer): unknown {
  return { Id: id, Names: [`/${name}`], Image: image, ImageID: 'sha256:0', Command: command, State: state, Status: status, Created: 1_700_000_000, Labels: {}, Ports: [{ PrivatePort: 80, PublicPort: 8080, Type: '<i>tcp</i>', IP: '<u>ip</u>' }] };
}

function toDetails({ id, name, image, state }: HostileContainer): unknown {
  return {
    Id: id, Name: `/${name}`, Image: 'sha256:0', Config: { Image: image, Labels: {}, Tty: false }, HostConfig: { CpuQuota: 10_000, CpuPeriod: 100_000, NanoCpus: 0 },
    State: { Status: state, Running: state === 'running', ExitCode: 0, Pid: 0 },
  };
}

/** One sample at once, then no more. */
function sendStats(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const sample = (seconds: number): string => `${JSON.stringify({
    read: new Date(1_700_000_000_000 + seconds * 1000).toISOString(),
    cpu_stats: { cpu_usage: { total_usage: seconds * 1e8 }, system_cpu_usage: seconds * 4e9, online_cpus: 4, throttling_data: { periods: seconds * 10, throttled_periods: seconds * 9, throttled_time: 0 } },
    precpu_stats: {},
  })}\n`;
  response.write(sample(1) + sample(2));
}

/** A piece of standard output in Docker's own framing. */
function frame(text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}
