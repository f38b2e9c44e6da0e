import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../../lab/engine.mjs';
import type { ConnectionState, EngineConnection } from '../../src/engine/connection';
import { EngineUnreachable } from '../../src/engine/errors';
import { figure, useBenchOf } from './bench';
import { poll, until } from './until';

describe('a connection, when its engine', () => {
  let engine: Awaited<ReturnType<typeof openEngine>> | undefined;
  const lab = () => engine ?? expect.fail('the engine is not open');
  const bench = useBenchOf(async () => {
    const opened = engine = await openEngine({ name: 'test-restart', fresh: true });
    return { host: opened.host, close: () => opened.close({ remove: true }) };
  }, ['busybox']);

  /** Takes the engine down and up; what the connection did, and how long after the socket was back. */
  async function watchRestart(connection: EngineConnection, down: () => Promise<void>): Promise<{ states: ConnectionState[]; failed: Extract<ConnectionState, { kind: 'failed' }>; lateMillis: number }> {
    const states: ConnectionState[] = [];
    const subscription = connection.onDidChangeState((state) => states.push(state));
    const failed = until(connection.onDidChangeState, 'failed', () => connection.state.kind === 'failed' && connection.state, 60_000);
    let connectedAt = 0;
    const ended = failed.then(() => until(connection.onDidChangeState, 'connected again', () => {
      connectedAt = performance.now();
      return connection.state.kind === 'connected';
    }, 100_000));
    const back = (async () => {
      await failed;
      await poll('the socket answers', () => accepts(lab().socket), 100_000);
      return performance.now();
    })();
    await down();
    const backAt = await back;
    await ended;
    subscription.dispose();
    return { states, failed: await failed, lateMillis: connectedAt - backAt };
  }

  function accepts(path: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection({ path });
      socket.once('connect', () => { socket.destroy(); resolve(true); });
      socket.once('error', () => resolve(false));
    });
  }

  function expectClearReason({ attempts, retryMillis }: Extract<ConnectionState, { kind: 'failed' }>): void {
    const error = attempts[0]?.error;
    expect(error).toBeInstanceOf(EngineUnreachable);
    if (!(error instanceof EngineUnreachable)) { return; }
    expect(error.reason).toMatch(/^(lost|refused|absent)$/);
    expect(error.message).toContain(lab().host);
    expect(retryMillis).toBeGreaterThanOrEqual(1_000);
  }

  test('is stopped and started, says so and comes back with the right list', async () => {
    const connection = await bench().connected();
    const kept = await bench().docker('create', '--name', 'kept', 'busybox', 'true');
    await bench().follow(connection, kept)('created', () => true);
    const { failed, states, lateMillis } = await watchRestart(connection, () => lab().dockerd.restart());
    expectClearReason(failed);
    expect([...connection.containers.containers].map(({ id, name }) => ({ id, name }))).toEqual([{ id: kept, name: 'kept' }]);
    figure(`stopped and started: connected ${lateMillis.toFixed(0)} ms after the socket was back; ${states.map(({ kind }) => kind).join(' ')}`);
    expect(lateMillis).toBeLessThan(5_000);

    // Events come again, too.
    await bench().docker('rm', kept);
    await until(connection.containers.onDidChange, 'removed', () => connection.containers.size === 0);
  });

  test('is killed and started, shows that its containers died with it', async () => {
    const connection = await bench().connected();
    const died = await bench().sleeper('--name', 'died');
    await bench().follow(connection, died)('running', ({ state }) => state === 'running');
    const { failed, states, lateMillis } = await watchRestart(connection, async () => {
      await lab().dockerd.kill();
      await until(connection.onDidChangeState, 'failed', () => connection.state.kind === 'failed');
      expect(connection.containers.size).toBe(0);
      await lab().dockerd.restart();
    });
    expectClearReason(failed);
    await bench().follow(connection, died)('exited', ({ state }) => state === 'exited');
    figure(`killed and started: connected ${lateMillis.toFixed(0)} ms after the socket was back; ${states.map(({ kind }) => kind).join(' ')}`);
    expect(lateMillis).toBeLessThan(5_000);
    await bench().docker('rm', died);
  }, 120_000);

  test('is asked for while it is down, fails with the reason, and is there when it is up', async () => {
    const connection = await bench().connected();
    await lab().dockerd.kill();
    await until(connection.onDidChangeState, 'failed', () => connection.state.kind === 'failed');
    await expect(connection.engine()).rejects.toBeInstanceOf(EngineUnreachable);
    await lab().dockerd.restart();
    expect(await (await connection.engine()).listContainers()).toEqual([]);
  }, 120_000);
});
