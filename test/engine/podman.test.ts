import { describe, expect, test } from 'vitest';
import { openPodman } from '../../lab/docker/podman.mjs';
import { HelperHost } from '../../src/cgroup/helperHost';
import { cpuGroupOf } from '../../src/cgroup/hierarchy';
import { cpuLimitOf, setCpuLimit } from '../../src/engine/cpuLimit';
import { NotFound } from '../../src/engine/errors';
import type { OutputChunk } from '../../src/engine/engine';
import { roleOf } from '../../src/engine/ours';
import { openShell } from '../../src/engine/shell';
import { figure, hello, localHost, textOf, useBenchOf } from './bench';
import { rejectionOf, until } from './until';

describe('Podman\'s service', () => {
  const bench = useBenchOf(async () => {
    const podman = await openPodman({ log: (line) => console.log(line) });
    return { host: podman.host, close: () => podman.close({ remove: true }) };
  });

  test('is connected to and says what it is', async () => {
    const facts = await bench().engine.facts();
    figure(`Podman ${facts.version}, API ${facts.apiVersion}, ${facts.cpus} CPUs, cgroup v${facts.cgroupVersion}`);
    expect(facts.cpus).toBeGreaterThan(0);
  });

  test('pulls and runs hello-world, shows it in the list, with its log', async () => {
    const { engine } = bench();
    const connection = await bench().connected();
    const run = hello(engine);
    const { id, name, exitCode } = await run.result;
    expect(exitCode).toBe(0);
    expect(run.output()).toContain('Hello');
    const container = await bench().follow(connection, id)('ended', ({ state }) => state === 'exited');
    expect(container.name).toBe(name);
    expect(roleOf(container.labels)).toBe('hello-world');
    expect((await textOf(await engine.containerLogs(id, { follow: false, tty: false }), 'stdout')).toString()).toContain('Hello');
    await engine.removeContainer(id);
    await until(connection.containers.onDidChange, 'removed', () => connection.containers.get(id) === undefined);
    expect(await rejectionOf(engine.inspectContainer(id))).toBeInstanceOf(NotFound);
    await bench().removeImages();
  });

  test('limits a running container by its own API, for Docker\'s has no such call there', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'busybox');
    const id = await docker('run', '--detach', 'busybox', 'sh', '-c', 'while true; do :; done');
    const quota = (): Promise<string> => docker('exec', id, 'sh', '-c', 'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d" " -f1 /sys/fs/cgroup/cpu.max');
    expect(await setCpuLimit(engine, id, 0.1)).toBeUndefined();
    expect(await quota()).toBe('10000');
    expect((await cpuLimitOf(engine, id))?.cores).toBe(0.1);
    expect((await setCpuLimit(engine, id, undefined))?.cores).toBe(0.1);
    expect(await quota()).toMatch(/^(-1|max)$/);
    expect(await cpuLimitOf(engine, id)).toBeUndefined();
    await bench().removeContainers();
    await bench().removeImages();
  });

  test('opens a shell in a container', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'busybox');
    const id = await docker('run', '--detach', 'busybox', 'sleep', '1000');
    const shell = await openShell(engine, id, 'it', { columns: 90, rows: 20 });
    shell.write('echo $((6 * 7)); exit 3\n');
    expect(await textOf(asStdout(shell.output), 'stdout').then(String)).toContain('42');
    expect(await shell.exitCode()).toBe(3);
    await bench().removeContainers();
    await bench().removeImages();
  });

  test('runs commands in a container', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'busybox');
    const id = await docker('run', '--detach', 'busybox', 'sleep', '1000');
    expect(await engine.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
    // What was sent to start it must not come in as its stdin.
    expect(await engine.exec(id, ['cat'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    await bench().removeContainers();
    await bench().removeImages();
  });

  test('runs the helper that changes control groups', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'busybox');
    const helper = await HelperHost.open({ engine, image: 'busybox' });
    try {
      expect(await cpuGroupOf(helper, process.pid)).toEqual(await cpuGroupOf(localHost, process.pid));
      expect(await rejectionOf(helper.write('/sys/fs/cgroup/none/none', '1'))).toMatchObject({ code: 'ENOENT' });
    } finally {
      await helper.close();
    }
    await bench().removeImages();
  });
});

async function* asStdout(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of chunks) { yield { stream: 'stdout', data }; }
}
