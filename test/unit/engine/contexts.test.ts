import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { BadContext, type Candidate, findCandidates, type FinderInput } from '../../../src/engine/contexts';
import { BadEndpoint, endpointAddress } from '../../../src/engine/endpoint';
import { makeCertificate, opensslIsHere } from '../support/certificate';
import { rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';

let home: string;
beforeEach(() => { home = tempDir(); });

function find(env: FinderInput['env'] = {}, setting = '', platform: NodeJS.Platform = 'linux'): Promise<Candidate[]> {
  return findCandidates({ setting, env, platform, homeDir: home });
}

async function addresses(...args: Parameters<typeof find>): Promise<string[]> {
  return (await find(...args)).map(({ endpoint }) => endpointAddress(endpoint));
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
}

function contextFolder(kind: 'meta' | 'tls', name: string, configDir = '.docker'): string {
  return join(configDir, 'contexts', kind, createHash('sha256').update(name).digest('hex'));
}

function writeContext(name: string, host: string, configDir = '.docker'): void {
  write(join(contextFolder('meta', name, configDir), 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }));
}

describe('the user\'s choice', () => {
  beforeEach(() => {
    writeContext('current', 'tcp://current:1');
    writeContext('named', 'tcp://named:1');
    write('.docker/config.json', JSON.stringify({ auths: {}, currentContext: 'current' }));
  });
  const all = { DOCKER_HOST: 'tcp://host:1', DOCKER_CONTEXT: 'named' };

  test('the setting comes before everything else', async () => {
    expect(await addresses(all, ' tcp://setting:1 ')).toEqual(['tcp://setting:1']);
  });

  test('then DOCKER_HOST', async () => {
    expect(await addresses(all, '  ')).toEqual(['tcp://host:1']);
  });

  test('then DOCKER_CONTEXT; an empty DOCKER_HOST counts as not set', async () => {
    expect(await addresses({ ...all, DOCKER_HOST: '' })).toEqual(['tcp://named:1']);
  });

  test('then the context that "docker context use" chose; an empty DOCKER_CONTEXT counts as not set', async () => {
    expect(await addresses({ DOCKER_CONTEXT: '' })).toEqual(['tcp://current:1']);
  });

  test('the context "default" is the default, even when another is current', async () => {
    expect((await addresses({ DOCKER_CONTEXT: 'default' }))[0]).toBe('unix:///var/run/docker.sock');
  });

  test('each says why we look there', async () => {
    const reasons = await Promise.all([find({}, 'tcp://x:1'), find({ DOCKER_HOST: 'tcp://x:1' }), find({ DOCKER_CONTEXT: 'named' }), find({ DOCKER_CONTEXT: 'default' })]);
    expect(reasons.map(([first]) => first?.reason)).toEqual(['the setting helloContainers.endpoint', 'the environment variable DOCKER_HOST', 'Docker\'s context "named"', 'the default']);
  });

  test('DOCKER_CONFIG names another folder of contexts', async () => {
    writeContext('elsewhere', 'tcp://elsewhere:1', 'other');
    expect(await addresses({ DOCKER_CONFIG: join(home, 'other'), DOCKER_CONTEXT: 'elsewhere' })).toEqual(['tcp://elsewhere:1']);
    expect((await addresses({ DOCKER_CONFIG: join(home, 'other') }))[0]).toBe('unix:///var/run/docker.sock');
  });
});

describe('without a choice', () => {
  test('Linux is searched for Docker, rootless Docker, Docker Desktop and Podman, in this order', async () => {
    expect(await addresses({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual([
      'unix:///var/run/docker.sock', 'unix:///run/user/7/docker.sock', `unix://${home}/.docker/run/docker.sock`, `unix://${home}/.docker/desktop/docker.sock`,
      'unix:///run/user/7/podman/podman.sock', 'unix:///run/podman/podman.sock',
    ]);
  });

  test('a Mac is searched for the engines that there are for it', async () => {
    const found = await addresses({}, '', 'darwin');
    expect(found[0]).toBe('unix:///var/run/docker.sock');
    expect(found).toContain(`unix://${home}/.colima/default/docker.sock`);
    expect(found).toContain(`unix://${home}/.orbstack/run/docker.sock`);
  });

  test('Windows has one pipe', async () => {
    expect(await addresses({}, '', 'win32')).toEqual(['npipe:////./pipe/docker_engine']);
  });

  test.each(['{ "currentContext": ', 'null', '[]', '{"currentContext": 7}', '"text"', ''])('a config.json of %j is as good as none', async (content) => {
    write('.docker/config.json', content);
    expect((await addresses())[0]).toBe('unix:///var/run/docker.sock');
  });
});

describe('TLS', () => {
  test('DOCKER_TLS_VERIFY with DOCKER_CERT_PATH says which certificates to use', async () => {
    const [found] = await find({ DOCKER_HOST: 'tcp://x:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' });
    expect(found?.endpoint).toEqual({ kind: 'tls', host: 'x', port: 2376, files: { ca: '/certs/ca.pem', cert: '/certs/cert.pem', key: '/certs/key.pem' } });
  });

  test('without DOCKER_CERT_PATH they are looked for beside Docker\'s configuration', async () => {
    const [inHome] = await find({ DOCKER_HOST: 'tcp://x:2376', DOCKER_TLS_VERIFY: '1' });
    expect(inHome?.endpoint).toMatchObject({ kind: 'tls', files: { ca: join(home, '.docker/ca.pem') } });
    const [elsewhere] = await find({ DOCKER_HOST: 'tcp://x:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/other' });
    expect(elsewhere?.endpoint).toMatchObject({ kind: 'tls', files: { ca: '/other/ca.pem' } });
  });

  test('they hold for the setting too', async () => {
    expect((await find({ DOCKER_TLS_VERIFY: '1' }, 'tcp://x:2376'))[0]?.endpoint.kind).toBe('tls');
  });

  test('a context brings its own files, as many as it has', async () => {
    writeContext('secure', 'tcp://secure:2376');
    write(join(contextFolder('tls', 'secure'), 'docker', 'ca.pem'), 'x');
    const dir = join(home, contextFolder('tls', 'secure'), 'docker');
    expect((await find({ DOCKER_CONTEXT: 'secure' }))[0]?.endpoint).toEqual({ kind: 'tls', host: 'secure', port: 2376, files: { ca: join(dir, 'ca.pem') } });
    write(join(contextFolder('tls', 'secure'), 'docker', 'cert.pem'), 'x');
    write(join(contextFolder('tls', 'secure'), 'docker', 'key.pem'), 'x');
    expect((await find({ DOCKER_CONTEXT: 'secure' }))[0]?.endpoint).toMatchObject({ files: { ca: join(dir, 'ca.pem'), cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') } });
  });

  test('the files of the environment are not used for a context', async () => {
    writeContext('plain', 'tcp://plain:2375');
    expect((await find({ DOCKER_CONTEXT: 'plain', DOCKER_TLS_VERIFY: '1' }))[0]?.endpoint.kind).toBe('tcp');
  });
});

describe('a choice that cannot be understood', () => {
  test('a context that is missing is named, with what to do', async () => {
    const error = await rejection(find({ DOCKER_CONTEXT: 'missing' }));
    expect(error).toBeInstanceOf(BadContext);
    expect((error as Error).message).toBe('Docker\'s context "missing" cannot be used: there is no such context. Choose another with "docker context use", or set helloContainers.endpoint.');
  });

  test.each([['broken JSON', '{ "Name": '], ['no endpoint', '{"Endpoints": {}}'], ['a host that is a number', '{"Endpoints": {"docker": {"Host": 7}}}'], ['null', 'null'], ['an address of nobody', '{"Endpoints": {"docker": {"Host": "gopher://x"}}}']])('a context with %s is refused by its name', async (_, content) => {
    write(join(contextFolder('meta', 'odd'), 'meta.json'), content);
    const error = await rejection(find({ DOCKER_CONTEXT: 'odd' }));
    expect(error).toBeInstanceOf(BadContext);
    expect((error as Error).message).toContain('"odd"');
  });

  test('a DOCKER_HOST that is no address is refused', async () => {
    expect(await rejection(find({ DOCKER_HOST: 'gopher://x' }))).toBeInstanceOf(BadEndpoint);
  });

  test('a name cannot lead out of the store of contexts', async () => {
    expect(await rejection(find({ DOCKER_CONTEXT: '../../etc' }))).toBeInstanceOf(BadContext);
  });
});

const docker = promisify(execFile);
const dockerIsHere = await docker('docker', ['--version']).then(() => true, () => false);

describe.skipIf(!dockerIsHere)('compared with the docker CLI (skipped where there is none)', () => {
  let config: string;
  const run = async (env: Record<string, string>, ...args: string[]): Promise<string> =>
    (await docker('docker', args, { env: { PATH: process.env.PATH, HOME: home, DOCKER_CONFIG: config, ...env } })).stdout.trim();

  beforeEach(async () => {
    config = join(home, 'config');
    mkdirSync(config);
    await run({}, 'context', 'create', 'lab', '--docker', 'host=unix:///tmp/lab.sock');
    await run({}, 'context', 'create', 'odd.name_with+signs', '--docker', 'host=tcp://10.0.0.1:2375');
    await run({}, 'context', 'create', 'far', '--docker', 'host=ssh://me@far:2222');
  });

  const environments: Record<string, string>[] = [
    {}, { DOCKER_HOST: 'tcp://127.0.0.1:1234' }, { DOCKER_HOST: 'unix:///x.sock' }, { DOCKER_HOST: 'example.org:2375' }, { DOCKER_HOST: ':2375' }, { DOCKER_HOST: 'tcp://[::1]:99' },
    { DOCKER_HOST: '', DOCKER_CONTEXT: 'lab' }, { DOCKER_CONTEXT: 'odd.name_with+signs' }, { DOCKER_CONTEXT: 'far' }, { DOCKER_CONTEXT: 'default' },
    { DOCKER_HOST: 'tcp://127.0.0.1:1234', DOCKER_CONTEXT: 'lab' }, { DOCKER_CONTEXT: '' },
  ];

  test.each([undefined, 'far', 'default'])('we look where it looks, in every environment, after "docker context use %s"', async (used) => {
    if (used !== undefined) { await run({}, 'context', 'use', used); }
    const theirs = await Promise.all(environments.map(async (env) => [env, await run(env, 'context', 'inspect', await run(env, 'context', 'show'), '--format', '{{.Endpoints.docker.Host}}')]));
    const ours = await Promise.all(environments.map(async (env) => [env, (await addresses({ DOCKER_CONFIG: config, ...env }))[0]]));
    expect(ours).toEqual(theirs);
  });

  test.skipIf(!opensslIsHere)('we find the certificates that it stored with a context', async () => {
    await makeCertificate(home);
    await run({}, 'context', 'create', 'secure', '--docker', `host=tcp://10.0.0.1:2376,ca=${join(home, 'cert.pem')}`);
    const [found] = await find({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'secure' });
    expect(found?.endpoint).toMatchObject({ kind: 'tls', host: '10.0.0.1', port: 2376, files: { ca: join(config, contextFolder('tls', 'secure', ''), 'docker', 'ca.pem') } });
  });

  test('what it calls missing we call missing', async () => {
    await expect(run({ DOCKER_CONTEXT: 'nobody' }, 'context', 'inspect', 'nobody')).rejects.toThrow(/not found/);
    expect(await rejection(find({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'nobody' }))).toBeInstanceOf(BadContext);
  });
});

test('a context whose file holds nothing says that it names no host', async () => {
  for (const meta of ['null', '7', '{"Endpoints":null}', '{"Endpoints":{"docker":null}}']) {
    write(join(contextFolder('meta', 'odd'), 'meta.json'), meta);
    expect(await rejection(find({ DOCKER_CONTEXT: 'odd' }))).toMatchObject({ message: expect.stringContaining('it names no Docker host') as string });
  }
});
