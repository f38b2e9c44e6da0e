import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';

/** Files of a TLS client: paths, so that keys are read only when a connection is made. */
export interface TlsFiles {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Where an engine is. */
export type Endpoint =
  | { kind: 'unix'; path: string }
  | { kind: 'npipe'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'tls'; host: string; port: number; files: TlsFiles }
  | { kind: 'ssh'; host: string; port?: number; user?: string; /** Of the engine's socket there, when it is not the usual one. */ path?: string };

/** The address is not one that Docker knows. */
export class BadEndpoint extends HumanError {
  constructor(text: string) {
    super(l10n.t('"{0}" is not an address of a Docker engine. Write it as unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host.', text));
  }
}

const control = /\p{Cc}/u;

/**
 * Reads an address in the form that DOCKER_HOST and `docker -H` take.
 * @param tls files of the TLS client, when the connection is to be encrypted (tcp only)
 * @throws BadEndpoint
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function parseEndpoint(text: string, tls?: TlsFiles): Endpoint {
  const address = text.trim();
  // No system call takes a NUL in a path, and no place has a name that moves a cursor.
  if (control.test(address)) { throw new BadEndpoint(text); }
  // A bare host:port is tcp, as for the docker CLI.
  const scheme = /^([a-z]+):\/\/(.+)$/is.exec(/^(\[.*\]|[^:/\s]*):\d+$/.test(address) ? `tcp://${address}` : address);
  const [kind, rest] = [scheme?.[1]?.toLowerCase(), scheme?.[2] ?? ''];
  if (kind === 'unix') {
    if (!rest.startsWith('/')) { throw new BadEndpoint(text); }
    return { kind: 'unix', path: rest };
  }
  if (kind === 'npipe') { return { kind: 'npipe', path: rest.replaceAll('/', '\\') }; }
  if (address.startsWith('/')) { return { kind: 'unix', path: address }; }
  if (kind !== 'tcp' && kind !== 'http' && kind !== 'https' && kind !== 'ssh') { throw new BadEndpoint(text); }

  let url: URL;
  try {
    // The URL class leaves out port 80 of http; a scheme that it does not know keeps every port.
    url = new URL(`engine://${kind !== 'ssh' && rest.startsWith(':') ? 'localhost' : ''}${rest}`);
  } catch {
    throw new BadEndpoint(text);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const path = url.pathname === '' || url.pathname === '/' ? undefined : decoded(url.pathname, text);
  // A name that begins with a dash would be an option to ssh.
  if (host === '' || host.startsWith('-') || (path !== undefined && kind !== 'ssh')) { throw new BadEndpoint(text); }
  const port = url.port === '' ? undefined : Number(url.port);
  if (kind === 'ssh') {
    return {
      kind, host, ...(port === undefined ? {} : { port }), ...(url.username === '' ? {} : { user: decoded(url.username, text) }),
      ...(path === undefined ? {} : { path }),
    };
  }
  return tls !== undefined || kind === 'https'
    ? { kind: 'tls', host, port: port ?? 2376, files: tls ?? {} }
    : { kind: 'tcp', host, port: port ?? 2375 };
}

/** Why a typed address is none; undefined when it is one. */
export function addressProblem(text: string): string | undefined {
  try {
    parseEndpoint(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function decoded(part: string, text: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(part);
  } catch {
    throw new BadEndpoint(text);
  }
  if (control.test(plain)) { throw new BadEndpoint(text); }
  return plain;
}

/** The address in Docker's own form, as DOCKER_HOST would hold it. */
export function endpointAddress(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix': return `unix://${endpoint.path}`;
    case 'npipe': return `npipe://${endpoint.path.replaceAll('\\', '/')}`;
    case 'tcp':
    case 'tls': return `tcp://${bracketed(endpoint.host)}:${endpoint.port}`;
    case 'ssh': return `ssh://${endpoint.user === undefined ? '' : `${encodeURIComponent(endpoint.user)}@`}${bracketed(endpoint.host)}${endpoint.port === undefined ? '' : `:${endpoint.port}`}${encodeURI(endpoint.path ?? '').replace(/[?#]/g, encodeURIComponent)}`;
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
