import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ProcessHost } from '../../../src/cgroup/host';
import type { Container } from '../../../src/engine/containers';
import type { EngineEvent } from '../../../src/engine/engine';
import { roleLabel, type Role } from '../../../src/engine/ours';
import { DeepReads } from '../../../src/lesson/deepReads';
import { containerOf } from '../support/lessonFacts';
import { ScriptedEngine } from '../support/scriptedEngine';
import { until } from '../support/until';

const nowhere: ProcessHost = { read: () => Promise.reject(new Error()), readlink: () => Promise.reject(new Error()) };
let engine: ScriptedEngine;
let reads: DeepReads;

beforeEach(() => {
  engine = new ScriptedEngine();
  reads = new DeepReads(nowhere);
  onTestFinished(() => reads.dispose());
});

function make(id: string, role: Role | undefined, fields: Partial<Container> = {}): Container {
  const container = containerOf(id, { labels: role === undefined ? {} : { [roleLabel]: role }, ...fields });
  engine.addContainer(id, container);
  return container;
}

const ended = { state: 'exited', status: 'Exited (0) 1 second ago' } as const;
const event = (id: string, action: string, attributes: Record<string, string> = {}): EngineEvent => ({ type: 'container', action, id, attributes, at: 1 });
const read = (topic: keyof DeepReads['facts']): Promise<void> => until(reads.onDidChange, () => 'value' in reads.facts[topic]);

test('asks nothing about containers that are none of the lesson\'s', async () => {
  const theirs = [make('a', undefined, ended), make('b', undefined, { state: 'paused' })];
  reads.update(engine, theirs);
  await read('process');
  expect(engine.calls).toEqual([]);
  expect(reads.facts).toEqual({ kernelProofs: { value: [] }, twins: { value: [] }, run: { value: undefined }, process: { value: undefined } });
});

test('reads once, and again only when the container is another or its files may be', async () => {
  const twins = [make('a', 'twin'), make('b', 'twin')];
  engine.changes.set('a', [{ path: '/made', kind: 'added' }]);
  reads.update(engine, twins);
  await read('twins');
  expect(reads.facts.twins).toMatchObject({ value: [{ id: 'a', changes: [{ path: '/made' }] }, { id: 'b', changes: [] }] });
  reads.update(engine, twins);
  expect(engine.count('containerChanges')).toBe(2);

  expect(reads.accept(event('a', 'exec_start: touch /made'))).toBe(false);
  expect(reads.accept(event('theirs', 'exec_die'))).toBe(false);
  expect(reads.accept(event('a', 'exec_die'))).toBe(true);
  engine.changes.delete('a');
  reads.update(engine, twins);
  // What was known stays until it is known anew.
  expect(reads.facts.twins).toMatchObject({ value: [{ changes: [{ path: '/made' }] }, {}] });
  await until(reads.onDidChange, () => 'value' in reads.facts.twins && reads.facts.twins.value.every(({ changes }) => changes.length === 0));
  expect(engine.count('containerChanges')).toBe(4);
});

test('what could not be read says why, and an older answer never replaces a newer one', async () => {
  const proof = make('p', 'kernel-proof', ended);
  engine.before = (call) => { if (call.startsWith('containerLogs')) { throw new Error('no log here'); } };
  reads.update(engine, [proof]);
  await until(reads.onDidChange, () => 'why' in reads.facts.kernelProofs && reads.facts.kernelProofs.why === 'no log here');
  engine.before = () => { };
  let letGo = (): void => { };
  engine.after = (call) => call.startsWith('inspectImage') ? new Promise<void>((resolve) => { letGo = resolve; }) : undefined;
  reads.update(engine, [proof, make('q', 'kernel-proof', ended)]);
  await new Promise((resolve) => { setImmediate(resolve); });
  reads.update(engine, []);
  expect(reads.facts.kernelProofs).toEqual({ value: [] });
  letGo();
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(reads.facts.kernelProofs).toEqual({ value: [] });
});

test('the events of a run of hello-world are kept as they come, whoever runs it, and those of others are not', async () => {
  for (const action of ['create', 'attach', 'start', 'die']) {
    reads.update(engine, []);
    reads.accept(event('r', action, { image: 'hello-world', exitCode: '0' }));
    reads.accept(event('x', action, { image: 'nginx' }));
  }
  reads.update(engine, [make('r', undefined, { ...ended, image: 'hello-world' })]);
  await until(reads.onDidChange, () => 'value' in reads.facts.run && reads.facts.run.value?.events.length === 4);
  expect(engine.count('pastEvents')).toBe(0);
});

test('another engine knows nothing of the first, and without one nothing is known', async () => {
  const proof = make('p', 'kernel-proof', ended);
  reads.update(engine, [proof]);
  await read('kernelProofs');
  reads.update(undefined, []);
  expect(reads.facts.kernelProofs).toEqual({ why: 'There is no engine to ask.' });
  const second = new ScriptedEngine();
  reads.update(second, []);
  expect(reads.facts.kernelProofs).toEqual({ value: [] });
  expect(second.calls).toEqual([]);
});

test('the CPU demo is looked into before another container, and neither a twin nor our tool is', async () => {
  engine.execute = () => ({ stdout: 'Pid:\t1\n' });
  const [tool, twin, other, demo] = [make('t', undefined, { labels: { [roleLabel]: 'cgroup-helper' } }), make('w', 'twin'), make('o', undefined), make('d', 'cpu-demo')];
  reads.update(engine, [tool, twin, other]);
  await until(reads.onDidChange, () => 'value' in reads.facts.process && reads.facts.process.value?.containerId === 'o');
  reads.update(engine, [tool, twin, other, demo]);
  await until(reads.onDidChange, () => 'value' in reads.facts.process && reads.facts.process.value?.containerId === 'd');
});
