import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { describeMachine, type WayToWrite } from '../../src/cgroup/describeMachine';
import { userScopeCommands } from '../../src/cgroup/exerciseCommands';
import { HelperHost } from '../../src/cgroup/helperHost';
import type { Container } from '../../src/engine/containers';
import { EnginePlace } from '../../src/lesson/enginePlace';
import { type TaskId, taskIds } from '../../src/lesson/exercise';
import type { ExercisePlace } from '../../src/lesson/exercisePlace';
import { ExerciseSession } from '../../src/lesson/exerciseSession';
import { demoImage, engineOverTls, program, removeContainers, run, ssh, SshHost } from './machine';
import { expectTenth } from './look';
import { SshPlace } from './place';

/** What each user sees, and what they may do. */
const group = 'demo';
const root = '/sys/fs/cgroup';

async function ways(place: ExercisePlace): Promise<WayToWrite['way'][]> {
  return Promise.resolve(describeMachine(place.machine).ways.filter(({ possible }) => possible).map(({ way }) => way));
}

/** Nothing of the exercise is left, however the test ended. */
function cleanUpAfter(): void {
  onTestFinished(async () => {
    await run('root', ['pkill', '--full', 'factorials.py']);
    await run('root', ['sh', '-c', 'for try in 1 2 3 4 5; do rmdir /sys/fs/cgroup/demo 2>/dev/null; [ -d /sys/fs/cgroup/demo ] || exit 0; sleep 1; done']);
  });
}

/** Each task in its turn, ticked by the kernel. */
async function doAll(session: ExerciseSession, what: string): Promise<void> {
  const done: TaskId[] = [];
  for (const id of taskIds) {
    await session.do(id);
    while (session.tasks?.[id].done !== true) { await session.look(); }
    done.push(id);
    expect(taskIds.filter((task) => session.tasks?.[task].done), session.tasks[id].reason).toEqual(done);
    if (id === 'watch') { await expectTenth(`${root}/${group}`, what); }
  }
  await expect(new SshHost().list(`${root}/${group}`)).rejects.toMatchObject({ code: 'ENOENT' });
}

test('as root, by the files', async () => {
  cleanUpAfter();
  const place = await SshPlace.open('root');
  expect(place.machine).toMatchObject({ kind: 'v2', version: 'v2', cpuMount: root, mayWrite: true, systemd: true, inContainer: undefined });
  expect(await ways(place)).toContain('direct');
  const session = new ExerciseSession(place, group, systemClock);
  onTestFinished(() => session.dispose());
  await doAll(session, 'by root');
  expect(await place.among()).toEqual([]);
});

test('as a user who may ask the engine, through a helper, with the program in a container', async () => {
  cleanUpAfter();
  const direct = await SshPlace.open('student');
  expect(await ways(direct)).toEqual(expect.arrayContaining(['sudo', 'helper']));
  const refused = new ExerciseSession(direct, group, systemClock);
  onTestFinished(() => refused.dispose());
  await expect(refused.do('make-group')).rejects.toThrow('Use sudo, or a helper container.');

  const engine = await engineOverTls();
  onTestFinished(async () => {
    await removeContainers(engine);
    engine.dispose();
  });
  const helper = await HelperHost.open({ engine, image: demoImage });
  let containers: Container[] = [];
  const place = await EnginePlace.open({
    engine, helper, program, programPath: 'factorials.py', docker: ['docker'], window: 'test', findImage: () => Promise.resolve(demoImage),
    containers: () => containers, noteGroup: () => Promise.resolve(), forgetGroup: () => Promise.resolve(),
  });
  const among = place.among.bind(place);
  place.among = async () => {
    containers = (await engine.listContainers()).map((container) => ({ ...container, cpuLimit: null }));
    return among();
  };
  const session = new ExerciseSession(place, group, systemClock);
  onTestFinished(() => session.dispose());
  await doAll(session, 'through a helper');
  await helper.close();
  expect(await engine.listContainers()).toEqual([]);
});

test('as a user who may neither, by a scope of their own that systemd makes', async () => {
  cleanUpAfter();
  const place = await SshPlace.open('pupil');
  expect(place.machine.mayWrite).toBe(false);
  const session = new ExerciseSession(place, group, systemClock);
  onTestFinished(() => session.dispose());
  await expect(session.do('make-group')).rejects.toThrow('Use sudo, or a helper container.');
  expect((await run('pupil', ['docker', 'ps'])).stderr).toContain('permission denied');
  expect(await ways(place)).toContain('userScope');

  // As it is typed, but in the background.
  const [line = ''] = userScopeCommands(place.program).lines;
  await ssh('pupil', 'sh', '-c', `export XDG_RUNTIME_DIR=/run/user/$(id -u); nohup ${line} > /dev/null 2>&1 &`);
  while (session.tasks?.move.done !== true) { await session.look(); }
  const dir = session.observation?.group?.dir ?? expect.fail('no group');
  expect(dir).toMatch(/\/user@\d+\.service\/.*\.scope$/);
  expect(session.tasks['limit-10']).toMatchObject({ done: true });
  await expectTenth(dir, 'in a scope of the user');
  while (!session.tasks.watch.done) { await session.look(); }
  await session.do('stop');
  while (!session.tasks['remove-group'].done) { await session.look(); }
  await expect(new SshHost().list(dir)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('each line for a terminal with sudo is right as it is typed', async () => {
  cleanUpAfter();
  // On this machine pupil may not use sudo: root types the lines, and sudo changes nothing for root.
  const place = await SshPlace.open('pupil');
  const commands = place.commands(group, undefined);
  const lines = (['start', 'makeGroup', 'limitTo50', 'limitTo10', 'move', 'watch', 'stop', 'removeGroup'] as const).flatMap((step) => commands[step].lines);
  const typed = lines.map((line) => line.replace(/^python3 .*&$/, (start) => start.replace('&', '> /dev/null &')).replace(/^(sudo rmdir)/, 'wait; $1'));
  const output = await ssh('root', 'bash', '-ec', typed.join('\n'));
  expect(output).toContain('10000 100000');
  expect(output).toContain('nr_throttled');
  await expect(new SshHost().list(`${root}/${group}`)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('systemd takes away a limit that was written into a scope of its own, and the exercise says so', async () => {
  cleanUpAfter();
  await ssh('root', 'systemd-run', '--scope', '--unit=hc-undo', '--quiet', 'sh', '-c', 'sleep 300 > /dev/null 2>&1 &');
  onTestFinished(async () => { await run('root', ['systemctl', 'stop', 'hc-undo.scope']); });
  const host = new SshHost();
  const scope = `${root}/system.slice/hc-undo.scope`;
  await ssh('root', 'systemctl', 'set-property', '--runtime', 'hc-undo.scope', 'CPUQuota=50%');
  await host.write(`${scope}/cpu.max`, '10000 100000');
  expect(await host.read(`${scope}/cpu.max`)).toBe('10000 100000\n');
  await ssh('root', 'systemctl', 'daemon-reload');
  await expect.poll(() => host.read(`${scope}/cpu.max`), { timeout: 30_000, interval: 1_000 }).toBe('50000 100000\n');
});
