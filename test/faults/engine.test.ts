import { createServer } from 'node:http';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, describe, onTestFinished, test } from 'vitest';
import { openEngine } from '../../lab/engine.mjs';
import { startDockerd } from '../../lab/docker/dockerd.mjs';
import { run as execute } from '../../lab/processes.mjs';
import { labFolder } from '../../lab/paths.mjs';
import type { EngineConnection } from '../../src/engine/connection';
import { standInImage } from '../../src/engine/ours';
import { figure, hello, useBenchOf } from '../engine/bench';
import { pause, rejectionOf, until } from '../engine/until';
import { shown } from './open';

/** How soon after recovery all must be right, in milliseconds. */
const soon = 5_000;

const opened: { dockerd?: Awaited<ReturnType<typeof openEngine>>['dockerd'] } = {};
const lab = (): NonNullable<typeof opened.dockerd> => opened.dockerd ?? expect.fail('the engine is not open');

/** Waits until the view is what `docker ps --all` says; how long that took. */
async function isRight(connection: EngineConnection, docker: (...args: string[]) => Promise<string>, from: number): Promise<number> {
  await until(connection.onDidChangeState, 'connected', () => connection.state.kind === 'connected');
  const real = (await docker('ps', '--all', '--format', '{{.Names}} {{.State}}')).split('\n').filter(Boolean).sort().join();
  await until(connection.containers.onDidChange, `the view shows ${real}`, () => shown(connection).join() === real);
  return performance.now() - from;
}

function attemptsOf({ state }: EngineConnection): string {
  return state.kind === 'failed' ? state.attempts.map(({ error }) => error.message).join(' ') : expect.fail(state.kind);
}

describe('an engine', () => {
  const bench = useBenchOf(async () => {
    const engine = await openEngine({ name: 'test-faults-engine', fresh: true });
    opened.dockerd = engine.dockerd;
    return { host: engine.host, close: () => engine.close({ remove: true }) };
  }, ['busybox', 'hello-world']);

  test('whose containerd is killed: a run says what happened and leaves nothing; after its return all goes on', async () => {
    const connection = await bench().connected();
    const state = connection.state.kind === 'connected' ? connection.state : expect.fail();
    await bench().sleeper('--name', 'goes-on');
    const pid = lab().containerdPid ?? expect.fail('no containerd');
    process.kill(pid, 'SIGKILL');
    const error = await rejectionOf(hello(state.engine).result);
    figure(`containerd killed: hello-world says "${(error as Error).message}"`);
    expect((error as Error).message).toMatch(/containerd|unavailable|connection|failed to create/i);
    expect(connection.state.kind).toBe('connected');
    // As its service manager would.
    await lab().startContainerd();
    const from = performance.now();
    // dockerd itself takes a moment until it is connected to its containerd again.
    let outcome: unknown;
    do { outcome = await hello(state.engine).result.catch((again: unknown) => again); } while (outcome instanceof Error && performance.now() - from < 20_000);
    expect(outcome).toMatchObject({ exitCode: 0 });
    const millis = await isRight(connection, bench().docker, performance.now());
    figure(`containerd is back: hello-world runs after ${(performance.now() - from).toFixed(0)} ms, the view is right ${millis.toFixed(0)} ms later`);
    expect(millis).toBeLessThan(soon);
    await bench().removeContainers();
  }, 120_000);

  test.each<[string, (socket: string) => Promise<() => Promise<void>>]>([
    ['a directory', (socket) => {
      mkdirSync(socket);
      return Promise.resolve(() => rm(socket, { recursive: true }));
    }],
    ['another server', (socket) => new Promise((resolve) => {
      const server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'); });
      server.listen(socket, () => resolve(() => new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      })));
    })],
  ])('whose socket is replaced by %s: the view says so, and is right once the engine is back', async (_, replace) => {
    const connection = await bench().connected();
    await lab().kill();
    await until(connection.onDidChangeState, 'failed', () => connection.state.kind === 'failed');
    rmSync(lab().socket, { force: true });
    const putBack = await replace(lab().socket);
    connection.reconnect();
    await until(connection.onDidChangeState, 'a new reason', () => connection.state.kind === 'failed' && !attemptsOf(connection).includes('lost'));
    figure(`replaced: "${attemptsOf(connection)}"`);
    expect(attemptsOf(connection)).toContain(lab().socket);
    expect(connection.containers.size).toBe(0);
    await putBack();
    await lab().restart();
    const millis = await isRight(connection, bench().docker, performance.now());
    figure(`right again ${millis.toFixed(0)} ms after the engine answers`);
    expect(millis).toBeLessThan(soon);
  }, 180_000);

  test('that is suspended (SIGSTOP): what is asked can be cancelled, and goes on when it does', async () => {
    const connection = await bench().connected();
    const state = connection.state.kind === 'connected' ? connection.state : expect.fail();
    const pid = lab().pid ?? expect.fail('no dockerd');
    const stopped = new AbortController();
    process.kill(pid, 'SIGSTOP');
    let awake = false;
    onTestFinished(() => { if (!awake) { process.kill(pid, 'SIGCONT'); } });
    const waiting = hello(state.engine);
    const cancelled = rejectionOf(hello(state.engine, { signal: stopped.signal }).result);
    // The stand-in for a user who loses patience; nothing can be waited for here.
    await pause(500);
    stopped.abort();
    process.kill(pid, 'SIGCONT');
    awake = true;
    const from = performance.now();
    expect(await cancelled).toMatchObject({ name: 'AbortError' });
    expect(await waiting.result).toMatchObject({ exitCode: 0 });
    const millis = await isRight(connection, bench().docker, from);
    figure(`suspended: hello-world goes on, the view is right ${millis.toFixed(0)} ms after it wakes; 1 container, of the run that was not cancelled`);
    expect(millis).toBeLessThan(soon);
    expect(connection.containers.size).toBe(1);
    await bench().removeContainers();
  }, 120_000);
});

describe('an engine whose disk is full', () => {
  const folder = labFolder('faults-disk');
  // A disk of its own, of 48 MB: a file system in memory.
  const bench = useBenchOf(async () => {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder]);
    const dockerd = await startDockerd({ name: 'test-faults-disk', fresh: true, settings: { 'data-root': join(folder, 'data') } });
    return {
      host: dockerd.host,
      close: async () => {
        await dockerd.stop({ remove: true });
        await execute('umount', ['--lazy', folder]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  });

  test('says so, leaves nothing, and works once there is room', async () => {
    const connection = await bench().connected();
    const state = connection.state.kind === 'connected' ? connection.state : expect.fail();
    // The bundled image: what a registry's mirror lacks room for, Docker hides behind a question to Docker Hub.
    const run = (): ReturnType<typeof hello>['result'] => hello(state.engine, { image: standInImage }).result;
    const filler = join(folder, 'filler');
    const full = await rejectionOf(writeFile(filler, Buffer.alloc(64 * 1024 * 1024, 1)));
    expect(full).toMatchObject({ code: 'ENOSPC' });
    const error = await rejectionOf(run());
    figure(`disk full: hello-world says "${(error as Error).message}"`);
    expect((error as Error).message).toMatch(/no space left on device/i);
    expect(await bench().docker('ps', '--all', '--quiet')).toBe('');
    expect(await bench().images()).toEqual([]);
    await rm(filler);
    const from = performance.now();
    expect(await run()).toMatchObject({ exitCode: 0 });
    const millis = await isRight(connection, bench().docker, from);
    figure(`room again: hello-world runs and is shown after ${millis.toFixed(0)} ms`);
    expect(millis).toBeLessThan(soon);
    await bench().removeContainers();
    await bench().removeImages();
  }, 120_000);
});
