import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Conflict, EngineError, NotFound } from '../../src/engine/errors';
import { type ResourceKind, setResourceLimit } from '../../src/engine/resourceLimit';
import { runLine } from '../../src/engine/runLine';
import { NoShell, openShell, type Shell } from '../../src/engine/shell';
import { figure, useBench } from './bench';
import { poll, rejectionOf } from './until';

const execute = promisify(execFile);
const bench = useBench('busybox');

/** What a terminal shows, as it comes. */
function listen(session: Shell): { text(): string; ended: Promise<void> } {
  let text = '';
  const ended = (async () => { for await (const data of session.output) { text += Buffer.from(data).toString('utf8'); } })();
  ended.catch(() => { });
  return { text: () => text, ended };
}

const commandsIn = async (id: string): Promise<string[]> => (await bench().engine.containerProcesses(id)).map(({ command }) => command);

describe('a shell in a container', () => {
  test('is a terminal: it echoes, has a size that can change, and ends with its exit code', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    const session = await openShell(engine, id, 'it', { columns: 101, rows: 31 });
    expect(session.name).toBe('sh');
    const { text, ended } = listen(session);
    session.write('tty; stty size; echo term=$TERM\n');
    await poll('its size', () => text().includes('31 101') && text().includes('/dev/pts/') && text().includes('term=xterm-256color'));
    await session.resize({ columns: 77, rows: 22 });
    session.write('stty size\n');
    await poll('its new size', () => text().includes('22 77'));
    session.write('exit 42\n');
    await ended;
    // Nothing of how we begin is seen.
    expect(text()).not.toContain('exec "$0"');
    expect(text()).not.toMatch(/^\d/);
    expect(await session.exitCode()).toBe(42);
    await bench().removeContainers();
  });

  test('that is hung up on does not stay behind, whatever it is doing', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    const session = await openShell(engine, id, 'it', { columns: 80, rows: 24 });
    const { text } = listen(session);
    session.write('echo ready; sleep 777\n');
    await poll('it sleeps', async () => text().includes('ready') && (await commandsIn(id)).some((command) => command.includes('sleep 777')));
    await session.hangUp();
    await poll('nothing of it is left', async () => !(await commandsIn(id)).some((command) => command === 'sh' || command.includes('777')), 15_000);
    await bench().removeContainers();
  });

  test('is refused for a container that does not run, and said to be none where the image has none', async () => {
    const { engine, docker } = bench();
    const stopped = await docker('create', 'busybox');
    expect(await rejectionOf(openShell(engine, stopped, 'it', { columns: 80, rows: 24 }))).toBeInstanceOf(Conflict);
    // A program and nothing else, as images "from scratch" are.
    const id = await bench().sleeper();
    await docker('exec', id, 'sh', '-c', 'mkdir /only && mv /bin/sh /only/renamed');
    expect(await rejectionOf(openShell(engine, id, 'bare', { columns: 80, rows: 24 }))).toBeInstanceOf(NoShell);
    await bench().removeContainers();
  });
});

test('a container is renamed and gets signals; what is refused says why', async () => {
  const { engine, docker } = bench();
  const id = await docker('run', '-d', '--name', 'first', 'busybox', 'sh', '-c', 'trap "exit 5" USR1; echo ready; while :; do sleep 0.1; done');
  await engine.renameContainer(id, 'second');
  expect((await engine.inspectContainer(id)).name).toBe('second');
  const other = await docker('create', '--name', 'taken', 'busybox');
  expect(await rejectionOf(engine.renameContainer(id, 'taken'))).toBeInstanceOf(Conflict);
  expect(await rejectionOf(engine.killContainer(id, 'NOSUCH'))).toBeInstanceOf(EngineError);
  await poll('its trap is set', async () => (await docker('logs', id)).includes('ready'));
  await engine.killContainer(id, 'USR1');
  expect(await engine.waitContainer(id)).toBe(5);
  expect(await rejectionOf(engine.killContainer(id, 'KILL'))).toBeInstanceOf(Conflict);
  expect(await engine.inspectRaw('container', id)).toMatchObject({ Name: '/second', Config: { Image: 'busybox' } });
  await docker('rm', id, other);
  expect(await rejectionOf(engine.inspectRaw('container', id))).toBeInstanceOf(NotFound);
});

test('a log is read from a moment on', async () => {
  const { engine, docker } = bench();
  const id = await docker('run', '-d', 'busybox', 'sh', '-c', 'echo early; sleep 1.2; echo late');
  await engine.waitContainer(id);
  const from = Date.parse((await engine.inspectContainer(id)).startedAt) + 600;
  let text = '';
  for await (const { data } of await engine.containerLogs(id, { follow: false, sinceMillis: from, tty: false })) { text += Buffer.from(data).toString('utf8'); }
  expect(text).toBe('late\n');
  await docker('rm', id);
});

describe('limits beside CPU time', () => {
  const files: Record<ResourceKind, string> = {
    memory: 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max',
    pids: 'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max',
    cpuShares: 'cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight',
  };

  test.each<[kind: ResourceKind, first: number, second: number, lifted: RegExp]>([
    ['memory', 64 * 1024 * 1024, 128 * 1024 * 1024, /^(max|\d{10,})$/], ['pids', 50, 20, /^max$/], ['cpuShares', 256, 512, /^(1024|39|100)$/],
  ])('of %s are set, changed and lifted, as the kernel says', async (kind, first, second, lifted) => {
    const { engine, docker } = bench();
    const id = await bench().sleeper();
    const kernel = (): Promise<string> => docker('exec', id, 'sh', '-c', files[kind]);
    expect(await setResourceLimit(engine, id, kind, first)).toBeUndefined();
    const after = await kernel();
    expect(await setResourceLimit(engine, id, kind, second)).toBe(first);
    figure(`${kind}: the kernel has ${after}, then ${await kernel()}`);
    if (kind !== 'cpuShares') { expect([after, await kernel()]).toEqual([String(first), String(second)]); }
    expect(await setResourceLimit(engine, id, kind, undefined)).toBe(second);
    expect(await kernel()).toMatch(lifted);
    await bench().removeContainers();
  });

  test('that the engine does not take are refused with its reason', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    expect(await rejectionOf(setResourceLimit(engine, id, 'memory', 1024))).toMatchObject({ message: expect.stringMatching(/memory limit/i) as unknown });
    await bench().removeContainers();
  });
});

test('images, volumes and networks are listed, tagged and removed; what is in use stays', async () => {
  const { engine, docker } = bench();
  const before = (await engine.listImages()).find(({ tags }) => tags.includes('busybox:latest'));
  expect(before?.createdAt).toBeGreaterThan(0);
  await engine.tagImage('busybox', 'mine/box:1');
  expect((await engine.listImages()).find(({ id }) => id === before?.id)?.tags).toContain('mine/box:1');
  await engine.removeImage('mine/box:1');
  await docker('volume', 'create', 'kept');
  await docker('network', 'create', '--subnet', '10.213.7.0/24', 'lane');
  const id = await bench().sleeper('--volume', 'kept:/data', '--network', 'lane');
  expect((await engine.listVolumes()).find(({ name }) => name === 'kept')).toMatchObject({ driver: 'local' });
  const lane = (await engine.listNetworks()).find(({ name }) => name === 'lane');
  expect(lane).toMatchObject({ driver: 'bridge', subnets: ['10.213.7.0/24'] });
  expect(await rejectionOf(engine.removeVolume('kept'))).toBeInstanceOf(Conflict);
  expect(await rejectionOf(engine.removeNetwork(lane?.id ?? ''))).toBeInstanceOf(EngineError);
  expect(await engine.inspectRaw('volume', 'kept')).toMatchObject({ Name: 'kept' });
  expect(await engine.inspectRaw('network', lane?.id ?? '')).toMatchObject({ Name: 'lane' });
  expect(await engine.inspectRaw('image', 'busybox:latest')).toMatchObject({ RepoTags: ['busybox:latest'] });
  await docker('rm', '-f', id);
  await engine.removeVolume('kept');
  await engine.removeNetwork(lane?.id ?? '');
  expect((await engine.listVolumes()).map(({ name }) => name)).not.toContain('kept');
});

test('the run line of a container makes it again', async () => {
  const { engine, docker } = bench();
  const options = [
    '--name', 'again', '--init', '--hostname', 'box', '--user', '1000:1000', '--workdir', '/tmp', '--env', 'GREETING=hello it\'s me', '--label', 'a=b $c',
    '--volume', '/tmp:/host:ro', '--tmpfs', '/scratch', '--publish', '127.0.0.1:18231:80', '--publish', '18232:81/udp', '--restart', 'on-failure:3',
    '--cpus', '0.5', '--memory', '64m', '--pids-limit', '30', '--cap-drop', 'NET_RAW', '--read-only', '--add-host', 'peer:10.0.0.1', '--entrypoint', 'sleep',
  ];
  const id = await docker('run', '-d', ...options, 'busybox', '1000');
  const json = async (of: string): Promise<Record<'Config' | 'HostConfig', Record<string, unknown>>> => await engine.inspectRaw('container', of) as Record<'Config' | 'HostConfig', Record<string, unknown>>;
  const original = await json(id);
  const line = runLine(original, await engine.inspectRaw('image', 'busybox'), (await engine.facts()).cgroupVersion);
  figure(line);
  await docker('rm', '-f', id);
  const { stdout } = await execute('sh', ['-c', line], { env: { ...process.env, DOCKER_HOST: bench().host, DOCKER_CONTEXT: '' } });
  const made = await json(stdout.trim());
  expect(made.Config).toEqual(original.Config);
  // Docker says "no bindings" and the like in two ways; what both say must be the same.
  expect(made.HostConfig).toEqual(original.HostConfig);
  await docker('rm', '-f', 'again');
});
