import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCandidates, listContexts } from '../../../src/engine/contexts';
import { ContextExists, createContext, isContextName, removeContext } from '../../../src/engine/contextStore';
import { endpointAddress, parseEndpoint } from '../../../src/engine/endpoint';
import { ContextWatcher } from '../../../src/engine/contextWatcher';
import { tempDir } from '../support/tempDir';

const docker = (configDir: string, ...args: string[]): string => execFileSync('docker', args, { encoding: 'utf8', env: { PATH: process.env.PATH, DOCKER_CONFIG: configDir } });
const hasDocker = (() => {
  try {
    docker('/nonexistent', '--version');
    return true;
  } catch {
    return false;
  }
})();

function certificates(): { ca: string; cert: string; key: string } {
  const folder = tempDir();
  const file = (name: string): string => {
    writeFileSync(join(folder, name), name, { mode: 0o600 });
    return join(folder, name);
  };
  return { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}

describe('a stored engine', () => {
  it('is found again, with its certificates', async () => {
    const configDir = tempDir();
    await createContext(configDir, 'lab', parseEndpoint('tcp://10.0.0.1:2376', certificates()));
    const [context] = await listContexts({ env: { DOCKER_CONFIG: configDir }, homeDir: '/nowhere' });
    expect(context).toMatchObject({ name: 'lab', endpoint: { kind: 'tls', host: '10.0.0.1', port: 2376, files: { ca: expect.stringMatching(/ca\.pem$/) as string } } });
    const key = (context?.endpoint as { files: { key: string } }).files.key;
    expect(statSync(key).mode & 0o077).toBe(0);
  });

  it.skipIf(!hasDocker)('is one of Docker\'s own contexts', async () => {
    const configDir = tempDir();
    await createContext(configDir, 'far', parseEndpoint('ssh://me@far.example:2222'));
    expect(docker(configDir, 'context', 'ls', '--format', '{{.Name}} {{.DockerEndpoint}}')).toContain('far ssh://me@far.example:2222');
    docker(configDir, 'context', 'use', 'far');
    const [candidate] = await findCandidates({ setting: '', env: { DOCKER_CONFIG: configDir }, platform: 'linux', homeDir: '/nowhere' });
    expect(candidate && endpointAddress(candidate.endpoint)).toBe('ssh://me@far.example:2222');
  });

  it('does not overwrite another of that name, and goes without a trace', async () => {
    const configDir = tempDir();
    await createContext(configDir, 'lab', parseEndpoint('ssh://one'));
    await expect(createContext(configDir, 'lab', parseEndpoint('ssh://two'))).rejects.toBeInstanceOf(ContextExists);
    await removeContext(configDir, 'lab');
    expect(await listContexts({ env: { DOCKER_CONFIG: configDir }, homeDir: '/nowhere' })).toEqual([]);
  });

  it('that cannot be read hides no other', async () => {
    const configDir = tempDir();
    await createContext(configDir, 'good', parseEndpoint('ssh://good'));
    await createContext(configDir, 'odd', { kind: 'ssh', host: 'odd' });
    const { createHash } = await import('node:crypto');
    const meta = (name: string): string => join(configDir, 'contexts/meta', createHash('sha256').update(name).digest('hex'), 'meta.json');
    writeFileSync(meta('odd'), '{"Name":"odd","Endpoints":{"docker":{"Host":"gopher://x"}}}');
    await createContext(configDir, 'broken', { kind: 'ssh', host: 'broken' });
    writeFileSync(meta('broken'), '{"Name":');
    const contexts = await listContexts({ env: { DOCKER_CONFIG: configDir }, homeDir: '/nowhere' });
    expect(contexts.map(({ name, endpoint }) => [name, endpoint instanceof Error])).toEqual([['good', false], ['odd', true]]);
  });

  it('chosen in a workspace goes before everything else', async () => {
    const configDir = tempDir();
    await createContext(configDir, 'lab', parseEndpoint('ssh://lab'));
    const input = { setting: 'tcp://setting', env: { DOCKER_CONFIG: configDir, DOCKER_HOST: 'tcp://env' }, platform: 'linux' as const, homeDir: '/nowhere' };
    const address = async (choice?: Parameters<typeof findCandidates>[0]['choice']): Promise<string | undefined> => {
      const [candidate] = await findCandidates({ ...input, choice });
      return candidate && endpointAddress(candidate.endpoint);
    };
    expect([await address({ kind: 'context', name: 'lab' }), await address({ kind: 'address', address: 'ssh://typed' }), await address()]).toEqual(['ssh://lab', 'ssh://typed', 'tcp://setting:2375']);
  });
});

it.each([['lab', true], ['my.lab_1+x-y', true], ['a', false], ['default', false], ['../x', false], ['-x', false], ['a b', false], ['', false]])('the name %j for a context: %s', (name, isOne) => {
  expect(isContextName(name)).toBe(isOne);
});

it('a change of the context store is told once', async () => {
  const configDir = tempDir();
  await createContext(configDir, 'lab', parseEndpoint('ssh://lab'));
  let told = 0;
  await new Promise<void>((resolve) => {
    const watcher = new ContextWatcher(configDir, () => {
      told += 1;
      watcher.dispose();
      resolve();
    });
    void createContext(configDir, 'other', parseEndpoint('ssh://other'));
    writeFileSync(join(configDir, 'config.json'), '{"currentContext":"other"}');
  });
  expect(told).toBe(1);
});
