import { beforeEach, describe, expect, test } from 'vitest';
import { type ContainerChange, ContainerStore } from '../../../src/engine/containers';
import type { EngineEvent } from '../../../src/engine/engine';
import { explainRefusal } from '../../../src/engine/errors';
import { RecordingLog } from '../support/recordingLog';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';
import { record, until } from '../support/until';

let engine: ScriptedEngine;
let log: RecordingLog;
let store: ContainerStore;
let changes: ContainerChange[];

beforeEach(() => {
  engine = new ScriptedEngine();
  log = new RecordingLog();
  store = new ContainerStore(log);
  changes = record(store.onDidChange);
});

function event(action: string, id: string, type = 'container'): EngineEvent {
  return { type, action, id, attributes: {}, at: 0 };
}

/** All that was begun has come to its end: everything here takes turns of the event loop, not time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) { await new Promise((resolve) => { setImmediate(resolve); }); }
}

const kinds = (): string[] => changes.map((change) => change.kind === 'reset' ? 'reset' : `${change.kind} ${change.container.id}`);

/** Holds the answers to a call back until it is let go. */
function hold(name: string): () => void {
  let letGo = (): void => { };
  const gate = new Promise<void>((resolve) => { letGo = resolve; });
  engine.after = (call) => call.startsWith(name) ? gate : undefined;
  return letGo;
}

describe('the list', () => {
  test('is there after one question, whatever else runs', async () => {
    engine.addContainer('a');
    engine.addContainer('b', { state: 'exited' });
    await store.load(engine);
    expect([...store.containers].map(({ id }) => id)).toEqual(['a', 'b']);
    expect(store.size).toBe(2);
    expect(engine.count('listContainers')).toBe(1);
    expect(kinds()[0]).toBe('reset');
  });

  test('gets the limits of what runs, and of nothing else, afterwards', async () => {
    engine.addContainer('a', {}, { cpu: { nanoCpus: 0, cpuQuota: 10_000, cpuPeriod: 100_000 } });
    engine.addContainer('b', { state: 'exited' });
    engine.addContainer('c', { state: 'paused' });
    await store.load(engine);
    expect(store.get('a')?.cpuLimit).toBeUndefined();
    await settled();
    expect(store.get('a')?.cpuLimit).toEqual({ cores: 0.1, dialect: 'CpuQuota' });
    expect(store.get('b')?.cpuLimit).toBeUndefined();
    expect(store.get('c')?.cpuLimit).toBeNull();
    expect(kinds()).toEqual(['reset', 'changed a']);
  });

  test('reads the limit of a stopped container when somebody looks at it, once', async () => {
    engine.addContainer('b', { state: 'exited' }, { cpu: { nanoCpus: 500_000_000, cpuQuota: 0, cpuPeriod: 0 } });
    await store.load(engine);
    expect(await store.readLimit('b')).toEqual({ cores: 0.5, dialect: 'NanoCpus' });
    expect(await store.readLimit('b')).toEqual({ cores: 0.5, dialect: 'NanoCpus' });
    expect(engine.count('inspectContainer')).toBe(1);
    expect(await store.readLimit('nobody')).toBeUndefined();
  });

  test('asks for no more than four limits at once', async () => {
    for (let i = 0; i < 50; i += 1) { engine.addContainer(`c${i}`); }
    let [now, most] = [0, 0];
    engine.before = (call) => { if (call.startsWith('inspect')) { now += 1; most = Math.max(most, now); } };
    engine.after = async (call) => {
      if (!call.startsWith('inspect')) { return; }
      await new Promise((resolve) => { setImmediate(resolve); });
      now -= 1;
    };
    await store.load(engine);
    await until(store.onDidChange, () => true);
    await settled();
    await settled();
    expect(engine.count('inspectContainer')).toBe(50);
    expect(most).toBe(4);
  });

  test('that cannot be had is an error of who asked', async () => {
    const refusal = explainRefusal(500, 'database is locked');
    engine.before = () => { throw refusal; };
    expect(await rejection(store.load(engine))).toBe(refusal);
    expect(changes).toEqual([]);
  });

  test('is empty, and says so, when the engine is gone', async () => {
    engine.addContainer('a');
    await store.load(engine);
    store.clear();
    expect(store.size).toBe(0);
    expect(kinds()).toEqual(['reset', 'reset']);
    store.clear();
    expect(kinds()).toHaveLength(2);
  });

  test('does not come to life again when an answer arrives after the engine was given up', async () => {
    engine.addContainer('a');
    const letGo = hold('listContainers');
    const loading = store.load(engine);
    await settled();
    store.clear();
    letGo();
    await loading;
    expect(store.size).toBe(0);
    expect(changes).toEqual([]);
  });
});

describe('an event', () => {
  beforeEach(async () => {
    engine.addContainer('a');
    await store.load(engine);
    await settled();
    changes.length = 0;
    engine.calls.length = 0;
  });

  test('of a new container adds it', async () => {
    engine.addContainer('b', { state: 'created' });
    store.accept(event('create', 'b'));
    await settled();
    expect(kinds()).toEqual(['added b']);
    expect(store.get('b')).toMatchObject({ state: 'created', cpuLimit: null });
  });

  test('of a change shows what was and what is', async () => {
    engine.addContainer('a', { state: 'exited', status: 'Exited (0) 1 second ago' });
    store.accept(event('die', 'a'));
    await settled();
    expect(changes).toEqual([{ kind: 'changed', container: expect.objectContaining({ state: 'exited' }) as unknown, before: expect.objectContaining({ state: 'running' }) as unknown }]);
  });

  test('of an update brings the new limit', async () => {
    engine.addContainer('a', {}, { cpu: { nanoCpus: 0, cpuQuota: 10_000, cpuPeriod: 100_000 } });
    store.accept(event('update', 'a'));
    await settled();
    expect(kinds()).toEqual(['changed a']);
    expect(store.get('a')?.cpuLimit?.cores).toBe(0.1);
  });

  test('after which a container looks as before changes nothing', async () => {
    store.accept(event('rename', 'a'));
    await settled();
    expect(changes).toEqual([]);
  });

  test('of a new name is all that there is to know: nothing is asked', async () => {
    store.accept({ ...event('rename', 'a'), attributes: { name: 'new', oldName: 'name-of-a' } });
    expect(changes).toMatchObject([{ kind: 'changed', container: { name: 'new', state: 'running' }, before: { name: 'name-of-a' } }]);
    await settled();
    expect(engine.calls).toEqual([]);
  });

  test('of a new name, while an answer is under way that may be older, is asked about once more', async () => {
    const letGo = hold('listContainers');
    store.accept(event('update', 'a'));
    await settled();
    store.accept({ ...event('rename', 'a'), attributes: { name: 'new' } });
    expect(changes).toEqual([]);
    engine.addContainer('a', { name: 'new' });
    letGo();
    await settled();
    expect(store.get('a')?.name).toBe('new');
    expect(engine.count('listContainers')).toBe(2);
  });

  test.each([['pause', 'running', 'paused'], ['unpause', 'paused', 'running']] as const)('of a %s is shown at once, and then asked about', async (action, before, after) => {
    engine.addContainer('b', { state: before });
    await store.load(engine);
    await settled();
    changes.length = engine.calls.length = 0;
    engine.addContainer('b', { state: after, status: 'as Docker says' });
    store.accept(event(action, 'b'));
    expect(changes).toMatchObject([{ kind: 'changed', container: { state: after, status: 'Up 1 second' } }]);
    await settled();
    expect(store.get('b')).toMatchObject({ state: after, status: 'as Docker says' });
    expect(engine.count('inspectContainer')).toBe(1);
  });

  test('of a removal takes it away without a question', async () => {
    store.accept(event('destroy', 'a'));
    await settled();
    expect(kinds()).toEqual(['removed a']);
    expect(engine.calls).toEqual([]);
  });

  test('in Podman\'s word for it takes it away too', () => {
    store.accept(event('remove', 'a'));
    expect(kinds()).toEqual(['removed a']);
  });

  test('of a container that is gone when we ask takes it away', async () => {
    engine.containers.delete('a');
    store.accept(event('die', 'a'));
    await settled();
    expect(kinds()).toEqual(['removed a']);
    expect(log.lines).toEqual([]);
  });

  test.each([['exec_create: sh', 'container'], ['exec_die', 'container'], ['top', 'container'], ['attach', 'container'], ['resize', 'container'], ['pull', 'image'], ['connect', 'network']])('"%s" of type %s asks nothing', async (action, type) => {
    store.accept(event(action, 'a', type));
    await settled();
    expect(engine.calls).toEqual([]);
  });

  test('without an id asks nothing', async () => {
    store.accept(event('start', ''));
    await settled();
    expect(engine.calls).toEqual([]);
  });

  test('is one of ten in a row and they are at most two questions, the last of which sees the end', async () => {
    engine.after = (call) => {
      // While the first question is under way the container goes on changing.
      if (call === 'listContainers a' && engine.count('listContainers') === 1) { engine.addContainer('a', { state: 'exited', status: 'Exited (0)' }); }
    };
    for (const action of ['kill', 'die', 'stop', 'start', 'pause', 'unpause', 'update', 'kill', 'die', 'stop']) { store.accept(event(action, 'a')); }
    await settled();
    expect(engine.count('listContainers')).toBe(2);
    expect(store.get('a')?.state).toBe('exited');
  });

  test('asks for its own container only, and costs the same among a thousand', async () => {
    for (let i = 0; i < 1_000; i += 1) { engine.addContainer(`other${i}`, { state: 'exited' }); }
    await store.load(engine);
    await settled();
    engine.calls.length = 0;
    store.accept(event('update', 'a'));
    await settled();
    expect(engine.calls.toSorted()).toEqual(['inspectContainer a', 'listContainers a']);
  });

  test('is not answered by a container whose id only begins the same', async () => {
    engine.containers.delete('a');
    engine.addContainer('ab');
    store.accept(event('die', 'a'));
    await settled();
    expect(store.get('a')).toBeUndefined();
    expect(store.get('ab')).toBeUndefined();
  });

  test('that cannot be followed up is logged, not thrown, and the container stays as it was', async () => {
    engine.before = () => { throw explainRefusal(500, 'database is locked'); };
    store.accept(event('die', 'a'));
    await settled();
    expect(log.lines).toEqual(['warn: container a could not be read: The engine failed (HTTP 500): database is locked']);
    expect(store.get('a')?.state).toBe('running');
    engine.before = () => { };
    engine.addContainer('a', { state: 'exited' });
    store.accept(event('die', 'a'));
    await settled();
    expect(store.get('a')?.state).toBe('exited');
  });
});

describe('between the list and the events nothing falls through', () => {
  test('a container that ends while the list is on its way is shown as ended', async () => {
    engine.addContainer('a');
    const letGo = hold('listContainers');
    const loading = store.load(engine);
    await settled();
    engine.addContainer('a', { state: 'exited' });
    engine.after = () => { };
    store.accept(event('die', 'a'));
    await settled();
    letGo();
    await loading;
    await settled();
    expect(store.get('a')?.state).toBe('exited');
  });

  test('a container that is removed while the list is on its way is not shown', async () => {
    engine.addContainer('a');
    const letGo = hold('listContainers');
    const loading = store.load(engine);
    await settled();
    engine.containers.delete('a');
    engine.after = () => { };
    store.accept(event('destroy', 'a'));
    letGo();
    await loading;
    await settled();
    expect(store.size).toBe(0);
  });

  test('a container that is created while the list is on its way is shown', async () => {
    const letGo = hold('listContainers');
    const loading = store.load(engine);
    await settled();
    engine.addContainer('a', { state: 'created' });
    engine.after = () => { };
    store.accept(event('create', 'a'));
    letGo();
    await loading;
    await settled();
    expect(store.get('a')?.state).toBe('created');
  });

  test('a container that is removed while we ask for it does not come back with the answer', async () => {
    engine.addContainer('a');
    await store.load(engine);
    await settled();
    changes.length = 0;
    const letGo = hold('listContainers');
    store.accept(event('die', 'a'));
    await settled();
    engine.containers.delete('a');
    store.accept(event('destroy', 'a'));
    letGo();
    await settled();
    expect(store.size).toBe(0);
    expect(kinds()).toEqual(['removed a']);
  });
});
