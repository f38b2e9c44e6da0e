import { beforeEach, describe, expect, test } from 'vitest';
import type { ProcessHost } from '../../../src/cgroup/host';
import type { EngineEvent, FileChange } from '../../../src/engine/engine';
import { readContainerProcess } from '../../../src/lesson/readProcess';
import { isWholeRun, madeInside, readKernelProof, readRun, toRunEvents } from '../../../src/lesson/reads';
import { containerOf } from '../support/lessonFacts';
import { MapHost } from '../support/mapHost';
import { ScriptedEngine } from '../support/scriptedEngine';

const signal = new AbortController().signal;
let engine: ScriptedEngine;

beforeEach(() => { engine = new ScriptedEngine(); });

const event = (action: string, at: number, attributes: Record<string, string> = {}): EngineEvent => ({ type: 'container', action, id: 'c', attributes, at });

describe('the changes that somebody made', () => {
  test('are the files, not the folders around them, nor what the engine puts into each container', () => {
    expect(madeInside([
      { path: '/etc', kind: 'modified' }, { path: '/etc/motd', kind: 'modified' }, { path: '/etc/hosts', kind: 'added' }, { path: '/run', kind: 'modified' },
      { path: '/run/.containerenv', kind: 'added' }, { path: '/made', kind: 'added' }, { path: '/bin', kind: 'modified' }, { path: '/bin/ls', kind: 'deleted' }, { path: '/procedure', kind: 'added' },
    ]).map(({ path }) => path)).toEqual(['/etc/motd', '/made', '/bin/ls', '/procedure']);
  });

  test('are none in a container that only started', () => {
    expect(madeInside([{ path: '/etc', kind: 'modified' }, { path: '/', kind: 'modified' }])).toEqual([]);
    expect(madeInside([{ path: '/etc', kind: 'modified' }, { path: '/etc/mtab', kind: 'added' }, { path: '/dev', kind: 'modified' }, { path: '/dev/console', kind: 'added' }])).toEqual([]);
  });
});

describe('the events of a run', () => {
  const whole = [event('create', 1), event('attach', 2), event('start', 3), event('die', 4, { exitCode: '0' })];

  test('are those of its life, in order, with the exit code', () => {
    expect(toRunEvents([event('die', 4, { exitCode: '3' }), event('create', 1), event('exec_create: sh', 2), event('start', 3)])).toEqual([
      { action: 'create', at: 1 }, { action: 'start', at: 3 }, { action: 'die', at: 4, exitCode: 3 },
    ]);
    expect(isWholeRun(toRunEvents(whole))).toBe(true);
    expect(isWholeRun(toRunEvents(whole.slice(1)))).toBe(false);
    expect(isWholeRun([])).toBe(false);
  });

  test('are not asked for when they were heard, and are otherwise', async () => {
    engine.addContainer('c', { state: 'exited' }, { finishedAt: '2026-01-01T00:00:00Z' });
    expect((await readRun(engine, containerOf('c'), whole, signal)).events).toHaveLength(4);
    expect(engine.count('pastEvents')).toBe(0);
    engine.past = whole;
    expect((await readRun(engine, containerOf('c'), whole.slice(2), signal)).events).toHaveLength(4);
    expect(engine.count('pastEvents')).toBe(1);
  });
});

test('a kernel proof is what the container printed, and how long it took', async () => {
  engine.addContainer('c', { state: 'exited' }, { startedAt: '2026-01-01T00:00:00.100Z', finishedAt: '2026-01-01T00:00:00.125999Z' });
  engine.addImage('sha256:1');
  engine.output = [{ stream: 'stderr', data: Buffer.from('warning') }, { stream: 'stdout', data: Buffer.from('6.1.0-x\r\n') }];
  expect(await readKernelProof(engine, containerOf('c'), signal)).toMatchObject({ kernel: '6.1.0-x', millis: 25, imageBytes: 1 });
});

describe('the process of a container', () => {
  const id = 'c'.repeat(64);
  const links = (own: string, differing: readonly string[]): Record<string, string> => Object.fromEntries(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'].map((kind) => [`/proc/${own}/ns/${kind}`, `${kind}:[${differing.includes(kind) ? 2 : 1}]`]));

  class Processes extends MapHost implements ProcessHost {
    readlink(path: string): Promise<string> { return this.read(path); }
  }

  const kernel = (files: Record<string, string> = {}): Processes => new Processes({
    '/proc/4242/status': 'Name:\tpython3\nPPid:\t70\nNSpid:\t4242\t1\n', '/proc/4242/cgroup': `0::/system.slice/docker-${id}.scope\n`, '/proc/70/comm': 'containerd-shim\n', ...links('self', []), ...files,
  });

  beforeEach(() => engine.addContainer(id));
  const read = (host: ProcessHost) => readContainerProcess(host, engine, containerOf(id), signal);

  test('is read from this machine\'s files where it is here', async () => {
    expect(await read(kernel(links('4242', ['mnt', 'pid'])))).toEqual({
      containerId: id, name: id, pid: 4242, pidInside: 1, from: 'kernel', namespaces: ['mnt', 'pid'], cgroup: `/system.slice/docker-${id}.scope`, parent: { pid: 70, name: 'containerd-shim' },
    });
    expect(engine.count('exec')).toBe(0);
  });

  test('its namespaces are asked from inside where only root may see them', async () => {
    engine.execute = () => ({ stdout: 'mnt:[2]\npid:[2]\nnet:[1]\n', exitCode: 1 });
    expect((await read(kernel()))?.namespaces).toEqual(['mnt', 'pid']);
    engine.execute = () => { throw new Error('no readlink'); };
    expect(await read(kernel())).toMatchObject({ namespaces: undefined, pidInside: 1 });
  });

  test('is somebody else where the number is another container\'s or none: then the engine is asked', async () => {
    const status = (...pids: number[]): string => pids.map((pid) => `Name:\tx\nPid:\t${pid}\n`).join('');
    engine.execute = () => ({ stdout: status(1), exitCode: 1 });
    for (const host of [kernel({ '/proc/4242/cgroup': '0::/user.slice\n' }), new Processes({})]) {
      expect(await read(host)).toMatchObject({ from: 'engine', pid: 4242, pidInside: 1, namespaces: undefined });
    }
    // It sees its machine's processes.
    engine.execute = () => ({ stdout: status(1, 4242) });
    expect(await read(new Processes({}))).toMatchObject({ pidInside: undefined });
    engine.execute = () => ({ exitCode: 127, stdout: 'exec: "cat": executable file not found' });
    await expect(read(new Processes({}))).rejects.toThrow('no "cat"');
  });

  test('without a number of its own in the container it has no pid namespace', async () => {
    expect(await read(kernel({ '/proc/4242/status': 'PPid:\t70\nNSpid:\t4242\n' }))).toMatchObject({ from: 'kernel', pidInside: undefined });
  });

  test('has ended', async () => {
    engine.addContainer(id, {}, { pid: 0 });
    expect(await read(kernel())).toBeUndefined();
  });
});

test('what the engine does not tell is no figure', async () => {
  expect(toRunEvents([event('die', 1, { exitCode: 'x' }), event('die', 2, { containerExitCode: '-1' })])).toEqual([{ action: 'die', at: 1 }, { action: 'die', at: 2, exitCode: -1 }]);
  engine.addContainer('c', { state: 'exited' }, { startedAt: '', finishedAt: 'soon' });
  expect((await readKernelProof(engine, containerOf('c'), signal)).millis).toBeUndefined();
});

test('a hundred thousand changed files take no time to look through', () => {
  const changes = Array.from({ length: 100_000 }, (_, index): FileChange => ({ path: `/srv/${index % 300}/${index}`, kind: 'modified' }));
  const from = performance.now();
  expect(madeInside([{ path: '/srv', kind: 'modified' }, ...changes])).toHaveLength(100_000);
  expect(performance.now() - from).toBeLessThan(3_000);
});
