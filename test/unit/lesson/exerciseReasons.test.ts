import { describe, expect, test } from 'vitest';
import { checkTasks, type ExerciseFacts, type ExerciseMemory, type ObservedGroup, remember, type TaskId, taskIds } from '../../../src/lesson/exercise';
import type { Process } from '../../../src/cgroup/processes';

const fresh: ExerciseMemory = { halved: false, watched: false };
const nothing: ExerciseFacts = { program: undefined, programGroup: undefined, group: undefined, account: undefined };
const program: Process = { pid: 700, parent: 1, command: ['python3', 'factorials.py'], uid: 1_000, threads: 1, cpuMicros: 0, contained: false, kernelThread: false, startTicks: 7_000 };
const limited = (percent: number): ObservedGroup => ({ dir: '/cg/demo', limit: { quotaMicros: percent * 1_000, periodMicros: 100_000 }, threadsInside: 1, isPlainFolder: false });
const throttled: ExerciseFacts = { program, programGroup: '/cg/demo', group: limited(10), account: { cores: 0.101, periods: 25, throttledPeriods: 24 } };

function done(facts: ExerciseFacts, memory: ExerciseMemory): TaskId[] {
  const states = checkTasks(facts, memory);
  return taskIds.filter((id) => states[id].done);
}

/** Goes through these moments, one after the other. */
function after(...moments: ExerciseFacts[]): ExerciseMemory {
  return moments.reduce((memory, facts) => remember(facts, memory), fresh);
}

test('the whole exercise, in the lesson\'s order, ticks one task after the other', () => {
  const moments: [ExerciseFacts, TaskId[]][] = [
    [nothing, []],
    [{ ...nothing, program }, ['start']],
    [{ ...nothing, program, group: { ...limited(10), limit: null, threadsInside: 0 } }, ['start', 'make-group']],
    [{ ...nothing, program, group: { ...limited(50), threadsInside: 0 } }, ['start', 'make-group', 'limit-50']],
    [{ ...nothing, program, group: { ...limited(10), threadsInside: 0 } }, ['start', 'make-group', 'limit-50', 'limit-10']],
    [{ ...throttled, account: { cores: 0.1, periods: 3, throttledPeriods: 3 } }, ['start', 'make-group', 'limit-50', 'limit-10', 'move']],
    [throttled, ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch']],
    [{ ...nothing, group: { ...limited(10), threadsInside: 0 } }, ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch', 'stop']],
    [nothing, [...taskIds]],
  ];
  let memory = fresh;
  for (const [facts, expected] of moments) {
    memory = remember(facts, memory);
    expect(done(facts, memory)).toEqual(expected);
  }
});

describe('each reason says what is missing', () => {
  const cases: [string, TaskId, ExerciseFacts, RegExp][] = [
    ['no program', 'start', nothing, /No process runs factorials\.py/],
    ['no group', 'make-group', { ...nothing, program }, /no group yet/],
    ['the recipe for v2 on v1', 'make-group', { ...nothing, group: { ...limited(10), isPlainFolder: true } }, /plain folder.*limits nothing/],
    ['a group without the controller', 'make-group', { ...nothing, group: { ...limited(10), limit: undefined } }, /\+cpu in cgroup\.subtree_control/],
    ['no limit', 'limit-10', { ...nothing, group: { ...limited(10), limit: null } }, /no limit/],
    ['another limit', 'limit-10', { ...nothing, group: limited(50) }, /limited to 50 %.*50000 µs in each 100000 µs/],
    ['a program elsewhere', 'move', { ...throttled, programGroup: '/cg/user.slice', group: { ...limited(10), threadsInside: 0 } }, /is in \/cg\/user\.slice, not in \/cg\/demo/],
    ['one thread of three', 'move', { ...throttled, program: { ...program, threads: 3 } }, /Only 1 of its 3 threads.*"tasks" moves one thread/],
    ['too short a time', 'watch', { ...throttled, account: { cores: 0.1, periods: 3, throttledPeriods: 3 } }, /3 of 20 periods/],
    ['no account', 'watch', { ...throttled, account: undefined }, /0 of 20 periods/],
    ['a program that is not CPU bound', 'watch', { ...throttled, account: { cores: 0.03, periods: 25, throttledPeriods: 0 } }, /used 3 % of a core and was never throttled/],
    ['more than the limit', 'watch', { ...throttled, account: { cores: 0.4, periods: 25, throttledPeriods: 20 } }, /still uses 40 %/],
  ];

  test.each(cases)('%s', (_, task, facts, reason) => {
    const state = checkTasks(facts, fresh)[task];
    expect(state.done).toBe(false);
    expect(state.reason).toMatch(reason);
  });

  test('after watching: what still runs, and what is still there', () => {
    const memory = after(throttled);
    expect(checkTasks(throttled, memory).stop).toEqual({ done: false, reason: expect.stringContaining('700') as string });
    expect(checkTasks(throttled, memory)['remove-group']).toEqual({ done: false, reason: expect.stringContaining('/cg/demo') as string });
  });
});

test('a tenth of a core is one in any period', () => {
  for (const limit of [{ quotaMicros: 100_000, periodMicros: 1_000_000 }, { quotaMicros: 1_000, periodMicros: 10_000 }]) {
    expect(checkTasks({ ...throttled, group: { ...limited(10), limit } }, fresh)['limit-10'].done).toBe(true);
  }
});

test('who removes the group before the program is stopped has only the program left to stop', () => {
  const freed: ExerciseFacts = { ...nothing, program, programGroup: '/cg' };
  const memory = after(throttled, freed);
  expect(done(freed, memory)).toEqual(taskIds.filter((id) => id !== 'stop'));
  expect(done(nothing, after(throttled, freed, nothing))).toEqual([...taskIds]);
});

test('another start begins the exercise anew', () => {
  const again: ExerciseFacts = { ...nothing, program: { ...program, pid: 900, startTicks: 9_000 } };
  expect(done(again, after(throttled, nothing, again))).toEqual(['start']);
});

test('50 % is forgotten with a group that goes before anything was watched', () => {
  const facts = { ...nothing, program, group: limited(50) };
  expect(after(facts).halved).toBe(true);
  expect(after(facts, nothing).halved).toBe(false);
});
