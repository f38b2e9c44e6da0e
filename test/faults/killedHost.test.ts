import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../lab/engine.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { type DemoGroup, foldersOf, membersOf, removeGroup } from '../../src/cgroup/demoGroup';
import { cleanLeft, findLeft } from '../../src/cgroup/made';
import { groupAt } from '../../src/cgroup/observe';
import { findProgram } from '../../src/cgroup/processes';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { figure, localHost, useBenchOf } from '../engine/bench';
import { poll } from '../engine/until';
import { buildHost, type Host } from './hosts/start';
import { ownRoot } from './ownRoot';

describe('an extension host that is killed in the middle of hello-world', () => {
  const bench = useBenchOf(async () => {
    const engine = await openEngine({ name: 'test-faults-host', fresh: true });
    return { host: engine.host, close: () => engine.close({ remove: true }) };
  });
  let host: Host;
  beforeAll(async () => { host = await buildHost('helloWorld'); });
  afterAll(() => host.remove());

  test.each(['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect'])('at "%s": the next window finds what it left and takes it away', async (stage) => {
    const { engine, docker } = bench();
    const { killed, stderr } = await host.run([bench().host, stage]);
    expect(stderr).toBe('');
    expect(killed).toBe(true);
    // A request that was on its way may still be carried out: that container carries our label, too.
    const left = await poll('the engine is done', async () => {
      const all = (await docker('ps', '--all', '--quiet', '--no-trunc')).split('\n').filter(Boolean);
      const found = await findLeftovers(engine, []);
      return found.containers.length === all.length && !found.containers.some(({ state }) => state === 'running') && found;
    });
    const { removed, failures } = await cleanUp(engine, left, () => { }, new AbortController().signal);
    figure(`killed at ${stage}: ${left.containers.length} container left (${left.containers.map(({ state }) => state).join()}), ${removed} removed`);
    expect(failures).toEqual([]);
    expect(await docker('ps', '--all', '--quiet')).toBe('');
    if (stage !== 'look') { expect(left.containers.length).toBeLessThanOrEqual(1); }
    // What a pull brought is the engine's, under its own name: nothing is hidden.
    await bench().removeImages();
  });
});

describe('an extension host that is killed in the middle of the exercise', () => {
  let host: Host;
  beforeAll(async () => {
    await ensurePackages({ 'python3-minimal': 'python3' });
    host = await buildHost('exercise');
  });
  afterAll(() => host.remove());

  interface Place { folder: string; name: string; group: DemoGroup }

  async function place(label: string): Promise<Place> {
    const folder = await mkdtemp(join(tmpdir(), 'hc-faults-'));
    const name = `hello-containers-faults-${process.pid}-${label}`;
    const group = groupAt(await ownRoot(), name);
    onTestFinished(async () => {
      await removeGroup(localHost, group, new Set(await membersOf(localHost, group))).catch(() => { /* gone, as it should be */ });
      await rm(folder, { recursive: true, force: true });
    });
    return { folder, name, group };
  }

  async function expectNothing({ name, group }: Place): Promise<void> {
    await poll('no program', async () => (await findProgram(localHost, `${name}.py`)).length === 0);
    for (const dir of foldersOf(group)) { await expect(localHost.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
  }

  test('on either side of each change that it makes: the next window takes away all that it left', async () => {
    const whole = await place('whole');
    const { code, stdout, stderr } = await host.run([whole.folder, whole.name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expectNothing(whole);
    const changes = Number(stdout);
    expect(changes).toBeGreaterThan(5);
    let left = 0;
    for (let change = 1; change <= changes; change += 1) {
      for (const side of ['before', 'after']) {
        const one = await place(`${change}-${side}`);
        expect((await host.run([one.folder, one.name, String(change), side])).killed, `change ${change}, ${side}`).toBe(true);
        for (const record of await findLeft(localHost, join(one.folder, 'made'))) {
          left += record.things.length;
          expect(await cleanLeft(localHost, record, (pid) => { process.kill(pid, 'SIGKILL'); }), `change ${change}, ${side}`).toEqual([]);
        }
        await expectNothing(one);
      }
    }
    figure(`killed on either side of each of ${changes} changes: ${left} things were on record, 0 are left`);
  }, 300_000);
});
