import { shellQuote } from '../base/shellQuote';
import type { Endpoint } from './endpoint';
import type { RecordedRequest } from './recorder';

/*
 * A recorded request in other words: what somebody would type to have the same done. Paths that we ask for and no others.
 */

type Asked = Pick<RecordedRequest, 'method' | 'path' | 'apiVersion' | 'body'>;

type Json = Readonly<Record<string, unknown>>;

/** Of collections whose objects are inspected and removed alike. */
const singulars: ReadonlyMap<string, string> = new Map([['volumes', 'volume'], ['networks', 'network'], ['services', 'service'], ['nodes', 'node']]);

/** The docker command that sends this request, alone or among others; undefined where no command of Docker's does. */
export function asDockerCommand({ method, path, body }: Asked): string | undefined {
  const url = new URL(path, 'http://engine');
  const [, collection, ...rest] = url.pathname.replace(/^\/libpod/, '').split('/').map(decodeURIComponent);
  const query = url.searchParams;
  const json = (body ?? {}) as Json;
  const name = rest.slice(0, -1).join('/');
  switch (`${method} ${collection ?? ''} ${rest.at(-1) ?? ''}`) {
    case 'GET version ': return 'docker version';
    case 'GET info ': return 'docker info';
    case 'GET events ': return `docker events${filtersOf(query)}`;
    case 'GET networks ': return 'docker network ls';
    case 'GET volumes ': return 'docker volume ls';
    case 'GET images json': return name === '' ? 'docker image ls' : words('docker image inspect', name);
    case 'GET images history': return words('docker image history', name);
    case 'POST images create': return words('docker pull', [query.get('fromImage') ?? '', query.get('tag')].filter((part) => part).join(':'));
    case 'POST images load': return 'docker load';
    case 'GET containers json': return name === '' ? `docker ps --all${filtersOf(query)}` : words('docker inspect', name);
    case 'POST containers create': return createCommand(json, query.get('name'));
    case 'POST containers attach': return words('docker attach --no-stdin', name);
    case 'POST containers wait': return words('docker wait', name);
    case 'POST containers update': return words('docker update', ...limitOptions(json), name);
    case 'POST containers exec': return words('docker exec', name, ...strings(json.Cmd));
    case 'GET containers logs': return words('docker logs', ...(query.get('follow') === '1' ? ['--follow'] : []), ...(query.has('since') ? ['--since', query.get('since') ?? ''] : []), name);
    case 'POST containers rename': return words('docker rename', name, query.get('name') ?? '');
    case 'POST containers kill': return words('docker kill', '--signal', query.get('signal') ?? '', name);
    case 'POST images tag': return words('docker tag', name, [query.get('repo') ?? '', query.get('tag')].filter((part) => part).join(':'));
    case 'GET containers stats': return words('docker stats', name);
    case 'GET containers top': return words('docker top', name);
    case 'GET containers changes': return words('docker diff', name);
    case 'GET nodes ': return 'docker node ls';
    case 'GET services ': return 'docker service ls';
    case 'GET services logs': return words('docker service logs', ...(query.get('follow') === '1' ? ['--follow'] : []), name);
    case 'POST services create': return 'docker service create';
    case 'POST services update': return words('docker service update', name);
    case 'POST nodes update': return words('docker node update', name);
    case 'GET swarm ': return 'docker swarm join-token worker';
    case 'POST swarm init': return 'docker swarm init';
    case 'POST swarm join': return 'docker swarm join';
    case 'POST swarm leave': return `docker swarm leave${query.get('force') === '1' ? ' --force' : ''}`;
  }
  const action = rest.at(-1) ?? '';
  if (method === 'POST' && collection === 'containers' && ['start', 'stop', 'restart', 'pause', 'unpause'].includes(action)) { return words(`docker ${action}`, name); }
  if (method === 'DELETE' && collection === 'containers') { return words('docker rm --volumes', ...(query.get('force') === '1' ? ['--force'] : []), rest.join('/')); }
  const singular = singulars.get(collection ?? '');
  if (singular !== undefined && rest.length === 1) { return words(`docker ${singular} ${method === 'DELETE' ? 'rm' : 'inspect'}`, ...rest); }
  if (method === 'DELETE' && collection === 'images') { return words('docker image rm', rest.join('/')); }
  return undefined;
}

/** The same request for curl. Where ssh carries it, for curl on that machine. */
export function asCurl({ method, path, apiVersion, body }: Asked, endpoint: Endpoint): string {
  const versioned = apiVersion === undefined || path.startsWith('/_ping') ? path : `/v${apiVersion}${path}`;
  const request = [
    ...(method === 'GET' ? [] : ['--request', method]),
    // Streams are shown as they come.
    '--no-buffer',
    ...(body === undefined ? [] : ['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)]),
  ];
  switch (endpoint.kind) {
    case 'unix': return words('curl', '--unix-socket', endpoint.path, ...request, `http://localhost${versioned}`);
    // curl speaks to no named pipe: the pipe's own path stands for what would have to be forwarded.
    case 'npipe': return words('curl', ...request, `http://localhost${versioned}`);
    case 'tcp': return words('curl', ...request, `http://${endpoint.host}:${endpoint.port}${versioned}`);
    case 'tls': {
      const { ca, cert, key } = endpoint.files;
      const files = [['--cacert', ca], ['--cert', cert], ['--key', key]].flatMap(([option, file]) => option === undefined || file === undefined ? [] : [option, file]);
      return words('curl', ...files, ...request, `https://${endpoint.host}:${endpoint.port}${versioned}`);
    }
    case 'ssh': {
      const there = words('curl', '--unix-socket', endpoint.path ?? '/var/run/docker.sock', ...request, `http://localhost${versioned}`);
      return words('ssh', ...(endpoint.port === undefined ? [] : ['-p', String(endpoint.port)]), endpoint.user === undefined ? endpoint.host : `${endpoint.user}@${endpoint.host}`, there);
    }
  }
}

function createCommand(json: Json, name: string | null): string {
  const labels = Object.entries((json.Labels ?? {}) as Json).flatMap(([label, value]) => typeof value === 'string' ? ['--label', `${label}=${value}`] : []);
  return words('docker create', ...(name === null ? [] : ['--name', name]), ...labels, typeof json.Image === 'string' ? json.Image : '', ...strings(json.Cmd));
}

function limitOptions(json: Json): string[] {
  if (typeof json.NanoCpus === 'number') { return ['--cpus', String(json.NanoCpus / 1e9)]; }
  const options = { 'cpu-period': json.CpuPeriod, 'cpu-quota': json.CpuQuota, 'cpu-shares': json.CpuShares, 'memory': json.Memory, 'memory-swap': json.MemorySwap, 'pids-limit': json.PidsLimit };
  return Object.entries(options).flatMap(([option, value]) => typeof value === 'number' ? [`--${option}`, String(value)] : []);
}

function filtersOf(query: URLSearchParams): string {
  let filters: unknown;
  try {
    filters = JSON.parse(query.get('filters') ?? '{}');
  } catch {
    return '';
  }
  return Object.entries((filters ?? {}) as Json).flatMap(([name, values]) => strings(values).map((value) => ` --filter ${shellQuote(`${name}=${value}`)}`)).join('');
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function words(command: string, ...rest: string[]): string {
  return [command, ...rest.map(shellQuote)].join(' ');
}
