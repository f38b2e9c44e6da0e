import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import type { CgroupHost } from '../../src/cgroup/host';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { setCpuLimit } from '../../src/engine/cpuLimit';
import { Conflict, NotFound } from '../../src/engine/errors';
import { LimitHistory } from '../../src/engine/limitHistory';
import { LiveSession } from '../../src/webviews/liveSession';
import type { LiveContainerState } from '../../src/webviews/protocol';
import { demo, demoImage, disposeAfterTest, hello, localHost, useBench } from './bench';
import { rejectionOf, until } from './until';

describe('a container that is removed under our hands', () => {
  const bench = useBench('busybox', demoImage);

  /** An image whose containers go on until they are ended. */
  async function waitingImage(): Promise<string> {
    const { docker } = bench();
    const base = await docker('create', 'busybox');
    await docker('commit', '-c', 'CMD ["sh", "-c", "echo begun; exec sleep 1000"]', base, 'waiting:test');
    await docker('rm', base);
    return 'waiting:test';
  }

  test('while hello-world waits for it', async () => {
    const { engine, docker } = bench();
    const image = await waitingImage();
    let removed: Promise<void> | undefined;
    const run = hello(engine, { image, onStage: (stage) => { if (stage === 'wait') { removed = bench().removeContainers(); } } });
    // Who is first decides: the last question finds the container gone, or just before that, killed.
    const outcome = await run.result.catch((error: unknown) => error);
    if (outcome instanceof Error) { expect(outcome).toBeInstanceOf(NotFound); } else { expect(outcome).toMatchObject({ exitCode: 137 }); }
    await removed;
    expect(run.output()).toBe('begun\n');
    await docker('rmi', image);
  });

  test.each(['attachContainer', 'startContainer', 'waitContainer', 'inspectContainer'] as const)('just before hello-world\'s %s: the run says that it is gone', async (call) => {
    const { engine, docker } = bench();
    const image = await waitingImage();
    let removed: Promise<void> | undefined;
    const removeAll = (): Promise<void> => removed ??= bench().removeContainers();
    const method = engine[call].bind(engine) as (...args: unknown[]) => unknown;
    const racing = Object.assign(Object.create(engine) as typeof engine, {
      [call]: async (...args: unknown[]) => {
        await removeAll();
        return method(...args);
      },
    });
    // Nobody else ends the program where the wait for it is over before the removal.
    const run = hello(racing, { image, onStage: (stage) => { if (stage === 'wait') { void removeAll(); } } });
    const error = await rejectionOf(run.result);
    expect(error).toBeInstanceOf(NotFound);
    expect((error as Error).message).toMatch(/No such container/i);
    await docker('rmi', image);
  });

  test.each<[string, CgroupHost]>([['files', localHost], ['stats', { read: () => Promise.reject(new Error('no file')) }]])('while the live page reads its %s', async (_, host) => {
    const { engine, docker } = bench();
    const { id } = await demo(engine);
    const connection = await bench().connected();
    const limits = disposeAfterTest(new LimitHistory(connection.containers, systemClock));
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (text: string) => warnings.push(text), error: (text: string) => warnings.push(text) };
    const session = disposeAfterTest(new LiveSession({ connection, limits, containerId: id, host, clock: systemClock, log, l10nBundle: undefined }));
    let samples = 0;
    let state: LiveContainerState = 'running';
    session.onMessage((message) => {
      if (message.type === 'samples') { samples += 1; }
      if (message.type === 'state') { ({ state } = message); }
    });
    await until(session.onMessage, 'samples', () => samples > 1);
    await docker('rm', '-f', id);
    await until(session.onMessage, 'removed', () => state === 'removed');
    expect(session.snapshot()).toMatchObject({ state: 'removed', name: 'cpu-demo' });
    expect(warnings).toEqual([]);
  });

  test('and is limited, asked about, stopped or read afterwards, says that it is gone', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    await bench().docker('rm', '-f', id);
    const calls = await Promise.allSettled([
      setCpuLimit(engine, id, 0.1), setCpuLimit(engine, id, undefined), engine.inspectContainer(id), engine.stopContainer(id), engine.startContainer(id),
      engine.pauseContainer(id), engine.removeContainer(id), engine.waitContainer(id), engine.attachContainer(id), engine.containerLogs(id, { follow: true, tty: false }),
    ]);
    for (const call of calls) {
      const error: unknown = call.status === 'rejected' ? call.reason : undefined;
      expect(error).toBeInstanceOf(NotFound);
      expect((error as Error).message).toContain('No such container');
    }
  });

  test('between a limit\'s question and its change, says that it is gone and not that the engine cannot', async () => {
    const { engine, docker } = bench();
    const id = await bench().sleeper();
    const racing = Object.assign(Object.create(engine) as typeof engine, {
      updateContainer: async (...args: Parameters<typeof engine.updateContainer>) => {
        await docker('rm', '-f', id);
        return engine.updateContainer(...args);
      },
    });
    expect(await rejectionOf(setCpuLimit(racing, id, 0.1))).toBeInstanceOf(NotFound);
  });

  test('by somebody else at the moment of cleaning up counts as removed', async () => {
    const { engine, docker } = bench();
    await demo(engine);
    const gone = await demo(engine);
    const leftovers = await findLeftovers(engine, []);
    await docker('rm', '-f', gone.id);
    expect(await cleanUp(engine, leftovers, () => { }, new AbortController().signal)).toEqual({ removed: 2, failures: [] });
  });

  test('only when we are told to: a running one is refused without force, with the engine\'s reason', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    const error = await rejectionOf(engine.removeContainer(id));
    expect(error).toBeInstanceOf(Conflict);
    await engine.pauseContainer(id);
    await engine.removeContainer(id, { force: true });
    expect(await engine.listContainers()).toEqual([]);
  });
});
