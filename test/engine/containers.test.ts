import { describe, expect, onTestFinished, test } from 'vitest';
import type { ContainerChange } from '../../src/engine/containers';
import { openSockets, figure, useBench } from './bench';
import { poll, until } from './until';

describe('the list of containers', () => {
  const bench = useBench('busybox');

  test('follows what is done in a terminal, without being asked', async () => {
    const { docker } = bench();
    const connection = await bench().connected();
    const { containers } = connection;
    const heard: ContainerChange['kind'][] = [];
    containers.onDidChange(({ kind }) => heard.push(kind));
    const id = await bench().sleeper('--name', 'followed', '--label', 'shape=round', '-p', '127.0.0.1:0:80');
    const follow = bench().follow(connection, id);

    const running = await follow('running', ({ state }) => state === 'running');
    expect(running).toMatchObject({ name: 'followed', image: 'busybox', labels: { shape: 'round' }, cpuLimit: null });
    expect(running.status).toMatch(/^Up /);
    expect(running.ports).toMatchObject([{ containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1' }]);
    await docker('pause', 'followed');
    await follow('paused', ({ state }) => state === 'paused');
    await docker('unpause', 'followed');
    await follow('running again', ({ state }) => state === 'running');
    await docker('rename', 'followed', 'renamed');
    await follow('renamed', ({ name }) => name === 'renamed');
    await docker('update', '--cpus', '0.5', 'renamed');
    expect((await follow('limited', ({ cpuLimit }) => !!cpuLimit)).cpuLimit).toEqual({ cores: 0.5, dialect: 'NanoCpus' });
    await docker('kill', 'renamed');
    expect((await follow('killed', ({ state }) => state === 'exited')).status).toMatch(/^Exited \(137\)/);
    await docker('start', 'renamed');
    await follow('started', ({ state }) => state === 'running');
    await docker('restart', '-t', '0', 'renamed');
    await docker('stop', '-t', '0', 'renamed');
    await follow('stopped', ({ state }) => state === 'exited');
    await docker('rm', 'renamed');
    await until(containers.onDidChange, 'removed', () => containers.get(id) === undefined);
    expect(heard[0]).toBe('added');
    expect(heard.at(-1)).toBe('removed');
    expect(heard).not.toContain('reset');
  });

  test('shows a quota in its own dialect, and none after it was lifted', async () => {
    const { docker } = bench();
    const connection = await bench().connected();
    const id = await bench().sleeper('--name', 'quota');
    const follow = bench().follow(connection, id);
    await docker('update', '--cpu-quota', '25000', '--cpu-period', '50000', id);
    expect((await follow('limited', ({ cpuLimit }) => !!cpuLimit)).cpuLimit).toEqual({ cores: 0.5, dialect: 'CpuQuota' });
    await docker('update', '--cpu-quota', '-1', id);
    await follow('lifted', ({ cpuLimit }) => cpuLimit === null);
    await docker('rm', '-f', id);
  });

  test('knows a container that ran before it connected, with its limit', async () => {
    const { docker } = bench();
    const [limited, free, stopped] = [await bench().sleeper('--cpus', '0.25'), await bench().sleeper(), await docker('create', '--cpus', '0.1', 'busybox')];
    const connection = await bench().connected();
    await bench().follow(connection, limited)('read', ({ cpuLimit }) => cpuLimit?.cores === 0.25);
    await poll('read as none', () => connection.containers.get(free)?.cpuLimit === null);
    expect(connection.containers.get(stopped)?.cpuLimit).toBeUndefined();
    expect(await connection.containers.readLimit(stopped)).toEqual({ cores: 0.1, dialect: 'NanoCpus' });
    await bench().removeContainers();
  });

  test('ends as the engine\'s own list does after twenty containers came and went at once', async () => {
    const { docker, engine } = bench();
    const connection = await bench().connected();
    await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const id = await docker('create', '--name', `many-${index}`, 'busybox', 'true');
      if (index % 2 === 0) { await docker('rm', id); }
    }));
    await until(connection.containers.onDidChange, 'ten are left', () => connection.containers.size === 10);
    const shown = [...connection.containers.containers].map(({ id, name, state }) => ({ id, name, state }));
    const listed = (await engine.listContainers()).map(({ id, name, state }) => ({ id, name, state }));
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    expect(shown.sort(byName)).toEqual(listed.sort(byName));
    await bench().removeContainers();
    await until(connection.containers.onDidChange, 'none is left', () => connection.containers.size === 0);
  });

  test('two hundred lists at once work, warn of nothing and leave no socket open', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    const warnings: string[] = [];
    const listen = (warning: Error): number => warnings.push(`${warning.name}: ${warning.message}`);
    process.on('warning', listen);
    onTestFinished(() => { process.off('warning', listen); });
    // A few connections are kept for the next calls: as many as there will ever be.
    await Promise.all(Array.from({ length: 20 }, () => engine.listContainers()));
    const kept = await poll('all but a few sockets closed', () => { const open = openSockets(); return open < 20 && open; });
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    const lists = await Promise.all(Array.from({ length: 200 }, () => engine.listContainers()));
    const used = process.cpuUsage(cpu);
    figure(`200 lists at once: ${(performance.now() - from).toFixed(0)} ms, ${((used.user + used.system) / 1000).toFixed(0)} ms of CPU here`);
    expect(lists.every((list) => list.length === 1 && list[0]?.id === id)).toBe(true);
    // CPU time, not time: the machine may be busy. It was 6 s when docker-modem printed the agent with each request.
    expect(used.user + used.system).toBeLessThan(2_000_000);
    await poll('sockets closed again', () => openSockets() <= kept);
    for (let i = 0; i < 50; i += 1) { await engine.inspectContainer(id); }
    expect(openSockets()).toBeLessThanOrEqual(kept);
    expect(warnings).toEqual([]);
    await bench().docker('rm', '-f', id);
  });
});
