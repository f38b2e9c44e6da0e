import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LocalHost } from '../../../src/cgroup/localHost';
import { MadeRecord, readLeft, takeAway } from '../../../src/cgroup/made';
import { readProcess } from '../../../src/cgroup/processes';
import { tempDir } from '../support/tempDir';

const host = new LocalHost();
const linux = existsSync('/proc/self/stat');

/** A process of this machine, and what names it for ever. */
async function started(): Promise<{ pid: number; startTicks: number; exit: Promise<unknown> }> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(() => { child.kill('SIGKILL'); });
  const { pid, startTicks } = await readProcess(host, child.pid ?? 0) ?? expect.fail('it did not start');
  return { pid, startTicks, exit };
}

test.skipIf(!linux)('what a window that has ended made is found and ended; what another process of the same number is, is not (skipped without /proc)', async () => {
  const file = join(tempDir(), 'made', '1.json');
  const [owner, ours, others] = [await started(), await started(), await started()];
  const record = new MadeRecord(file, () => Promise.resolve(owner));
  await record.add({ kind: 'process', pid: ours.pid, startTicks: ours.startTicks });
  // As if its number had been used again.
  await record.add({ kind: 'process', pid: others.pid, startTicks: others.startTicks - 1 });
  expect(await readLeft(host, file)).toBeUndefined();
  process.kill(owner.pid, 'SIGKILL');
  await owner.exit;
  const things = await readLeft(host, file);
  expect(things).toHaveLength(2);
  expect(await takeAway(host, things ?? [], (pid) => process.kill(pid, 'SIGKILL'))).toEqual([]);
  await ours.exit;
  expect(await readProcess(host, others.pid)).toBeDefined();
});

test('what was taken away by ourselves is no longer in the record', async () => {
  const file = join(tempDir(), 'made.json');
  const record = new MadeRecord(file, () => Promise.resolve({ pid: 1, startTicks: 1 }));
  const thing = { kind: 'group' as const, group: { version: 'v2' as const, dir: '/x/demo', accountDir: '/x/demo' } };
  await record.add(thing);
  await record.add(thing);
  expect(record.all).toHaveLength(1);
  await record.forget(thing);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ things: [] });
});

test('a file that cannot be understood is left alone', async () => {
  expect(await readLeft(host, join(tempDir(), 'absent.json'))).toBeUndefined();
});
