import { expect, test } from 'vitest';
import type { Process } from '../../../src/cgroup/processes';
import { checkTasks, type ExerciseFacts, type ExerciseMemory, type ObservedGroup, remember, type TaskId, taskIds } from '../../../src/lesson/exercise';

const program: Process = { pid: 42, parent: 1, command: ['python3', 'factorials.py'], uid: 1000, threads: 3, cpuMicros: 0, contained: false, kernelThread: false, startTicks: 7 };
const fresh: ExerciseMemory = { halved: false, watched: false };
const nothing: ExerciseFacts = { program: undefined, programGroup: undefined, group: undefined, account: undefined };
const group = (more: Partial<ObservedGroup> = {}): ObservedGroup => ({ dir: '/sys/fs/cgroup/mine', limit: null, threadsInside: 0, isPlainFolder: false, ...more });
const tenth = { quotaMicros: 10_000, periodMicros: 100_000 };
const half = { quotaMicros: 500_000, periodMicros: 1_000_000 };
const running: ExerciseFacts = { ...nothing, program, programGroup: '/' };
const done = (facts: ExerciseFacts, memory = fresh): TaskId[] => taskIds.filter((id) => checkTasks(facts, memory)[id].done);
const reason = (facts: ExerciseFacts, id: TaskId, memory = fresh): string => checkTasks(facts, memory)[id].reason;

test('the tasks are ticked one after the other, and stay so where the next one undoes them', () => {
  let memory = fresh;
  const after = (facts: ExerciseFacts): TaskId[] => {
    memory = remember(facts, memory);
    return done(facts, memory);
  };
  expect(after(nothing)).toEqual([]);
  expect(after(running)).toEqual(['start']);
  expect(after({ ...running, group: group() })).toEqual(['start', 'make-group']);
  // Any period will do.
  expect(after({ ...running, group: group({ limit: half }) })).toEqual(['start', 'make-group', 'limit-50']);
  expect(after({ ...running, group: group({ limit: tenth }) })).toEqual(['start', 'make-group', 'limit-50', 'limit-10']);
  const inside = group({ limit: tenth, threadsInside: 3 });
  expect(after({ ...running, group: inside })).toEqual(['start', 'make-group', 'limit-50', 'limit-10', 'move']);
  expect(after({ ...running, group: inside, account: { cores: 0.099, periods: 30, throttledPeriods: 29 } })).toEqual(taskIds.slice(0, 6));
  expect(after({ ...nothing, group: group({ limit: tenth }) })).toEqual(taskIds.slice(0, 7));
  expect(after(nothing)).toEqual([...taskIds]);
  // And from the beginning: another process.
  expect(after({ ...running, program: { ...program, pid: 43, startTicks: 8 } })).toEqual(['start']);
});

test('before it was watched, what is undone is unticked', () => {
  const memory = remember({ ...running, group: group({ limit: half }) }, fresh);
  expect(done({ ...running, group: group({ limit: tenth }) }, memory)).toContain('limit-50');
  expect(done(running, remember(running, memory))).toEqual(['start']);
});

test.each<[string, ExerciseFacts, TaskId, RegExp]>([
  ['no program', nothing, 'start', /No process runs factorials\.py/],
  ['where the program is', { ...running, group: group({ limit: tenth }) }, 'move', /The program is in \/, not in \/sys\/fs\/cgroup\/mine/],
  ['a limit of 50 %', { ...running, group: group({ limit: half }) }, 'limit-10', /limited to 50 % of a core: 500000 µs in each 1000000 µs/],
  ['one thread of three', { ...running, group: group({ limit: tenth, threadsInside: 1 }) }, 'move', /Only 1 of its 3 threads.*cgroup\.procs/],
  ['a plain folder on a tmpfs', { ...running, group: group({ isPlainFolder: true }) }, 'make-group', /plain folder.*limits nothing/],
  ['no cpu controller', { ...running, group: group({ limit: undefined }) }, 'make-group', /without the cpu controller.*\+cpu/],
  ['a program that does not use its quota up', { ...running, group: group({ limit: tenth, threadsInside: 3 }), account: { cores: 0.02, periods: 40, throttledPeriods: 0 } }, 'watch', /used 2 % of a core and was never throttled/],
  ['too few periods', { ...running, group: group({ limit: tenth, threadsInside: 3 }), account: { cores: 0.1, periods: 4, throttledPeriods: 4 } }, 'watch', /counted 4 of 20 periods/],
  ['more than the limit', { ...running, group: group({ limit: tenth, threadsInside: 3 }), account: { cores: 0.5, periods: 40, throttledPeriods: 3 } }, 'watch', /still uses 50 % of a core/],
])('says why it is not done: %s', (_what, facts, id, words) => {
  expect(checkTasks(facts, fresh)[id].done).toBe(false);
  expect(reason(facts, id)).toMatch(words);
});
