import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { setCpuLimit } from '../../src/engine/cpuLimit';
import { LimitHistory } from '../../src/engine/limitHistory';
import { LessonProgress } from '../../src/lesson/progress';
import { lessonEngine, memoryIn } from '../unit/support/lessonEngine';
import type { StepId } from '../../src/lesson/steps';
import { LiveSession } from '../../src/webviews/liveSession';
import { demo, demoImage, disposeAfterTest, figure, hello, localHost, useBench } from './bench';
import { until } from './until';

describe('the lesson', () => {
  const bench = useBench('hello-world', 'busybox', demoImage);

  async function begin() {
    const connection = await bench().connected();
    const progress = disposeAfterTest(new LessonProgress(lessonEngine(connection), memoryIn(new Map()), localHost));
    const becomes = (step: StepId, state: 'done' | 'open'): Promise<string> => until(progress.onDidChange, `${step} is ${state}`, () => progress.steps[step].state === state && progress.steps[step].reason);
    const done = (): StepId[] => (Object.keys(progress.steps) as StepId[]).filter((step) => progress.steps[step].state === 'done');
    return { connection, progress, becomes, done };
  }

  test('is ticked by what the engine and the kernel say, in order, and unticked when it is no longer so', async () => {
    const { engine } = bench();
    const { connection, progress, becomes, done } = await begin();
    await becomes('connect', 'done');
    expect(done()).toEqual(['connect']);
    expect(progress.steps['clean-up'].reason).toContain('Nothing was made');

    const { name } = await hello(engine).result;
    expect(await becomes('hello-world', 'done')).toContain(name);
    expect(await becomes('follow-the-run', 'done')).toContain(name);
    const { id } = await demo(engine);
    expect(await becomes('cpu-demo', 'done')).toContain('cpu-demo');
    expect(await becomes('a-process', 'done')).toContain('cpu-demo');
    expect(done()).toEqual(['connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo']);
    await becomes('limit', 'open');
    expect(progress.steps.limit.reason).toContain('no CPU limit');

    await setCpuLimit(engine, id, 0.5);
    await bench().follow(connection, id)('limited', ({ cpuLimit }) => cpuLimit?.cores === 0.5);
    expect(await becomes('limit', 'open')).toBeTruthy();
    await setCpuLimit(engine, id, 0.1);
    await becomes('limit', 'done');
    expect(progress.steps.watch.state).toBe('open');

    const limits = disposeAfterTest(new LimitHistory(connection.containers, systemClock));
    const session = disposeAfterTest(new LiveSession({ connection, limits, containerId: id, host: localHost, clock: systemClock, log: silentLog, l10nBundle: undefined }));
    session.onMessage((message) => {
      // As the page's host does it.
      if ('figures' in message) { progress.noteAccount(id, message.figures.capCores === null ? null : message.figures.account); }
    });
    figure(await becomes('watch', 'done'));
    expect(done()).toEqual(['connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo', 'limit', 'watch']);

    await setCpuLimit(engine, id, undefined);
    await Promise.all([becomes('limit', 'open'), becomes('watch', 'open')]);
    await setCpuLimit(engine, id, 0.1);
    await Promise.all([becomes('limit', 'done'), becomes('watch', 'done')]);
    await engine.stopContainer(id);
    await Promise.all([becomes('cpu-demo', 'open'), becomes('limit', 'open'), becomes('watch', 'open'), becomes('a-process', 'open')]);
    expect(progress.steps['cpu-demo'].reason).toContain('Exited (0)');
    await engine.startContainer(id);
    await Promise.all([becomes('cpu-demo', 'done'), becomes('limit', 'done')]);

    expect(progress.steps['clean-up'].state).toBe('open');
    const steps: string[] = [];
    expect(await cleanUp(engine, await findLeftovers(engine, []), (step) => steps.push(step), new AbortController().signal)).toEqual({ removed: 2, failures: [] });
    expect(steps.sort()).toEqual(['cpu-demo', name].sort());
    await becomes('clean-up', 'done');
    expect(done()).toEqual(['connect', 'clean-up']);
  });

  test('counts hello-world and the limit when they were done in a terminal', async () => {
    const { docker, engine } = bench();
    const { connection, becomes, done } = await begin();
    await becomes('connect', 'done');
    const output = await docker('run', '--name', 'by-hand', 'hello-world');
    expect(output).toContain('Hello');
    expect(await becomes('hello-world', 'done')).toContain('by-hand');
    const { id } = await demo(engine);
    await becomes('cpu-demo', 'done');
    await docker('update', '--cpus', '0.1', id);
    await becomes('limit', 'done');
    await docker('update', '--cpus', '0.2', id);
    await becomes('limit', 'open');
    await docker('rm', '-f', 'by-hand');
    await becomes('hello-world', 'open');
    await docker('rm', '-f', id);
    await becomes('clean-up', 'done');
    expect(done()).toEqual(['connect', 'clean-up']);
    connection.dispose();
  });

  test('does not count what failed or only looks alike', async () => {
    const { docker } = bench();
    const { connection, progress, becomes, done } = await begin();
    await becomes('connect', 'done');
    const id = await docker('run', '-d', '--name', 'hello-world', 'busybox', 'true');
    await bench().follow(connection, id)('ended', ({ state }) => state === 'exited');
    await docker('tag', 'busybox', 'hello-world:broken');
    const broken = await docker('run', '-d', 'hello-world:broken', 'false');
    await bench().follow(connection, broken)('ended', ({ state }) => state === 'exited');
    await until(progress.onDidChange, 'the failure is the reason', () => progress.steps['hello-world'].reason.includes('Exited (1)'));
    expect(progress.steps['hello-world'].state).toBe('open');
    expect(done()).toEqual(['connect']);
    await bench().removeContainers();
    await docker('rmi', 'hello-world:broken');
  });
});
