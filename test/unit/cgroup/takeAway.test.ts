import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DemoGroup, ForeignProcesses, makeGroup, moveIn } from '../../../src/cgroup/demoGroup';
import { cleanLeft, environmentOf, findLeft, MadeRecord, type MadeThing, readLeft, takeAway } from '../../../src/cgroup/made';
import { FakeCgroups } from '../support/fakeCgroups';
import { tempDir } from '../support/tempDir';

const owner = { pid: 500, startTicks: 5_000 };
const ownerNow = () => Promise.resolve(owner);
const group: DemoGroup = { version: 'v1', dir: '/sys/fs/cgroup/cpu/demo', accountDir: '/sys/fs/cgroup/cpuacct/demo' };
const program: MadeThing = { kind: 'process', pid: 700, startTicks: 7_000 };

async function filled(...pids: number[]): Promise<FakeCgroups> {
  const host = new FakeCgroups('v1 separate');
  await makeGroup(host, group);
  for (const pid of pids) {
    host.start(pid);
    await moveIn(host, group, pid);
  }
  return host;
}

function never(pid: number): never { return expect.fail(`${pid} is not to be ended`); }

describe('a record', () => {
  test('is on the disk before anything else happens, and is another window\'s only once its owner has ended', async () => {
    const file = join(tempDir(), 'deep', 'window.json');
    const host = new FakeCgroups('v1 separate');
    host.start(owner.pid);
    const record = new MadeRecord(file, ownerNow);
    await record.add({ kind: 'group', group });
    await record.add({ kind: 'program', mark: 'm' });
    await record.add(program);
    await record.add(program);
    expect(await readLeft(host, file)).toBeUndefined();
    host.end(owner.pid);
    expect(await readLeft(host, file)).toEqual([{ kind: 'group', group }, { kind: 'program', mark: 'm' }, program]);
    await record.forget({ kind: 'group', group });
    expect(await readLeft(host, file)).toEqual([{ kind: 'program', mark: 'm' }, program]);
    expect(readdirSync(join(file, '..'))).toEqual(['window.json']);
  });

  test('of an owner whose pid somebody else has by now is left, too', async () => {
    const file = join(tempDir(), 'window.json');
    const host = new FakeCgroups('v1 separate');
    await new MadeRecord(file, ownerNow).add(program);
    host.start(owner.pid, { startTicks: 6_000 });
    expect(await readLeft(host, file)).toEqual([program]);
  });

  test.each([
    '', '{', 'null', '[]', '7', '{"owner":{"pid":500,"startTicks":5000}}', '{"owner":null,"things":[]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[{"kind":"group"}]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[{"kind":"group","group":{"version":"v2","dir":"/sys/fs/cgroup/../../../etc","accountDir":"/x"}}]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[{"kind":"process","pid":-1,"startTicks":1}]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[{"kind":"process","pid":1,"startTicks":1}]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[{"kind":"program","mark":""}]}',
    '{"owner":{"pid":500,"startTicks":5000},"things":[null]}',
  ])('that says %j is none', async (text) => {
    const folder = tempDir();
    writeFileSync(join(folder, 'window.json'), text);
    const host = new FakeCgroups('v1 separate');
    expect(await readLeft(host, join(folder, 'window.json'))).toBeUndefined();
    expect(await findLeft(host, folder)).toEqual([]);
  });

  test('reads as it was written, whatever is in it, and nothing else throws', async () => {
    const file = join(tempDir(), 'window.json');
    const host = new FakeCgroups('v1 separate');
    const pid = fc.integer({ min: 2, max: 4_194_304 });
    const path = fc.string().filter((text) => !text.split('/').includes('..')).map((text) => `/${text}`);
    const thing: fc.Arbitrary<MadeThing> = fc.oneof(
      fc.record({ kind: fc.constant('process' as const), pid, startTicks: fc.nat() }),
      fc.record({ kind: fc.constant('program' as const), mark: fc.string({ minLength: 1 }) }),
      fc.record({ kind: fc.constant('group' as const), group: fc.record({ version: fc.constantFrom('v1' as const, 'v2' as const), dir: path, accountDir: path }) }),
    );
    await fc.assert(fc.asyncProperty(thing, async (made) => {
      await new MadeRecord(file, ownerNow).add(made);
      expect(await readLeft(host, file)).toEqual([JSON.parse(JSON.stringify(made))]);
    }), { numRuns: 100 });
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      writeFileSync(file, text);
      await takeAway(host, await readLeft(host, file) ?? [], never);
    }), { numRuns: 200 });
  });
});

describe('what was left', () => {
  test('is ended and removed', async () => {
    const host = await filled(700);
    const ended: number[] = [];
    expect(await takeAway(host, [program, { kind: 'group', group }], (pid) => { ended.push(pid); })).toEqual([]);
    expect(ended).toEqual([700]);
    expect(host.changes.slice(-4)).toEqual(['write /sys/fs/cgroup/cpu/cgroup.procs 700', `rmdir ${group.dir}`, 'write /sys/fs/cgroup/cpuacct/cgroup.procs 700', `rmdir ${group.accountDir}`]);
  });

  test('is not the process that has its pid now: that one is neither ended nor moved, and keeps the group', async () => {
    const host = await filled(700);
    host.change(700, { startTicks: 8_000 });
    const [left] = await takeAway(host, [program, { kind: 'group', group }], never);
    expect(left).toMatchObject({ thing: { kind: 'group' }, error: { pids: [700] } });
    expect(left?.error).toBeInstanceOf(ForeignProcesses);
    expect(host.groupOf('/sys/fs/cgroup/cpu', 700)).toBe(group.dir);
  });

  test('of a program are all processes with its mark, also the child of a launcher that has ended', async () => {
    const host = await filled(701);
    host.start(800);
    host.set('/proc/701/environ', `HOME=/\0${Object.entries(environmentOf('mine')).map((pair) => pair.join('=')).join('\0')}\0`);
    host.set('/proc/800/environ', 'HELLO_CONTAINERS_STARTED=mine-not\0');
    const ended: number[] = [];
    expect(await takeAway(host, [{ kind: 'program', mark: 'mine' }, { kind: 'group', group }], (pid) => { ended.push(pid); })).toEqual([]);
    expect(ended).toEqual([701]);
  });

  test('may have ended by itself, at that very moment too', async () => {
    const host = await filled(700);
    const gone = (): never => { throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' }); };
    expect(await takeAway(host, [program, { kind: 'group', group }], gone)).toEqual([]);
    host.end(700);
    expect(await takeAway(host, [program, { kind: 'group', group }], never)).toEqual([]);
  });

  test('stays on record where it could not be taken away, and only that', async () => {
    const folder = tempDir();
    const host = await filled(700, 800);
    const record = new MadeRecord(join(folder, 'window.json'), ownerNow);
    await record.add(program);
    await record.add({ kind: 'group', group });
    writeFileSync(join(folder, 'notes.txt'), 'not a record');
    const [found] = await findLeft(host, folder);
    expect(found?.things).toHaveLength(2);
    const left = await cleanLeft(host, found ?? expect.fail(), () => { host.end(700); });
    expect(left).toMatchObject([{ thing: { kind: 'group' }, error: { pids: [800] } }]);
    expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual({ owner, things: [{ kind: 'group', group }] });

    host.end(800);
    const [again] = await findLeft(host, folder);
    expect(await cleanLeft(host, again ?? expect.fail(), never)).toEqual([]);
    expect(existsSync(join(folder, 'window.json'))).toBe(false);
    expect(await findLeft(host, folder)).toEqual([]);
  });

  test('is nothing where no folder is', async () => {
    expect(await findLeft(new FakeCgroups('v2'), '/nowhere/at/all')).toEqual([]);
  });
});
