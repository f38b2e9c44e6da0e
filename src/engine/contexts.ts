/* eslint @typescript-eslint/prefer-nullish-coalescing: "off" -- an environment variable that is empty counts as not set, as for the docker CLI */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';
import { type Endpoint, type TlsFiles, parseEndpoint } from './endpoint';

/** An endpoint and why we look there. */
export interface Candidate {
  endpoint: Endpoint;
  /** In the user's language: "DOCKER_HOST", "context lab", "the default". */
  reason: string;
}

export interface FinderInput {
  /** The setting helloContainers.endpoint; empty when it is not set. */
  setting: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  homeDir: string;
}

/** The user chose a context that cannot be read. */
export class BadContext extends HumanError {
  constructor(name: string, cause: unknown) {
    super(l10n.t('Docker\'s context "{0}" cannot be used: {1} Choose another with "docker context use", or set helloContainers.endpoint.', name, messageOf(cause)), { cause });
  }
}

/**
 * The places to look for an engine, in order. One entry when the user chose one (the setting, DOCKER_HOST, DOCKER_CONTEXT or
 * the CLI's current context, in this order, as the docker CLI does), otherwise the platform's default and the well-known sockets.
 * @throws BadEndpoint, BadContext when the user's choice cannot be understood
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export async function findCandidates(input: FinderInput): Promise<Candidate[]> {
  const { env, setting } = input;
  const configDir = env.DOCKER_CONFIG || join(input.homeDir, '.docker');
  const tls = tlsFromEnvironment(env, configDir);
  if (setting.trim() !== '') {
    return [{ endpoint: parseEndpoint(setting, tls), reason: l10n.t('the setting helloContainers.endpoint') }];
  }
  if (env.DOCKER_HOST) {
    return [{ endpoint: parseEndpoint(env.DOCKER_HOST, tls), reason: l10n.t('the environment variable DOCKER_HOST') }];
  }
  const context = env.DOCKER_CONTEXT || await currentContext(configDir);
  if (context !== undefined && context !== '' && context !== 'default') {
    return [{ endpoint: await readContext(configDir, context), reason: l10n.t('Docker\'s context "{0}"', context) }];
  }
  return wellKnown(input);
}

function tlsFromEnvironment(env: FinderInput['env'], configDir: string): TlsFiles | undefined {
  if (!env.DOCKER_TLS_VERIFY) { return undefined; }
  const dir = env.DOCKER_CERT_PATH || configDir;
  return { ca: join(dir, 'ca.pem'), cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
}

async function currentContext(configDir: string): Promise<string | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(join(configDir, 'config.json'), 'utf8'));
    const name = (config as { currentContext?: unknown } | null)?.currentContext;
    return typeof name === 'string' ? name : undefined;
  } catch {
    // No file, or one that the docker CLI could not read either: it then uses the default context, and so do we.
    return undefined;
  }
}

async function readContext(configDir: string, name: string): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  try {
    const meta = JSON.parse(await readFile(join(configDir, 'contexts', 'meta', id, 'meta.json'), 'utf8')) as {
      Endpoints?: { docker?: { Host?: unknown } };
    };
    const host = meta.Endpoints?.docker?.Host;
    if (typeof host !== 'string') { throw new Error(l10n.t('it names no Docker host.')); }
    return parseEndpoint(host, await contextTls(join(configDir, 'contexts', 'tls', id, 'docker')));
  } catch (error) {
    throw new BadContext(name, (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error(l10n.t('there is no such context.')) : error);
  }
}

async function contextTls(dir: string): Promise<TlsFiles | undefined> {
  const present = async (file: string): Promise<string | undefined> => readFile(join(dir, file)).then(() => join(dir, file), () => undefined);
  const [ca, cert, key] = await Promise.all([present('ca.pem'), present('cert.pem'), present('key.pem')]);
  if (ca === undefined && cert === undefined && key === undefined) { return undefined; }
  return { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

function wellKnown({ env, platform, homeDir }: FinderInput): Candidate[] {
  if (platform === 'win32') {
    return [{ endpoint: { kind: 'npipe', path: '\\\\.\\pipe\\docker_engine' }, reason: l10n.t('the default') }];
  }
  const unix = (path: string, reason: string): Candidate => ({ endpoint: { kind: 'unix', path }, reason });
  return [
    unix('/var/run/docker.sock', l10n.t('the default')),
    ...(env.XDG_RUNTIME_DIR ? [unix(join(env.XDG_RUNTIME_DIR, 'docker.sock'), l10n.t('rootless Docker'))] : []),
    unix(join(homeDir, '.docker/run/docker.sock'), l10n.t('Docker Desktop')),
    unix(join(homeDir, '.docker/desktop/docker.sock'), l10n.t('Docker Desktop')),
    ...(platform === 'darwin' ? [
      unix(join(homeDir, '.colima/default/docker.sock'), 'Colima'),
      unix(join(homeDir, '.orbstack/run/docker.sock'), 'OrbStack'),
      unix(join(homeDir, '.rd/docker.sock'), 'Rancher Desktop'),
    ] : [
      ...(env.XDG_RUNTIME_DIR ? [unix(join(env.XDG_RUNTIME_DIR, 'podman/podman.sock'), l10n.t('rootless Podman'))] : []),
      unix('/run/podman/podman.sock', 'Podman'),
    ]),
  ];
}
