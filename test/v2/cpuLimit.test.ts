import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findContainerGroup, readGroup } from '../../src/cgroup/containerCounters';
import { type CpuGroup, cpuGroupOf } from '../../src/cgroup/hierarchy';
import { startCpuDemo } from '../../src/engine/cpuDemo';
import { cpuLimitOf, setCpuLimit } from '../../src/engine/cpuLimit';
import type { Engine } from '../../src/engine/engine';
import { figure, percent } from '../engine/bench';
import { pause } from '../engine/until';
import { account, demoImage, engineOverTls, program, removeContainers, SshHost } from './machine';

const tenth = { quotaMicros: 10_000, periodMicros: 100_000 };
/** Enforcement periods in one look: more than 50, and so many that the one at each end is of no weight. */
const periods = 100;
/** Looks. An emulated processor that this machine lets wait runs up debts that the kernel collects only in later periods. */
const looks = 3;

let engine: Engine;
beforeAll(async () => { engine = await engineOverTls(); });
afterAll(() => engine.dispose());

async function runningDemo(): Promise<{ id: string; group: CpuGroup }> {
  onTestFinished(() => removeContainers(engine));
  const { id } = await startCpuDemo({ engine, image: demoImage, imageChosen: true, program, onPull: () => expect.fail('it is there'), onPulled: () => { }, signal: new AbortController().signal });
  const { pid } = await engine.inspectContainer(id);
  return { id, group: await findContainerGroup(new SshHost(), id, pid) ?? expect.fail('the container has no group there') };
}

/** CPU seconds per second over so many periods, by the kernel's counters and the machine's clock. */
async function look(dir: string): Promise<{ cores: number; nrPeriods: number; throttled: number }> {
  const from = await account(dir);
  for (;;) {
    await pause(1_000);
    const to = await account(dir);
    const nrPeriods = to.nrPeriods - from.nrPeriods;
    if (nrPeriods < periods) { continue; }
    const seconds = to.seconds - from.seconds;
    const cores = (to.usageMicros - from.usageMicros) / 1e6 / seconds;
    const throttled = to.nrThrottled - from.nrThrottled;
    figure(`cgroup v2: ${percent(cores)} of a core over ${seconds.toFixed(1)} s, throttled in ${throttled} of ${nrPeriods} periods`);
    return { cores, nrPeriods, throttled };
  }
}

test('a container of the systemd driver is in a scope of its own, and everybody may read it', async () => {
  const { id, group } = await runningDemo();
  expect(group).toEqual({ version: 'v2', dir: `/sys/fs/cgroup/system.slice/docker-${id}.scope` });
  const { pid } = await engine.inspectContainer(id);
  expect(await cpuGroupOf(new SshHost('pupil'), pid)).toEqual(group);
  const { counters, max } = await readGroup(new SshHost('pupil'), group);
  expect(counters.usageMicros).toBeGreaterThan(0);
  expect(max).toBeNull();
  await engine.removeContainer(id, { force: true });
  await expect(readGroup(new SshHost(), group)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a limit of 10 % is what the kernel gives, until it is lifted', async () => {
  const { id, group } = await runningDemo();
  expect(await setCpuLimit(engine, id, 0.1)).toBeUndefined();
  expect(await new SshHost().read(`${group.dir}/cpu.max`)).toBe('10000 100000\n');
  expect((await readGroup(new SshHost(), group)).max).toEqual(tenth);

  for (let tried = 1; ; tried += 1) {
    const { cores, nrPeriods, throttled } = await look(group.dir);
    if (Math.abs(cores - 0.1) > 0.005 && tried < looks) { continue; }
    expect(cores).toBeGreaterThanOrEqual(0.095);
    expect(cores).toBeLessThanOrEqual(0.105);
    expect(nrPeriods).toBeGreaterThanOrEqual(50);
    expect(throttled).toBeGreaterThan(nrPeriods / 2);
    break;
  }

  expect(await setCpuLimit(engine, id, undefined)).toEqual({ cores: 0.1, dialect: 'CpuQuota' });
  expect(await new SshHost().read(`${group.dir}/cpu.max`)).toBe('max 100000\n');
  expect(await cpuLimitOf(engine, id)).toBeUndefined();
  const from = await account(group.dir);
  await pause(5_000);
  const to = await account(group.dir);
  const cores = (to.usageMicros - from.usageMicros) / 1e6 / (to.seconds - from.seconds);
  figure(`cgroup v2, lifted: ${percent(cores)} of a core`);
  expect(cores).toBeGreaterThan(0.5);
});
