import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log';
import { Emitter } from '../../../../src/base/emitter';
import { taskIds, type TaskId, type TaskState } from '../../../../src/lesson/exercise';
import type { Exercise, Hands, StepId } from '../../../../src/lesson/step';
import { stepOf } from '../../../../src/lesson/steps';
import { byHandWith, connectedFacts, v1Machine } from '../../support/lessonFacts';
import { noFacts } from '../../../../src/lesson/facts';

const ids = ['cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand'] as const;
const signal = new AbortController().signal;

/** The exercise without a kernel: a task is done when it was done, `slow` looks later. */
class Tasks implements Exercise {
  readonly done: TaskId[];
  readonly asked: TaskId[] = [];
  slow = 0;
  refuse: TaskId | undefined;
  watched = false;
  readonly onDidChange = new Emitter<undefined>().event;
  private soon: TaskId[] = [];

  constructor(...done: TaskId[]) { this.done = done; }

  get tasks(): Record<TaskId, TaskState> {
    const over = this.watched ? taskIds.slice(0, 6) : [];
    return Object.fromEntries(taskIds.map((id) => [id, { done: this.done.includes(id) || over.includes(id), reason: `${id}?` }])) as Record<TaskId, TaskState>;
  }

  look(): Promise<void> {
    if (this.slow > 0) { this.slow -= 1; } else { this.done.push(...this.soon.splice(0)); }
    return Promise.resolve();
  }

  async do(task: TaskId): Promise<void> {
    this.asked.push(task);
    if (task === this.refuse) { throw new Error('refused'); }
    if (task === 'stop') { this.soon = this.soon.filter((id) => id !== 'start'); }
    this.soon.push(task);
    await this.look();
  }

  forget(): Promise<void> {
    this.watched = false;
    return Promise.resolve();
  }
}

const hands = (exercise: Exercise | undefined): Hands => ({ exercise, log: silentLog }) as Hands;
const solve = (id: StepId, exercise: Exercise | undefined, until = signal): Promise<void> | undefined => stepOf(id).solve?.(hands(exercise), until);

describe('the checks', () => {
  test.each<[TaskId[], StepId[]]>([
    [[], []],
    [['start'], ['cpu-program']],
    [['start', 'make-group', 'limit-10'], ['cpu-program']],
    [['start', 'make-group', 'limit-10', 'move'], ['cpu-program', 'limit-by-hand']],
    [['start', 'make-group', 'limit-10', 'move', 'watch'], ['cpu-program', 'limit-by-hand', 'slow-down']],
    [[...taskIds], [...ids]],
  ])('with %o done, %o are', (tasks, done) => {
    const facts = connectedFacts({ byHand: byHandWith(tasks) });
    expect(ids.filter((id) => stepOf(id).check(facts).state === 'done')).toEqual(done);
    for (const id of ids) { expect(stepOf(id).check(facts).reason).toMatch(/(is done|is missing)$/); }
  });

  test('need no engine, and are unknown without groups, with the reason', () => {
    expect(stepOf('cpu-program').check({ ...noFacts(''), byHand: byHandWith(['start']) })).toEqual({ state: 'done', reason: 'start is done', evidence: { Program: 'start is done' } });
    expect(stepOf('slow-down').check(connectedFacts({ byHand: { why: 'This is a Mac.' } }))).toEqual({ state: 'unknown', reason: 'This is a Mac.' });
    expect(stepOf('slow-down').check(connectedFacts({ byHand: byHandWith([], { tasks: undefined }) })).state).toBe('unknown');
  });
});

test('the commands are those for the machine, of either version, with or without root', () => {
  const commands = (machine = v1Machine): string => stepOf('limit-by-hand').hints(connectedFacts({ byHand: byHandWith([], { machine }) }))[2];
  expect(commands()).toContain('echo 10000 > /sys/fs/cgroup/cpu/demo/cpu.cfs_quota_us');
  const v2 = { ...v1Machine, kind: 'v2' as const, version: 'v2' as const, cpuMount: '/sys/fs/cgroup', accountMount: '/sys/fs/cgroup', cpuEnabled: true, cpuAvailable: true, mayWrite: false };
  expect(commands(v2)).toContain('echo "10000 100000" | sudo tee /sys/fs/cgroup/demo/cpu.max');
  expect(commands({ ...v1Machine, version: undefined, cpuMount: undefined })).toMatch(/^# No hierarchy/);
  expect(stepOf('limit-by-hand').hints(connectedFacts())[2]).toMatch(/^# Open the exercise/);
});

test('the question knows the machine\'s cores', () => {
  const question = (cpus: number) => stepOf('limit-by-hand').question?.(connectedFacts({ byHand: byHandWith([], { cpus }) }));
  expect(question(8)?.options).toContain('800 ms of CPU time in each second: 10 % of all 8 cores');
  expect(question(8)?.explanation).toContain('1.3 % of this machine');
  // With one core both are the same.
  expect(question(1)?.options).toHaveLength(2);
  expect(stepOf('limit-by-hand').question?.(connectedFacts())).toBeUndefined();
});

describe('solving', () => {
  test('does what is open, and what is needed for it, and waits until it is seen', async () => {
    const exercise = new Tasks('start');
    exercise.slow = 3;
    await solve('slow-down', exercise);
    expect(exercise.asked).toEqual(['make-group', 'limit-10', 'move', 'watch']);
    await solve('clean-up-by-hand', exercise);
    expect(exercise.asked.slice(4)).toEqual(['stop', 'remove-group']);
  });

  test('takes back what it made when something is refused, and not what was there', async () => {
    const [fresh, begun] = [new Tasks(), new Tasks('start')];
    fresh.refuse = begun.refuse = 'move';
    await expect(solve('limit-by-hand', fresh)).rejects.toThrow('refused');
    expect(fresh.asked).toEqual(['start', 'make-group', 'limit-10', 'move', 'stop', 'remove-group']);
    await expect(solve('limit-by-hand', begun)).rejects.toThrow('refused');
    expect(begun.asked).toEqual(['make-group', 'limit-10', 'move', 'remove-group']);
  });

  test('is cancelled while it waits, and takes back', async () => {
    const exercise = new Tasks();
    const cancel = new AbortController();
    const was = exercise.do.bind(exercise);
    exercise.do = async (task) => {
      if (task === 'watch') {
        exercise.asked.push(task);
        cancel.abort();
      } else {
        await was(task);
      }
    };
    await expect(solve('slow-down', exercise, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(exercise.asked).toEqual(['start', 'make-group', 'limit-10', 'move', 'watch', 'stop', 'remove-group']);
  });

  test('says that there is nothing to do it on', async () => {
    await expect(solve('cpu-program', undefined)).rejects.toThrow('no control groups');
  });
});

test('undoing stops and removes, and makes the exercise forget what was watched', async () => {
  const exercise = new Tasks();
  exercise.watched = true;
  await stepOf('slow-down').reset?.(hands(exercise), signal);
  expect(exercise.asked).toEqual(['stop', 'remove-group']);
  expect(exercise.tasks.watch.done).toBe(false);
});
