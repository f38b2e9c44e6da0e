import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../lab/engine.mjs';
import { startDockerd } from '../../lab/docker/dockerd.mjs';
import type { EngineConnection } from '../../src/engine/connection';
import type { Engine } from '../../src/engine/engine';
import { figure, useBenchOf } from '../engine/bench';
import { until } from '../engine/until';
import { held, unheard } from './growth';
import { openLive, openLog, openShell, shown } from './open';

const rounds = Number(process.env.HELLO_CONTAINERS_FAULT_ROUNDS ?? 100);
/** Rounds until everything that is made once has been made. */
const warmUp = Math.min(10, rounds / 4);
/** Bytes of heap a round that are no growth: what the compiler and the caches of Node keep meanwhile. */
const heapRound = 20_000;

describe(`dockerd is killed with SIGKILL and started again, ${rounds} times`, () => {
  let registry: Awaited<ReturnType<typeof openEngine>>;
  let dockerd: Awaited<ReturnType<typeof startDockerd>>;
  // The containers go on without their daemon, as on many servers: what was open is then to come back.
  const bench = useBenchOf(async () => {
    registry = await openEngine({ name: 'test-faults' });
    dockerd = await startDockerd({ name: 'test-faults-rounds', fresh: true, mirror: registry.registry.url, settings: { 'live-restore': true } });
    return {
      host: dockerd.host,
      close: async () => {
        await dockerd.stop({ remove: true });
        await registry.close({ remove: true });
      },
    };
  }, ['busybox']);
  let lost: readonly unknown[];
  beforeAll(() => { lost = unheard(); });
  afterAll(() => expect(lost).toEqual([]));

  test('with the view, a log, a live page and a shell open: each tells of it and is right again', async () => {
    const connection = await bench().connected();
    const id = await bench().docker('run', '-d', '--init', '--name', 'goes-on', 'busybox', 'sh', '-c', 'while true; do echo line; sleep 1; done');
    await bench().follow(connection, id)('running', ({ state }) => state === 'running');
    const live = openLive(connection, id);
    const back: number[] = [];
    const wrong: string[] = [];
    let start = held();
    const begun = performance.now();
    for (let round = 1; round <= rounds; round += 1) {
      const engine = engineOf(connection);
      const readers = await Promise.all([openLog(engine, id), openShell(engine, id)]);
      await Promise.all([...readers.map(({ first }) => first), live.figure()]);
      const failed = until(connection.onDidChangeState, 'the view tells of the loss', () => connection.state.kind === 'failed');
      await dockerd.kill();
      await failed;
      // Neither hangs: whoever waits for more is told.
      await Promise.all(readers.map(({ ended }) => ended));
      for (const reader of readers) { reader.dispose(); }
      if (connection.containers.size !== 0) { wrong.push(`round ${round}: containers are shown without an engine`); }
      await dockerd.restart();
      const up = performance.now();
      await until(connection.onDidChangeState, 'connected again', () => connection.state.kind === 'connected');
      await live.figure();
      back.push(performance.now() - up);
      const real = (await bench().docker('ps', '--all', '--format', '{{.Names}} {{.State}}')).split('\n').sort();
      if (shown(connection).join() !== real.join()) { wrong.push(`round ${round}: ${shown(connection).join()} is shown, ${real.join()} is there`); }
      if (round === warmUp) { start = held(); }
    }
    const end = held();
    const heap = (end.heap - start.heap) / (rounds - warmUp);
    back.sort((a, b) => a - b);
    figure(`${rounds} rounds in ${((performance.now() - begun) / 1000).toFixed(0)} s: view and live page right again ${back[Math.floor(back.length / 2)]?.toFixed(0)} ms (median), at most ${back.at(-1)?.toFixed(0)} ms after dockerd answers; ${wrong.length} times wrong`);
    figure(`after ${rounds - warmUp} more rounds: sockets ${end.sockets - start.sockets}, timers ${end.timers - start.timers}, heap ${(heap / 1000).toFixed(1)} kB a round more; ${lost.length} failures unheard`);
    live.dispose();
    await bench().docker('rm', '-f', id);
    expect(wrong).toEqual([]);
    expect(back.at(-1)).toBeLessThan(5_000);
    expect(end.sockets - start.sockets).toBeLessThanOrEqual(2);
    expect(end.timers - start.timers).toBeLessThanOrEqual(2);
    expect(heap).toBeLessThan(heapRound);
  }, 3_600_000);
});

function engineOf({ state }: EngineConnection): Engine {
  return state.kind === 'connected' ? state.engine : expect.fail('not connected');
}
