import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CgroupHost } from '../../../src/cgroup/host';
import { type ContainerReading, findContainerGroup, readGroup, readGroupOnTicks, readStats } from '../../../src/cgroup/containerCounters';
import { LocalHost } from '../../../src/cgroup/localHost';
import { FakeClock } from '../support/fakeClock';
import { MapHost } from '../support/mapHost';
import { ScriptedEngine } from '../support/scriptedEngine';
import { collect, rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';

const id = '0123456789abcdef'.repeat(4);
const mountinfo = '35 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';

/** A v2 machine with process 77 in the group, and the container's own files. */
function machine(group: string, own = `/system.slice/docker-${id}.scope`): MapHost {
  return new MapHost({
    '/proc/77/cgroup': `0::${group}\n`, '/proc/self/mountinfo': mountinfo,
    [`/sys/fs/cgroup${own}/cpu.stat`]: 'usage_usec 7\n', [`/sys/fs/cgroup${own}/cpu.max`]: '10000 100000\n',
  });
}

describe('a container\'s own group', () => {
  test('is found by the engine\'s process id', async () => {
    expect(await findContainerGroup(machine(`/system.slice/docker-${id}.scope`), id, 77)).toEqual({ version: 'v2', dir: `/sys/fs/cgroup/system.slice/docker-${id}.scope` });
  });

  test('is refused when it does not carry the container\'s id: the same number is somebody else here', async () => {
    expect(await findContainerGroup(machine('/user.slice/user-1000.slice'), id, 77)).toBeUndefined();
    expect(await findContainerGroup(machine(`/system.slice/docker-${id.replace('0', 'f')}.scope`), id, 77)).toBeUndefined();
  });

  test.each(['init.scope', 'container', 'system.slice/app.service'])('is the container\'s, not the part of it that its first process moved to (%s)', async (part) => {
    expect(await findContainerGroup(machine(`/system.slice/docker-${id}.scope/${part}`), id, 77)).toEqual({ version: 'v2', dir: `/sys/fs/cgroup/system.slice/docker-${id}.scope` });
  });

  test('is not looked for when the container does not run', async () => {
    const host = machine(`/docker/${id}`);
    expect(await findContainerGroup(host, id, 0)).toBeUndefined();
    expect(host.reads).toEqual([]);
  });

  test('is not found when its files cannot be read', async () => {
    expect(await findContainerGroup(machine(`/docker/${id}`, '/elsewhere'), id, 77)).toBeUndefined();
  });

  test('is found in both hierarchies of v1', async () => {
    const host = new MapHost({
      '/proc/77/cgroup': `3:cpu:/docker/${id}/inner\n2:cpuacct:/docker/${id}/inner\n`,
      '/proc/self/mountinfo': '40 32 0:33 / /c/cpu rw - cgroup cgroup rw,cpu\n41 32 0:34 / /c/cpuacct rw - cgroup cgroup rw,cpuacct\n',
      [`/c/cpu/docker/${id}/cpu.stat`]: 'nr_periods 10\nnr_throttled 9\nthrottled_time 5000\n', [`/c/cpuacct/docker/${id}/cpuacct.usage`]: '3000\n',
      [`/c/cpu/docker/${id}/cpu.cfs_quota_us`]: '10000\n', [`/c/cpu/docker/${id}/cpu.cfs_period_us`]: '100000\n',
    });
    const group = await findContainerGroup(host, id, 77);
    expect(group).toEqual({ version: 'v1', dir: `/c/cpu/docker/${id}`, accountDir: `/c/cpuacct/docker/${id}` });
    expect(await readGroup(host, group ?? { version: 'v2', dir: '' })).toEqual({
      counters: { usageMicros: 3, nrPeriods: 10, nrThrottled: 9, throttledMicros: 5 }, max: { quotaMicros: 10_000, periodMicros: 100_000 },
    });
  });
});

describe('readings on ticks', () => {
  let dir: string;
  let clock: FakeClock;
  let tick: number;
  const host: CgroupHost = new LocalHost();
  const write = (usage: number, max: string): void => {
    writeFileSync(join(dir, 'cpu.stat'), `usage_usec ${usage}\nnr_periods 4\nnr_throttled 3\nthrottled_usec 9\n`);
    writeFileSync(join(dir, 'cpu.max'), max);
  };

  beforeEach(() => {
    dir = join(tempDir(), 'group');
    mkdirSync(dir);
    clock = new FakeClock(5_000);
    tick = 0;
  });

  /** Ticks, with something happening before each. */
  async function* ticks(...happenings: (() => void)[]): AsyncGenerator<void, void, undefined> {
    for (const happen of happenings) {
      await Promise.resolve();
      tick += 1;
      clock.millis += 200;
      happen();
      yield;
    }
  }

  const read = (...happenings: (() => void)[]): Promise<ContainerReading[]> => collect(readGroupOnTicks(host, { version: 'v2', dir }, ticks(...happenings), clock));

  test('say usage, throttling, the limit in force and when', async () => {
    expect(await read(() => write(100, 'max 100000\n'), () => write(300, '10000 100000\n'))).toEqual([
      { usageMicros: 100, nrPeriods: 4, nrThrottled: 3, throttledMicros: 9, at: 5_200, wallMillis: 5_200, capCores: null },
      { usageMicros: 300, nrPeriods: 4, nrThrottled: 3, throttledMicros: 9, at: 5_400, wallMillis: 5_400, capCores: 0.1 },
    ]);
  });

  test('end when the group is gone', async () => {
    const readings = await read(() => write(100, 'max 100000\n'), () => rmSync(dir, { recursive: true }), () => { });
    expect(readings).toHaveLength(1);
    expect(tick).toBe(2);
  });

  test('of a limit that cannot be understood go on without one', async () => {
    expect((await read(() => write(100, 'something new\n')))[0]?.capCores).toBeUndefined();
  });
});

test('the engine\'s stats say when the kernel was asked', async () => {
  const engine = new ScriptedEngine();
  engine.containerStats = async function* () {
    await Promise.resolve();
    yield { readAt: 10_500, usageMicros: 1, nrPeriods: 2, nrThrottled: 3, throttledMicros: 4, memoryBytes: 5 };
  };
  expect(await collect(readStats(engine, 'c', new AbortController().signal))).toEqual([{ usageMicros: 1, nrPeriods: 2, nrThrottled: 3, throttledMicros: 4, at: 10_500, wallMillis: 10_500, capCores: undefined }]);
});

test('a file of this machine is read, and one that is not there is an error with its code', async () => {
  const path = join(tempDir(), 'cpu.max');
  writeFileSync(path, 'max 100000\n');
  expect(await new LocalHost().read(path)).toBe(readFileSync(path, 'utf8'));
  expect(await rejection(new LocalHost().read(`${path}.not`))).toMatchObject({ code: 'ENOENT' });
});
