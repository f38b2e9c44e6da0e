/* eslint @typescript-eslint/prefer-nullish-coalescing: "off" -- an environment variable that is empty counts as not set, as for the docker CLI */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
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

/** The engine that the user chose for a workspace, in place of what the docker command would use. */
export type EngineChoice = { kind: 'context'; name: string } | { kind: 'address'; address: string };

export interface FinderInput {
  /** What the user chose in this workspace, if anything. */
  choice?: EngineChoice | undefined;
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
 * The places to look for an engine, in order. One entry when the user chose one (in the workspace, by the setting, DOCKER_HOST, DOCKER_CONTEXT or
 * the CLI's current context, in this order, as the docker CLI does), otherwise the platform's default and the well-known sockets.
 * @throws BadEndpoint, BadContext when the user's choice cannot be understood
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export async function findCandidates(input: FinderInput): Promise<Candidate[]> {
  const { choice } = input;
  if (choice?.kind === 'address') { return chosenAddress(input, choice.address); }
  const context = await selectedContext(input);
  if (context === undefined) { return defaultCandidates(input); }
  const reason = choice === undefined ? l10n.t('Docker\'s context "{0}"', context) : l10n.t('Docker\'s context "{0}", chosen in this workspace', context);
  return [{ endpoint: await readContext(configDirOf(input), context), reason }];
}

/** The address that was typed for this workspace. */
export function chosenAddress(input: FinderInput, address: string): Candidate[] {
  return [{ endpoint: parseEndpoint(address, tlsOf(input)), reason: l10n.t('chosen in this workspace') }];
}

/**
 * The stored context that is used: chosen in the workspace, else by DOCKER_CONTEXT, else by "docker context use". undefined for
 * "default", which is Docker's own rules without a context, and where something else comes first.
 */
export async function selectedContext(input: FinderInput): Promise<string | undefined> {
  const { choice, setting, env } = input;
  if (choice?.kind === 'address') { return undefined; }
  const elsewhere = choice === undefined && (setting.trim() !== '' || Boolean(env.DOCKER_HOST));
  const name = choice?.name ?? (elsewhere ? undefined : env.DOCKER_CONTEXT || await currentContext(configDirOf(input)));
  return name === '' || name === 'default' ? undefined : name;
}

/**
 * Without a context: the setting, DOCKER_HOST, or the usual places.
 * @throws BadEndpoint
 */
export function defaultCandidates(input: FinderInput): Candidate[] {
  const { setting, env } = input;
  if (setting.trim() !== '') { return [{ endpoint: parseEndpoint(setting, tlsOf(input)), reason: l10n.t('the setting helloContainers.endpoint') }]; }
  if (env.DOCKER_HOST) { return [{ endpoint: parseEndpoint(env.DOCKER_HOST, tlsOf(input)), reason: l10n.t('the environment variable DOCKER_HOST') }]; }
  return wellKnownPlaces(input);
}

/**
 * A stored context.
 * @throws BadContext
 */
export async function contextCandidates(input: FinderInput, name: string): Promise<Candidate[]> {
  return [{ endpoint: await readContext(configDirOf(input), name), reason: l10n.t('Docker\'s context "{0}"', name) }];
}

/** One of Docker's stored contexts. */
export interface StoredContext {
  name: string;
  /** What keeps it from being used, when something does. */
  endpoint: Endpoint | HumanError;
}

/** Every stored context, by name. One that cannot be read does not hide the others; a folder that holds no context is passed over. */
export async function listContexts(input: Pick<FinderInput, 'env' | 'homeDir'>): Promise<StoredContext[]> {
  const configDir = configDirOf(input);
  const folders = await readdir(join(configDir, 'contexts', 'meta')).catch(() => []);
  const contexts = await Promise.all(folders.map(async (folder): Promise<StoredContext | undefined> => {
    const name = await contextName(join(configDir, 'contexts', 'meta', folder, 'meta.json'));
    if (name === undefined) { return undefined; }
    return { name, endpoint: await readContext(configDir, name).catch((error: unknown) => error instanceof HumanError ? error : new BadContext(name, error)) };
  }));
  return contexts.filter((context) => context !== undefined).sort((a, b) => a.name.localeCompare(b.name));
}

async function contextName(file: string): Promise<string | undefined> {
  try {
    const name: unknown = (JSON.parse(await readFile(file, 'utf8')) as { Name?: unknown } | null)?.Name;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Docker's configuration folder. */
export function configDirOf({ env, homeDir }: Pick<FinderInput, 'env' | 'homeDir'>): string {
  return env.DOCKER_CONFIG || join(homeDir, '.docker');
}

function tlsOf(input: FinderInput): TlsFiles | undefined {
  const { env } = input;
  if (!env.DOCKER_TLS_VERIFY) { return undefined; }
  const dir = env.DOCKER_CERT_PATH || configDirOf(input);
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
    const meta = JSON.parse(await readFile(join(configDir, 'contexts', 'meta', id, 'meta.json'), 'utf8')) as { Endpoints?: { docker?: { Host?: unknown } | null } | null } | null;
    const host = meta?.Endpoints?.docker?.Host;
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

/** Where engines usually listen on this platform, the default first. */
export function wellKnownPlaces({ env, platform, homeDir }: Pick<FinderInput, 'env' | 'platform' | 'homeDir'>): Candidate[] {
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
