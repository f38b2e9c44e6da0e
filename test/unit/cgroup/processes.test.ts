import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findProgram, readProcess } from '../../../src/cgroup/processes';
import { FakeCgroups } from '../support/fakeCgroups';
import { MapHost } from '../support/mapHost';

test('a process is read from /proc, whatever its name is', async () => {
  const host = new FakeCgroups('v2');
  host.start(700, { parent: 3, command: ['python3', 'a b.py', ''], uid: 1_000, threads: 4, startTicks: 99, cpuTicks: 12 });
  expect(await readProcess(host, 700)).toEqual({ pid: 700, parent: 3, command: ['python3', 'a b.py', ''], uid: 1_000, threads: 4, startTicks: 99, cpuMicros: 120_000, contained: false, kernelThread: false });
});

test.each(['Z', 'X'])('a process in state %s has ended', async (state) => {
  const host = new FakeCgroups('v2');
  host.start(700, { state });
  expect(await readProcess(host, 700)).toBeUndefined();
});

test('a part of the kernel and a process in a container are known as such', async () => {
  const host = new FakeCgroups('v2');
  host.start(2, { kernelThread: true, command: [] });
  host.start(700, { contained: true });
  expect(await readProcess(host, 2)).toMatchObject({ kernelThread: true, contained: false });
  expect(await readProcess(host, 700)).toMatchObject({ kernelThread: false, contained: true });
});

test.each([
  [['python3', 'factorials.py'], true],
  [['/usr/bin/python3.11', '-u', '/home/me/factorials.py'], true],
  [['python', './factorials.py', '--x'], true],
  [['sudo', 'python3', 'factorials.py'], false],
  [['vim', 'factorials.py'], false],
  [['python3', 'my-factorials.py'], false],
  [['python3', 'factorials.py.bak'], false],
  [['ipython3', 'factorials.py'], false],
  [[], false],
] as const)('%j runs it: %s', async (command, isOne) => {
  const host = new FakeCgroups('v2');
  host.start(700, { command });
  expect(await findProgram(host, 'factorials.py')).toHaveLength(isOne ? 1 : 0);
});

test('of a shim and its child it is the child, which uses the CPU', async () => {
  const host = new FakeCgroups('v2');
  host.start(700, { command: ['python3', 'factorials.py'] });
  host.start(701, { command: ['/opt/real/python3', 'factorials.py'], parent: 700 });
  expect((await findProgram(host, 'factorials.py')).map(({ pid }) => pid)).toEqual([701]);
});

test('what is read is what was written', async () => {
  const count = fc.integer({ min: 0, max: 2 ** 31 });
  const argument = fc.string().filter((text) => !text.includes('\0'));
  await fc.assert(fc.asyncProperty(count, count, count, count, fc.array(argument, { minLength: 1 }), fc.boolean(), fc.boolean(), async (parent, uid, startTicks, cpuTicks, command, contained, kernelThread) => {
    const host = new FakeCgroups('v2');
    host.start(7, { parent, uid, startTicks, cpuTicks, command, contained, kernelThread, threads: 2 });
    expect(await readProcess(host, 7)).toEqual({ pid: 7, parent, uid, startTicks, cpuMicros: cpuTicks * 10_000, command, contained, kernelThread, threads: 2 });
  }), { numRuns: 200 });
});

test('whatever /proc says, nothing throws, and who has no start is no process', async () => {
  const text = fc.oneof(fc.string(), fc.array(fc.constantFrom('7 ', '(x) ', ')', 'S ', 'Z ', '1 ', '-1 ', 'Uid:\t', 'NSpid:\t7\t1', '\n', '\0')).map((parts) => parts.join('')));
  await fc.assert(fc.asyncProperty(text, text, text, async (stat, status, cmdline) => {
    const found = await readProcess(new MapHost({ '/proc/7/stat': stat, '/proc/7/status': status, '/proc/7/cmdline': cmdline }), 7);
    if (found !== undefined) { expect(Number.isSafeInteger(found.startTicks)).toBe(true); }
  }), { numRuns: 300 });
});

test('a file that lacks a figure makes no process with none', async () => {
  const stat = '77 (x) S 5 77 77 0 -1 4194560 1 0 0 0 7 3 0 0 20 0 4 0 99 0\n';
  const read = (more: Record<string, string>) => readProcess(new MapHost({ '/proc/77/stat': stat, '/proc/77/status': 'Uid:\t1000\t0\t0\t0\n', '/proc/77/cmdline': 'x\0', ...more }), 77);
  expect(await read({})).toMatchObject({ uid: 1000, parent: 5, cpuMicros: 100_000 });
  expect(await read({ '/proc/77/status': 'Name:\tx\n' })).toBeUndefined();
  expect(await read({ '/proc/77/stat': stat.replace(' 7 3 ', ' x 3 ') })).toBeUndefined();
});
