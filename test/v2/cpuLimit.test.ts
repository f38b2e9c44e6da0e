import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findContainerGroup, readGroup } from '../../src/cgroup/containerCounters';
import { type CpuGroup, cpuGroupOf } from '../../src/cgroup/hierarchy';
import { startCpuDemo } from '../../src/engine/cpuDemo';
import { cpuLimitOf, setCpuLimit } from '../../src/engine/cpuLimit';
import type { Engine } from '../../src/engine/engine';
import { figure, percent } from '../engine/bench';
import { pause } from '../engine/until';
import { expectTenth } from './look';
import { account, demoImage, engineOverTls, program, removeContainers, SshHost } from './machine';

const tenth = { quotaMicros: 10_000, periodMicros: 100_000 };

let engine: Engine;
beforeAll(async () => { engine = await engineOverTls(); });
afterAll(() => engine.dispose());

async function runningDemo(): Promise<{ id: string; group: CpuGroup }> {
  onTestFinished(() => removeContainers(engine));
  const { id } = await startCpuDemo({ engine, image: demoImage, imageChosen: true, program, onPull: () => expect.fail('it is there'), onPulled: () => { }, signal: new AbortController().signal });
  const { pid } = await engine.inspectContainer(id);
  return { id, group: await findContainerGroup(new SshHost(), id, pid) ?? expect.fail('the container has no group there') };
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

  await expectTenth(group.dir, 'in a container');

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
