import { createHash } from 'node:crypto';
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { type Endpoint, endpointAddress } from './endpoint';

/** A context of this name is there already. */
export class ContextExists extends HumanError {
  constructor(name: string) {
    super(l10n.t('Docker has a context "{0}" already. Choose another name.', name));
  }
}

/** Whether the docker command takes this name for a context. */
export function isContextName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name) && name !== 'default';
}

/**
 * Stores an engine as one of Docker's own contexts, for the docker command as for us: the same files as `docker context create`.
 * Certificates are copied, and readable for nobody else.
 * @throws ContextExists; Node's system errors
 * @see https://docs.docker.com/reference/cli/docker/context/create/
 */
export async function createContext(configDir: string, name: string, endpoint: Endpoint): Promise<void> {
  const { meta, tls } = foldersOf(configDir, name);
  if (await stat(meta).then(() => true, () => false)) { throw new ContextExists(name); }
  try {
    if (endpoint.kind === 'tls') {
      await mkdir(join(tls, 'docker'), { recursive: true, mode: 0o700 });
      for (const [file, from] of Object.entries<string | undefined>({ ...endpoint.files })) {
        if (from !== undefined) { await copyFile(from, join(tls, 'docker', `${file}.pem`)); }
      }
    }
    await mkdir(meta, { recursive: true, mode: 0o755 });
    const content = { Name: name, Metadata: { Description: l10n.t('Added by Hello Containers') }, Endpoints: { docker: { Host: endpointAddress(endpoint), SkipTLSVerify: false } } };
    await writeFile(join(meta, 'meta.json'), JSON.stringify(content), { mode: 0o644 });
  } catch (error) {
    await removeContext(configDir, name);
    throw error;
  }
}

/** Takes a stored context away, with its certificates. The engine itself is not touched. */
export async function removeContext(configDir: string, name: string): Promise<void> {
  const { meta, tls } = foldersOf(configDir, name);
  await Promise.all([rm(meta, { recursive: true, force: true }), rm(tls, { recursive: true, force: true })]);
}

function foldersOf(configDir: string, name: string): { meta: string; tls: string } {
  const id = createHash('sha256').update(name).digest('hex');
  return { meta: join(configDir, 'contexts', 'meta', id), tls: join(configDir, 'contexts', 'tls', id) };
}
