import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readGroup } from '../../src/cgroup/containerCounters';
import { foldersOf, limitGroup, makeGroup, membersOf, moveIn, readLimit, removeGroup } from '../../src/cgroup/demoGroup';
import { HelperHost } from '../../src/cgroup/helperHost';
import { parseMounts } from '../../src/cgroup/hierarchy';
import { groupAt, type GroupRoot, observe } from '../../src/cgroup/observe';
import { demoImage, figure, localHost, useBench } from './bench';
import { poll } from './until';

const tenPercent = { quotaMicros: 10_000, periodMicros: 100_000 };
const bench = useBench('busybox', demoImage);

async function ownRoot(): Promise<GroupRoot> {
  const mounts = parseMounts(await localHost.read('/proc/self/mountinfo'));
  const mountOf = (controller: string): string | undefined => mounts.find(({ controllers }) => controllers.includes(controller))?.mountPoint;
  const [cpu, unified = ''] = [mountOf('cpu'), mountOf('')];
  return cpu === undefined ? { version: 'v2', mount: unified, accountMount: unified } : { version: 'v1', mount: cpu, accountMount: mountOf('cpuacct') ?? cpu };
}

test('the exercise with a program in a container, its group made and filled through a helper', async () => {
  const root = await ownRoot();
  const name = `hello-containers-test-${process.pid}-helped`;
  const group = groupAt(root, name);
  onTestFinished(async () => {
    await removeGroup(localHost, group, new Set(await membersOf(localHost, group)));
    for (const dir of foldersOf(group)) { await expect(localHost.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
  });
  const id = await bench().docker('run', '-d', '-v', `${resolve('media')}:/lesson:ro`, demoImage, 'python3', '-u', '/lesson/factorials.py');
  const helper = await HelperHost.open({ engine: bench().engine, image: 'busybox' });
  try {
    const among = [Number(await bench().docker('inspect', '-f', '{{.State.Pid}}', id))];
    const look = (): ReturnType<typeof observe> => observe({ host: helper, root, file: 'factorials.py', name, before: new Set(['docker']), contained: true, among, monotonic: () => performance.now() });
    const asked = performance.now();
    const program = (await look()).program ?? expect.fail('the program is not seen');
    figure(`one look through a helper: ${(performance.now() - asked).toFixed(0)} ms`);
    await makeGroup(helper, group);
    await limitGroup(helper, group, { quotaMicros: 50_000, periodMicros: 100_000 });
    await limitGroup(helper, group, tenPercent);
    expect(await readLimit(helper, group)).toEqual(tenPercent);
    await moveIn(helper, group, program.pid);
    expect((await look()).group).toMatchObject({ dir: group.dir, limit: tenPercent, threadsInside: 1 });

    // The helper's own commands take the machine's time, not the group's.
    const from = (await readGroup(localHost, group)).counters;
    const to = await poll('60 periods', async () => {
      const { counters } = await readGroup(localHost, group);
      return counters.nrPeriods - from.nrPeriods >= 60 && counters;
    });
    const periods = to.nrPeriods - from.nrPeriods;
    const cores = (to.usageMicros - from.usageMicros) / (periods * tenPercent.periodMicros);
    figure(`by a helper: ${(cores * 100).toFixed(2)} % of a core over ${periods} periods, ${to.nrThrottled - from.nrThrottled} throttled`);
    expect(Math.abs(cores - 0.1)).toBeLessThan(0.005);
    expect((to.nrThrottled - from.nrThrottled) / periods).toBeGreaterThan(0.9);

    await expect(helper.rmdir(group.dir)).rejects.toMatchObject({ code: 'EBUSY' });
    await expect(removeGroup(helper, group, new Set())).rejects.toMatchObject({ pids: [program.pid] });
    await removeGroup(helper, group, new Set([program.pid]));
    const after = await look();
    expect(after.program?.pid).toBe(program.pid);
    expect(after.group?.dir).not.toBe(group.dir);
  } finally {
    await helper.close();
    await bench().docker('rm', '-f', id);
  }
});
