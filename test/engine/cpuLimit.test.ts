import { describe, expect, test } from 'vitest';
import { rateBetween } from '../../src/cgroup/meter';
import { cpuLimitOf, LimitNotLasting, setCpuLimit } from '../../src/engine/cpuLimit';
import { NoPython } from '../../src/engine/cpuDemo';
import { roleOf } from '../../src/engine/ours';
import type { PullProgress } from '../../src/engine/pull';
import { busyCores, demo, demoImage, expectTenth, figure, groupOf, kernelMax, nextRates, reading, useBench } from './bench';
import { poll, rejectionOf } from './until';

const tenth = { quotaMicros: 10_000, periodMicros: 100_000 };

/** The kernel's account over at least so many enforcement periods from now. */
async function account(group: Parameters<typeof reading>[0], periods: number) {
  const from = await reading(group);
  const to = await poll(`${periods} periods`, async () => {
    const now = await reading(group);
    return now.nrPeriods - from.nrPeriods >= periods && now;
  }, 30_000);
  return rateBetween(from, to) ?? expect.fail('the counters went back');
}

describe('the CPU demo', () => {
  const bench = useBench('busybox');

  test('pulls its image once, and says the rate of its work every second', async () => {
    const { engine } = bench();
    const pulls: PullProgress[] = [];
    const pulled: string[] = [];
    const first = await demo(engine, { onPull: (progress) => pulls.push(progress), onPulled: (image) => pulled.push(image) });
    expect(pulled).toEqual([demoImage]);
    expect(pulls.at(-1)).toMatchObject({ layers: 4, layersDone: 4 });
    expect(first).toMatchObject({ name: 'cpu-demo', image: demoImage });
    expect((await nextRates(engine, first.id, 2)).every((rate) => rate > 0)).toBe(true);

    const second = await demo(engine, { onPull: () => expect.fail('it is there'), onPulled: () => expect.fail('it is there') });
    expect(second.name).toBe('cpu-demo-2');
    const third = await demo(engine, { image: 'python:3-slim' });
    expect(third).toMatchObject({ name: 'cpu-demo-3', image: demoImage });
    expect((await engine.listContainers()).map(({ labels }) => roleOf(labels))).toEqual(['cpu-demo', 'cpu-demo', 'cpu-demo']);
    // It ends when it is asked to, not when Docker loses patience after ten seconds.
    const from = performance.now();
    await engine.stopContainer(first.id);
    figure(`docker stop took ${(performance.now() - from).toFixed(0)} ms`);
    expect((await engine.inspectContainer(first.id)).exitCode).toBe(0);
    await bench().removeContainers();
    await engine.removeImage(demoImage);
  });

  test('in an image without python3 says so, and leaves nothing', async () => {
    expect(await rejectionOf(demo(bench().engine, { image: 'busybox', imageChosen: true }))).toBeInstanceOf(NoPython);
  });

  test.each(['at once', 'while it pulls'])('cancelled %s leaves nothing', async (when) => {
    const cancel = new AbortController();
    if (when === 'at once') { cancel.abort(); }
    const started = demo(bench().engine, { signal: cancel.signal, onPull: () => cancel.abort() });
    expect(await rejectionOf(started)).toMatchObject({ name: 'AbortError' });
  });
});

describe('a CPU limit', () => {
  const bench = useBench('busybox', demoImage);

  test('of 10 % is what the kernel gives', async () => {
    const { engine } = bench();
    const { id } = await demo(engine);
    const group = await groupOf(engine, id);
    const others = busyCores();
    const free = await nextRates(engine, id, 4);
    expect(await setCpuLimit(engine, id, 0.1)).toBeUndefined();
    expect(await kernelMax(engine, id)).toEqual(tenth);
    const [taken, limited] = await Promise.all([account(group, 60), nextRates(engine, id, 6)]);
    const busy = others();
    const mean = (rates: number[]): number => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    // The first line of each may have begun before.
    const [fast, slow] = [mean(free.slice(1)), mean(limited.slice(1))];
    const ratio = slow / fast;
    expect(taken.periods).toBeGreaterThanOrEqual(50);
    expectTenth('the kernel\'s account', taken);
    figure(`its own rate: ${fast.toFixed(2)}/s, then ${slow.toFixed(2)}/s: ratio ${ratio.toFixed(3)}`
      + (ratio >= 0.07 && ratio <= 0.14 ? '' : ` (0.07 to 0.14 on a quiet machine; ${busy.toFixed(1)} cores were busy here)`));
    expect(ratio).toBeLessThan(0.6);

    expect(await setCpuLimit(engine, id, undefined)).toEqual({ cores: 0.1, dialect: 'CpuQuota' });
    expect(await kernelMax(engine, id)).toBeNull();
    expect(await cpuLimitOf(engine, id)).toBeUndefined();
    const before = await reading(group);
    await nextRates(engine, id, 2);
    expect(rateBetween(before, await reading(group))?.cores).toBeGreaterThan(0.2);
    await bench().removeContainers();
  });

  test('lifted and set again lasts over a restart', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    await setCpuLimit(engine, id, 0.1);
    await setCpuLimit(engine, id, undefined);
    await setCpuLimit(engine, id, 0.2);
    await bench().docker('restart', '-t', '0', id);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 20_000, periodMicros: 100_000 });
    await bench().removeContainers();
  });

  test('of a container made with --cpus is set, lifted and set again, and lasts over restarts', async () => {
    const { engine, docker } = bench();
    const id = await bench().sleeper('--cpus', '0.5');
    const { cpus } = await engine.facts();
    expect(await cpuLimitOf(engine, id)).toEqual({ cores: 0.5, dialect: 'NanoCpus' });
    expect(await setCpuLimit(engine, id, 0.1)).toEqual({ cores: 0.5, dialect: 'NanoCpus' });
    expect(await kernelMax(engine, id)).toEqual(tenth);

    expect(await setCpuLimit(engine, id, undefined)).toEqual({ cores: 0.1, dialect: 'NanoCpus' });
    expect(await cpuLimitOf(engine, id)).toBeUndefined();
    // Docker has no word to take NanoCpus back that it would not remember against the next limit.
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: cpus * 100_000, periodMicros: 100_000 });
    const connection = await bench().connected();
    await bench().follow(connection, id)('shown without a limit', ({ cpuLimit }) => cpuLimit === null || cpuLimit === undefined);

    await setCpuLimit(engine, id, 0.1);
    expect(await kernelMax(engine, id)).toEqual(tenth);
    await bench().follow(connection, id)('shown with a limit', ({ cpuLimit }) => cpuLimit?.cores === 0.1);
    await docker('restart', '-t', '0', id);
    expect(await kernelMax(engine, id)).toEqual(tenth);
    // The user's own command still works.
    await docker('update', '--cpus', '0.3', id);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 30_000, periodMicros: 100_000 });
    await setCpuLimit(engine, id, cpus);
    expect(await cpuLimitOf(engine, id)).toBeUndefined();
    await bench().removeContainers();
  });

  test('that was made with --cpus and lifted by a quota of -1 in a terminal is not pretended to last', async () => {
    const { engine, docker } = bench();
    const id = await bench().sleeper('--cpus', '0.5');
    await docker('update', '--cpu-quota', '-1', id);
    expect(await kernelMax(engine, id)).toBeNull();
    expect(await cpuLimitOf(engine, id)).toBeUndefined();
    expect(await rejectionOf(setCpuLimit(engine, id, 0.1))).toBeInstanceOf(LimitNotLasting);
    expect(await kernelMax(engine, id)).toBeNull();
    // The reason: what the engine itself makes of it.
    await docker('update', '--cpus', '0.2', id);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 20_000, periodMicros: 100_000 });
    await docker('restart', '-t', '0', id);
    expect(await kernelMax(engine, id)).toBeNull();
    await bench().removeContainers();
  });

  test('of a quota with a period of its own comes back with undo', async () => {
    const { engine } = bench();
    const id = await bench().sleeper('--cpu-quota', '15000', '--cpu-period', '20000');
    const before = await setCpuLimit(engine, id, 0.1);
    expect(before).toEqual({ cores: 0.75, dialect: 'CpuQuota' });
    expect(await kernelMax(engine, id)).toEqual(tenth);
    await setCpuLimit(engine, id, before?.cores);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 75_000, periodMicros: 100_000 });
    await bench().removeContainers();
  });

  test('of a stopped container holds once it starts; of a paused one at once', async () => {
    const { engine, docker } = bench();
    const id = await docker('create', 'busybox', 'sleep', '1000');
    await setCpuLimit(engine, id, 0.1);
    expect(await cpuLimitOf(engine, id)).toEqual({ cores: 0.1, dialect: 'CpuQuota' });
    await docker('start', id);
    expect(await kernelMax(engine, id)).toEqual(tenth);
    await docker('pause', id);
    await setCpuLimit(engine, id, 0.3);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 30_000, periodMicros: 100_000 });
    await docker('unpause', id);
    await bench().removeContainers();
  });

  test('may be as small as the kernel allows and as large as the machine, and no larger', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    const { cpus } = await engine.facts();
    await setCpuLimit(engine, id, 0.01);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: 1_000, periodMicros: 100_000 });
    await setCpuLimit(engine, id, cpus);
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: cpus * 100_000, periodMicros: 100_000 });
    expect(await rejectionOf(setCpuLimit(engine, id, 0.005))).toMatchObject({ status: 400 });
    expect(await kernelMax(engine, id)).toEqual({ quotaMicros: cpus * 100_000, periodMicros: 100_000 });
    await bench().removeContainers();
  });
});
