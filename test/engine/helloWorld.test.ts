import { describe, expect, test } from 'vitest';
import { startDockerd } from '../../lab/docker/dockerd.mjs';
import { freePort } from '../../lab/ports.mjs';
import { openEngine } from '../../lab/engine.mjs';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { type HelloStage, runHelloWorld } from '../../src/engine/helloWorld';
import { isStandIn, roleLabel, roleOf, standInImage } from '../../src/engine/ours';
import { PullFailed, type PullProgress } from '../../src/engine/pull';
import { parseRecording, replay, RunRecorder } from '../../src/lesson/recording';
import { demoImage, figure, hello, useBench, useBenchOf } from './bench';
import { rejectionOf } from './until';

const greeting = /Hello from Docker!/;

describe('hello-world', () => {
  const bench = useBench();

  test('pulls the image layer by layer, runs it, and keeps the container with our label', async () => {
    const { engine } = bench();
    const { result, stages, pulls, output } = hello(engine);
    const { id, name, exitCode, stages: done } = await result;
    expect(exitCode).toBe(0);
    expect(output()).toMatch(greeting);
    expect(stages).toEqual(['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect']);
    expect(done.map(({ stage }) => stage)).toEqual(stages);
    expect(done.every(({ millis }) => millis > 0 && millis < 30_000)).toBe(true);
    figure(`hello-world: ${done.map(({ stage, millis }) => `${stage} ${millis.toFixed(0)} ms`).join(', ')}`);
    expect(pulls.at(-1)).toMatchObject({ layers: 1, layersDone: 1 });
    expect(pulls.some(({ status }) => status === 'Pull complete')).toBe(true);

    const [container, ...others] = await engine.listContainers();
    expect(others).toEqual([]);
    expect(container).toMatchObject({ id, name, image: 'hello-world', state: 'exited' });
    expect(roleOf(container?.labels ?? {})).toBe('hello-world');

    const leftovers = await findLeftovers(engine, ['hello-world:latest']);
    expect(leftovers.images).toEqual(['hello-world:latest']);
    expect(await cleanUp(engine, leftovers, () => { }, new AbortController().signal)).toEqual({ removed: 2, failures: [] });
  });

  test('a run is recorded as it goes, and the recording plays it', async () => {
    const { engine } = bench();
    const output: string[] = [];
    const recorder = new RunRecorder(systemClock, { onStage: () => { }, onPull: () => { }, onOutput: ({ data }) => output.push(Buffer.from(data).toString()) });
    const result = await runHelloWorld({ engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: new AbortController().signal, listener: recorder });
    const text = JSON.stringify(recorder.finish(result, await engine.facts()));
    const played: string[] = [];
    const stages: HelloStage[] = [];
    await replay(parseRecording(text), { onStage: (stage) => stages.push(stage), onOutput: ({ data }) => played.push(Buffer.from(data).toString()) }, new AbortController().signal);
    expect(stages).toEqual(result.stages.map(({ stage }) => stage));
    expect(played.join('')).toBe(output.join(''));
    await cleanUp(engine, await findLeftovers(engine, ['hello-world:latest']), () => { }, new AbortController().signal);
  });

  test('does not pull again, and leaves an image alone that it did not bring', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'hello-world');
    const { result, stages, pulls } = hello(engine);
    expect((await result).exitCode).toBe(0);
    expect(stages).toEqual(['look', 'create', 'attach', 'start', 'wait', 'inspect']);
    expect(pulls).toEqual([]);

    const cancel = new AbortController();
    const second = hello(engine, { signal: cancel.signal, onStage: (stage) => { if (stage === 'start') { cancel.abort(); } } });
    expect(await rejectionOf(second.result)).toMatchObject({ name: 'AbortError' });
    expect(await bench().images()).toEqual(['hello-world:latest']);
    expect(await engine.listContainers()).toHaveLength(1);
    await bench().removeContainers();
    await engine.removeImage('hello-world');
  });

  test('runs twice at once, each with its own container', async () => {
    const { engine } = bench();
    const runs = [hello(engine), hello(engine)];
    const results = await Promise.all(runs.map(({ result }) => result));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(2);
    for (const { output } of runs) { expect(output()).toMatch(greeting); }
    await cleanUp(engine, await findLeftovers(engine, ['hello-world:latest']), () => { }, new AbortController().signal);
  });

  test.each<HelloStage>(['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect'])('cancelled at the stage "%s" leaves no container and no image', async (stage) => {
    const cancel = new AbortController();
    const run = hello(bench().engine, { signal: cancel.signal, onStage: (begun) => { if (begun === stage) { cancel.abort(); } } });
    expect(await rejectionOf(run.result)).toMatchObject({ name: 'AbortError' });
    expect(run.stages.at(-1)).toBe(stage);
    // What is left is looked at after each test.
  });

  test('that does not exist says so, or that the registry cannot be reached to ask', async () => {
    const error = await rejectionOf(hello(bench().engine, { image: 'hello-containers-no-such-image' }).result);
    expect(error).toBeInstanceOf(PullFailed);
    // With the Internet Docker Hub denies it; without, the mirror's "no" is followed by a look at Docker Hub.
    expect((error as PullFailed).kind).toMatch(/^(noSuchImage|registryUnreachable)$/);
    expect((error as PullFailed).message).toContain((error as PullFailed).reply.trim().slice(0, 20));
  });

  test('that cannot be a name is refused, and nothing is left', async () => {
    expect(await rejectionOf(hello(bench().engine, { image: 'Hello World' }).result)).toMatchObject({ status: 400 });
  });

  test('of a program that fails shows its exit code and keeps the container', async () => {
    const { engine, docker } = bench();
    await docker('pull', '-q', 'busybox');
    const base = await docker('create', 'busybox');
    await docker('commit', '-c', 'CMD ["sh", "-c", "echo out; echo err >&2; exit 3"]', base, 'failing:test');
    await docker('rm', base);
    const run = hello(engine, { image: 'failing:test' });
    expect((await run.result).exitCode).toBe(3);
    expect(run.output().split('\n').sort()).toEqual(['', 'err', 'out']);
    await bench().removeContainers();
    await bench().removeImages();
  });
});

describe('a pull that takes its time', () => {
  const bench = useBenchOf(async () => {
    const engine = await openEngine({ name: 'test-slow', fresh: true, bytesPerSecond: 3_000_000 });
    return { host: engine.host, close: () => engine.close({ remove: true }) };
  });
  /** Layers of the lab's Python image. */
  const all = 4;

  const cancelledAt = async (what: string, when: (progress: PullProgress) => boolean): Promise<void> => {
    const cancel = new AbortController();
    const run = hello(bench().engine, { image: demoImage, signal: cancel.signal, onPull: (progress) => { if (when(progress)) { cancel.abort(); } } });
    const from = performance.now();
    expect(await rejectionOf(run.result)).toMatchObject({ name: 'AbortError' });
    figure(`cancelled while ${what}, after ${(performance.now() - from).toFixed(0)} ms: ${JSON.stringify(run.pulls.at(-1))}`);
    expect(run.stages).toEqual(['look', 'pull']);
  };

  test('is cancelled at its first word', () => cancelledAt('it begins', () => true));
  test('is cancelled while it downloads', () => cancelledAt('downloading', ({ currentBytes, totalBytes, status }) => status === 'Downloading' && currentBytes > 0 && currentBytes < totalBytes));
  test('is cancelled while it unpacks the last layer', () => cancelledAt('unpacking the last', ({ layers, layersDone, status }) => status === 'Extracting' && layers === all && layersDone === all - 1));
  test('is cancelled when every layer is there', () => cancelledAt('ending', ({ layersDone }) => layersDone === all));

  test('of two runs goes on when one of them is cancelled, and reports bytes that only grow', async () => {
    const cancel = new AbortController();
    const staying = hello(bench().engine, { image: demoImage });
    const leaving = hello(bench().engine, { image: demoImage, signal: cancel.signal, onPull: ({ currentBytes }) => { if (currentBytes > 0) { cancel.abort(); } } });
    expect(await rejectionOf(leaving.result)).toMatchObject({ name: 'AbortError' });
    expect((await staying.result).exitCode).toBe(0);
    const last = staying.pulls.at(-1);
    expect(last).toMatchObject({ layers: all, layersDone: all });
    expect(last?.currentBytes).toBe(last?.totalBytes);
    const bytes = staying.pulls.map(({ currentBytes }) => currentBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(new Set(bytes).size).toBeGreaterThan(5);
    await cleanUp(bench().engine, await findLeftovers(bench().engine, [demoImage]), () => { }, new AbortController().signal);
  });
});

describe('without a registry', () => {
  const bench = useBenchOf(async () => {
    const dockerd = await startDockerd({ name: 'test-offline', fresh: true, mirror: `http://127.0.0.1:${await freePort()}` });
    return { host: dockerd.host, close: () => dockerd.stop({ remove: true }) };
  });

  test('the pull fails with the reason, and the bundled stand-in runs', async () => {
    const { engine } = bench();
    const error = await rejectionOf(hello(engine).result);
    expect(error).toBeInstanceOf(PullFailed);
    expect(error).toMatchObject({ kind: 'registryUnreachable' });
    figure(`without a registry: ${(error as PullFailed).message}`);

    const run = hello(engine, { image: standInImage });
    const { id, exitCode } = await run.result;
    expect(exitCode).toBe(0);
    expect(run.stages).toEqual(['look', 'load', 'create', 'attach', 'start', 'wait', 'inspect']);
    expect(run.output()).toMatch(/^\nHello from a container!\n[^]*stand-in[^]*\n$/);
    const container = (await engine.listContainers({ id }))[0];
    expect(container?.image).toBe(standInImage);
    expect(isStandIn(container?.labels ?? {})).toBe(true);
    expect(container?.labels[roleLabel]).toBe('hello-world');

    const again = hello(engine, { image: standInImage });
    await again.result;
    expect(again.stages).not.toContain('load');

    const leftovers = await findLeftovers(engine, []);
    expect(leftovers.images).toEqual([standInImage]);
    expect((await cleanUp(engine, leftovers, () => { }, new AbortController().signal)).failures).toEqual([]);
  });

  test.each<HelloStage>(['load', 'create', 'wait'])('the stand-in cancelled at the stage "%s" leaves nothing', async (stage) => {
    const cancel = new AbortController();
    const run = hello(bench().engine, { image: standInImage, signal: cancel.signal, onStage: (begun) => { if (begun === stage) { cancel.abort(); } } });
    expect(await rejectionOf(run.result)).toMatchObject({ name: 'AbortError' });
  });
});
