import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import { exerciseCommands, type ExerciseStep, NoCpuHierarchy } from '../cgroup/exerciseCommands';
import { type TaskId, taskIds } from './exercise';
import type { LessonFacts } from './facts';
import { done, open, unknown } from './states';
import type { Exercise, Hands, Hints, StepState } from './step';

/*
 * What the four steps by hand have in common: each is some tasks of the exercise.
 */

/**
 * A task may be done a moment before the kernel shows it: a launcher starts the program, and throttling is counted over twenty periods
 * of 100 ms, of which a busy machine may waste some. Milliseconds between two looks, and how often.
 */
const waiting = { every: 100, looks: 300 };

const commandsOf: Record<TaskId, ExerciseStep> = {
  'start': 'start', 'make-group': 'makeGroup', 'limit-50': 'limitTo50', 'limit-10': 'limitTo10', 'move': 'move', 'watch': 'watch', 'stop': 'stop', 'remove-group': 'removeGroup',
};

/** There is no exercise to do. */
class NoExercise extends HumanError {
  constructor() {
    super(l10n.t('There are no control groups here that could be changed by hand: the exercise says what this machine has.'));
  }
}

/** A task was done, and the kernel does not show it. */
class NotSeen extends HumanError {
  constructor(reason: string) {
    super(l10n.t('The kernel does not show what was done by hand: {0}', reason));
  }
}

/** Done when each of the tasks is; the reason is that of the last, or of the first that is missing. */
export function checkTasks({ byHand }: LessonFacts, ids: readonly TaskId[]): StepState {
  if ('why' in byHand) { return unknown(byHand.why); }
  const { tasks } = byHand.value;
  if (tasks === undefined) { return unknown(l10n.t('The kernel is being asked.')); }
  const states = ids.map((id) => tasks[id]);
  const missing = states.find((state) => !state.done);
  if (missing !== undefined) { return open(missing.reason); }
  return done(states.at(-1)?.reason ?? '', Object.fromEntries(ids.map((id) => [titles[id](), tasks[id].reason])));
}

const titles: Record<TaskId, () => string> = {
  'start': () => l10n.t('Program'), 'make-group': () => l10n.t('Group'), 'limit-50': () => l10n.t('First limit'), 'limit-10': () => l10n.t('Limit'),
  'move': () => l10n.t('Process'), 'watch': () => l10n.t('Kernel\'s account'), 'stop': () => l10n.t('Stopped'), 'remove-group': () => l10n.t('Removed'),
};

/** The commands of the tasks for the machine that the exercise is done on. */
export function taskHints({ byHand }: LessonFacts, nudge: string, way: string, ids: readonly TaskId[]): Hints {
  const nothing = l10n.t('# Open the exercise: it shows the commands for this machine.');
  if ('why' in byHand) { return [nudge, way, nothing]; }
  const { machine, group, program } = byHand.value;
  try {
    const commands = exerciseCommands(machine, { group, program, pid: undefined, sudo: !machine.mayWrite });
    return [nudge, way, ids.flatMap((id) => commands[commandsOf[id]].lines).join('\n')];
  } catch (error) {
    if (error instanceof NoCpuHierarchy) { return [nudge, way, `# ${error.message}`]; }
    throw error;
  }
}

/**
 * Does what is still open of these tasks, and of those before them that they need.
 * @throws NoExercise, NotSeen; as Exercise.do
 */
export async function doTasks({ exercise, log }: Hands, ids: readonly TaskId[], signal: AbortSignal): Promise<void> {
  if (exercise === undefined) { throw new NoExercise(); }
  await exercise.look();
  const { tasks: before } = exercise;
  const attempted: TaskId[] = [];
  try {
    const last = taskIds.indexOf(ids.at(-1) ?? 'start');
    // Half a core on the way to a tenth is for the learner to try.
    for (const id of taskIds.slice(0, last + 1).filter((task) => task !== 'limit-50')) {
      signal.throwIfAborted();
      if (isDone(exercise, id)) { continue; }
      attempted.push(id);
      await exercise.do(id);
      await seen(exercise, () => isDone(exercise, id), () => exercise.tasks?.[id].reason, signal);
    }
  } catch (error) {
    // Only what was not there: the learner's own program or group stays.
    const forget = attempted.filter((id) => before?.[id].done === false);
    await takeBack(exercise, forget).catch((failure: unknown) => log.warn(`undoing the exercise: ${messageOf(failure)}`));
    throw error;
  }
}

async function takeBack(exercise: Exercise, attempted: readonly TaskId[]): Promise<void> {
  if (attempted.includes('start')) {
    await seen(exercise, () => isDone(exercise, 'start'), () => exercise.tasks?.start.reason, within(3_000));
    await exercise.do('stop');
  }
  if (attempted.includes('make-group')) { await exercise.do('remove-group'); }
}

/** Looks until it is so. */
async function seen(exercise: Exercise, is: () => boolean, reason: () => string | undefined, signal: AbortSignal): Promise<void> {
  for (let look = 1; !is(); look += 1) {
    if (look === waiting.looks) { throw new NotSeen(reason() ?? ''); }
    await sleep(waiting.every, signal);
    signal.throwIfAborted();
    await exercise.look();
  }
}

/** Stops the program, removes the group and begins the exercise anew. */
export async function undoTasks({ exercise }: Hands): Promise<void> {
  if (exercise === undefined) { throw new NoExercise(); }
  await exercise.look();
  await exercise.do('stop');
  await exercise.do('remove-group');
  await exercise.forget();
}

function isDone({ tasks }: Exercise, id: TaskId): boolean {
  return tasks?.[id].done === true;
}
