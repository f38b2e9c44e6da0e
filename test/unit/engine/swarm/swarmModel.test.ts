import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SwarmNode, SwarmState } from '../../../../src/engine/swarm/swarm';
import { healingOf, isConverging, runningOf, SwarmModel, tasksOf, usualPace } from '../../../../src/engine/swarm/swarmModel';
import { nodeOf, ScriptedSwarm, serviceOf, taskOf } from '../../support/scriptedSwarm';

const settled: SwarmState = { nodes: [nodeOf('n')], services: [serviceOf('s')], tasks: [taskOf('t')] };

describe('what is under way', () => {
  test('nothing, when all tasks are as they are wanted', () => {
    expect(isConverging(settled)).toBe(false);
    expect(runningOf(settled, 's')).toBe(1);
  });

  test.each<[string, Partial<SwarmState>]>([
    ['a task that starts', { tasks: [taskOf('t', { state: 'starting' })] }],
    ['a task that is to end', { services: [serviceOf('s', { replicas: 0 })], tasks: [taskOf('t', { desiredState: 'shutdown' })] }],
    ['more tasks wanted than there are', { services: [serviceOf('s', { replicas: 2 })] }],
    ['fewer wanted than there are', { services: [serviceOf('s', { replicas: 0 })] }],
    ['a task that is to be removed', { tasks: [taskOf('t'), taskOf('gone', { state: 'shutdown', desiredState: 'remove' })] }],
    ['a rolling update', { services: [serviceOf('s', { update: { state: 'updating', message: '' } })] }],
  ])('%s', (_, change) => { expect(isConverging({ ...settled, ...change })).toBe(true); });

  test('not what an unreachable node was told and cannot do', () => {
    const nodes = [nodeOf('n'), nodeOf('cut', { state: 'down' })];
    expect(isConverging({ ...settled, nodes, tasks: [...settled.tasks, taskOf('old', { nodeId: 'cut', desiredState: 'shutdown' })] })).toBe(false);
  });
});

test('tasks come in the order of "docker service ps": by slot, the newest first; those of a global service by their nodes', () => {
  const tasks = [taskOf('b', { slot: 2 }), taskOf('old', { slot: 1, createdAt: 1 }), taskOf('new', { slot: 1, createdAt: 2 }), taskOf('other', { serviceId: 'x' })];
  expect(tasksOf({ ...settled, tasks }, 's').map(({ id }) => id)).toEqual(['new', 'old', 'b']);
});

test('healing is a task that failed and one that runs in its place, with the time between', () => {
  const failed = taskOf('f', { state: 'failed', desiredState: 'shutdown', createdAt: 1, stateSince: 1000, exitCode: 137 });
  expect(healingOf({ ...settled, tasks: [failed] }, 's')).toBeUndefined();
  expect(healingOf({ ...settled, tasks: [failed, taskOf('starting', { createdAt: 2, state: 'starting' })] }, 's')).toBeUndefined();
  expect(healingOf({ ...settled, tasks: [failed, taskOf('elsewhere', { createdAt: 2, slot: 2 })] }, 's')).toBeUndefined();
  expect(healingOf({ ...settled, tasks: [failed, taskOf('r', { createdAt: 2, stateSince: 6500 })] }, 's')).toMatchObject({ failed: { id: 'f' }, replacement: { id: 'r' }, millis: 5500 });
});

describe('the model', () => {
  let api: ScriptedSwarm;
  let model: SwarmModel;
  beforeEach(() => {
    vi.useFakeTimers();
    api = new ScriptedSwarm();
    api.now = settled;
  });
  afterEach(() => {
    model.dispose();
    vi.useRealTimers();
  });
  const open = (isUnheard?: (node: SwarmNode) => boolean): void => { model = new SwarmModel(api, isUnheard); };
  const pass = (millis: number): Promise<unknown> => vi.advanceTimersByTimeAsync(millis);

  test('asks nothing while all is as it is wanted', async () => {
    open();
    await pass(usualPace.settle * 3);
    const { reads } = api;
    await pass(3_600_000);
    expect(api.reads).toBe(reads);
    expect(model.state).toEqual(settled);
  });

  test('follows what is under way to its end', async () => {
    open();
    await pass(10_000);
    api.now = { ...settled, tasks: [taskOf('t', { state: 'preparing' })] };
    model.soon();
    await pass(10_000);
    expect(model.state?.tasks[0]?.state).toBe('preparing');
    api.now = settled;
    await pass(usualPace.slowest);
    expect(model.state).toEqual(settled);
  });

  test('reads a storm of events a few times a second', async () => {
    open();
    await pass(10_000);
    const { reads } = api;
    for (let event = 0; event < 1000; event++) {
      model.soon();
      await pass(1);
    }
    expect(api.reads - reads).toBeLessThanOrEqual(1000 / usualPace.apart + 1);
  });

  test('gives up on a task that no node can take, until something happens', async () => {
    api.now = { ...settled, tasks: [taskOf('t', { state: 'pending', nodeId: '' })] };
    open();
    await pass(usualPace.patience * 2);
    const { reads } = api;
    await pass(3_600_000);
    expect(api.reads).toBe(reads);
    api.now = settled;
    model.soon();
    await pass(usualPace.apart);
    expect(model.state).toEqual(settled);
  });

  test('keeps what it knows when a manager refuses, says why, and comes back', async () => {
    open();
    await pass(10_000);
    api.failure = new Error('The swarm does not have a leader');
    model.soon();
    await pass(1_000);
    expect([model.state, model.problem]).toEqual([settled, api.failure]);
    api.failure = undefined;
    await pass(usualPace.slowest * 2);
    expect(model.problem).toBeUndefined();
  });

  test('looks now and then, while somebody watches, for what nodes do that it does not hear', async () => {
    open(() => true);
    await pass(10_000);
    model.watched = true;
    await pass(10_000);
    const { reads } = api;
    await pass(usualPace.slowest * 4);
    expect(api.reads - reads).toBe(4);
    model.watched = false;
    await pass(usualPace.slowest * 2);
    const after = api.reads;
    await pass(3_600_000);
    expect(api.reads).toBe(after);
  });
});
