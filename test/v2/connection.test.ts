import { describe, expect, test } from 'vitest';
import { run, ssh, address, engineOverTls } from './machine';
import { silentLog } from '../../src/base/log';
import { systemClock } from '../../src/base/clock';
import { connect } from '../../src/engine/connect';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';
import { EngineUnreachable } from '../../src/engine/errors';
import { runHelloWorld } from '../../src/engine/helloWorld';

async function withEngine<T>(open: Promise<Engine>, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await open;
  try {
    await engine.negotiate();
    return await work(engine);
  } finally {
    engine.dispose();
  }
}

const overSsh = (user: string): Promise<Engine> =>
  connect(parseEndpoint(`ssh://${user}@127.0.0.1:${address.sshPort}`), { pingMillis: 60_000, ssh: { path: address.sshProgram, env: process.env } });

const here = { name: 'labv2', cgroupVersion: '2', cgroupDriver: 'systemd', storageDriver: 'overlay2' };

describe('the engine on a cgroup v2 machine', () => {
  test('is reached over TLS, and says which cgroups it has', async () => {
    await withEngine(engineOverTls(), async (engine) => {
      const facts = await engine.facts();
      expect(facts).toMatchObject(here);
      // It was woken up with the clock of its saved memory, and then told the time.
      expect(Math.abs(facts.clockOffsetMillis)).toBeLessThan(30_000);
    });
  });

  test('is reached over ssh by a member of the group docker, and runs hello-world', async () => {
    await withEngine(overSsh('student'), async (engine) => {
      expect(await engine.facts()).toMatchObject(here);
      let text = '';
      const { id, exitCode } = await runHelloWorld({
        engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: new AbortController().signal,
        listener: { onStage: () => { }, onPull: () => { }, onOutput: ({ data }) => { text += Buffer.from(data).toString('utf8'); } },
      });
      await engine.removeContainer(id);
      expect(exitCode).toBe(0);
      expect(text).toContain('Hello from Docker!');
    });
  });

  test('refuses somebody who is not', async () => {
    await expect(withEngine(overSsh('pupil'), (engine) => engine.facts())).rejects.toBeInstanceOf(EngineUnreachable);
  });
});

describe('the machine', () => {
  test('has systemd\'s one hierarchy, and a session of systemd\'s for whoever logs in', async () => {
    expect(await ssh('root', 'stat', '-f', '-c', '%T', '/sys/fs/cgroup')).toBe('cgroup2fs\n');
    const uid = (await ssh('pupil', 'id', '-u')).trim();
    expect(await ssh('pupil', 'cat', '/proc/self/cgroup')).toMatch(new RegExp(`^0::/user\\.slice/user-${uid}\\.slice/session-\\w+\\.scope\n$`));
    expect((await ssh('pupil', 'cat', `/sys/fs/cgroup/user.slice/user-${uid}.slice/user@${uid}.service/cgroup.controllers`)).split(/\s+/)).toContain('cpu');
  });

  test('lets each user do what that user may', async () => {
    expect((await ssh('student', 'id', '-Gn')).trim()).toBe('student docker');
    expect((await ssh('pupil', 'id', '-Gn')).trim()).toBe('pupil');
    const sudo = (user: 'student' | 'teacher' | 'pupil') => run(user, ['sudo', '-S', '-p', '', 'id', '-u'], { stdin: `${user}\n` });
    expect(await sudo('teacher')).toMatchObject({ code: 0, stdout: '0\n' });
    expect(await sudo('student')).toMatchObject({ code: 1, stdout: '' });
    expect(await sudo('pupil')).toMatchObject({ code: 1, stdout: '' });
  });

  test('gets arguments as they are', async () => {
    const odd = ['a b', 'it\'s', '$HOME', '`id`', '"', '', '\\', 'ä\n*'];
    expect(await ssh('pupil', 'printf', '%s|', ...odd)).toBe(odd.map((text) => `${text}|`).join(''));
  });
});
