import * as l10n from '@vscode/l10n';
import { inPercent } from '../base/inPercent';
import { coresOf, type CpuMax } from '../cgroup/cpu';
import type { Process } from '../cgroup/processes';

/** The tasks of the exercise "limit a process by hand", in order. */
export const taskIds = ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch', 'stop', 'remove-group'] as const;
export type TaskId = typeof taskIds[number];

/** A group that was made for the exercise, by us or by the learner under a name of their own. */
export interface ObservedGroup {
  dir: string;
  /** null: none. undefined: it has no cpu controller. */
  limit: CpuMax | null | undefined;
  /** Threads of the program that are in it; fewer than it has when only one was moved (v1's "tasks"). */
  threadsInside: number;
  /** Whether it is a folder of no cgroup file system: a recipe for v2 on a machine with v1 makes one, and it limits nothing. */
  isPlainFolder: boolean;
}

/** What the kernel says at one moment. */
export interface ExerciseFacts {
  program: Process | undefined;
  /** Where the program is: the path of its own group. */
  programGroup: string | undefined;
  group: ObservedGroup | undefined;
  /** What the kernel counted since the program has been in the group under its present limit. */
  account: { cores: number; periods: number; throttledPeriods: number } | undefined;
}

/** What was seen earlier in this run of the exercise and need not be so any more. */
export interface ExerciseMemory {
  /** The group was limited to 50 % once. */
  halved: boolean;
  /** The kernel was seen throttling the program at 10 %: from here on, stopping and removing is what is asked for. */
  watched: boolean;
  /** What it was seen by. */
  watchedReason?: string | undefined;
  /** When that program started, in the kernel's clock ticks. */
  watchedStartTicks?: number | undefined;
  /** A limit that the group had, in cores, if it was seen with one. */
  limited?: { dir: string; cores: number } | undefined;
}

export interface TaskState {
  done: boolean;
  /** The evidence when it is done, what is missing when it is not. */
  reason: string;
}

/** Enforcement periods after which the kernel's account counts: two seconds of 100 ms each. */
const enoughPeriods = 20;
/** The kernel hands quota out in slices: over a few seconds the use is a little off the limit. In cores. */
const tolerance = 0.02;

/** What of it is to be remembered after this moment. */
export function remember(facts: ExerciseFacts, memory: ExerciseMemory): ExerciseMemory {
  // A new start: nothing of the last run counts. The same program without its group is none: who removes the group first is not done yet.
  const isAnother = facts.program !== undefined && facts.program.startTicks !== memory.watchedStartTicks;
  if (memory.watched && isAnother && facts.group === undefined) { return { halved: false, watched: false }; }
  const watch = checkWatch(facts);
  const watched = memory.watched || watch.done;
  const watchedReason = memory.watched ? memory.watchedReason : watch.reason;
  const watchedStartTicks = memory.watched ? memory.watchedStartTicks : watched ? facts.program?.startTicks : undefined;
  const { group } = facts;
  const limited = group?.limit != null ? { dir: group.dir, cores: coresOf(group.limit) } : group?.dir === memory.limited?.dir ? memory.limited : undefined;
  return { watched, watchedReason, watchedStartTicks, limited, halved: watched || isLimitedTo(facts.group, 0.5) || (memory.halved && facts.group !== undefined) };
}

/** Checks each task. */
export function checkTasks(facts: ExerciseFacts, memory: ExerciseMemory): Record<TaskId, TaskState> {
  const over = (state: TaskState): TaskState => memory.watched && !state.done ? { done: true, reason: l10n.t('It was so while you watched.') } : state;
  return {
    'start': over(checkStart(facts)),
    'make-group': over(checkGroup(facts, memory)),
    'limit-50': memory.halved ? { done: true, reason: l10n.t('The group was limited to 50 % of a core.') } : checkLimit(facts, memory, 0.5),
    'limit-10': over(checkLimit(facts, memory, 0.1)),
    'move': over(checkMove(facts)),
    'watch': memory.watched ? { done: true, reason: memory.watchedReason ?? l10n.t('The kernel was seen throttling the program.') } : checkWatch(facts),
    'stop': checkStop(facts, memory),
    'remove-group': checkRemoved(facts, memory),
  };
}

function checkStart({ program }: ExerciseFacts): TaskState {
  return program === undefined
    ? { done: false, reason: l10n.t('No process runs factorials.py.') }
    : { done: true, reason: l10n.t('Process {0} runs it: {1}', program.pid, program.command.join(' ')) };
}

function checkGroup({ group }: ExerciseFacts, { limited }: ExerciseMemory): TaskState {
  if (group === undefined) { return { done: false, reason: l10n.t('There is no group yet.') }; }
  if (group.isPlainFolder) { return { done: false, reason: l10n.t('{0} is a plain folder, not a group: no cgroup file system is mounted there, so a file in it limits nothing. Use the commands for this machine.', group.dir) }; }
  if (group.limit === undefined && limited?.dir === group.dir) { return { done: false, reason: l10n.t('{0} had a cpu.max and has none any more: somebody took +cpu out of the group above. Where systemd owns the tree, each "systemctl daemon-reload" does so. Do this task again.', group.dir) }; }
  return group.limit === undefined
    ? { done: false, reason: l10n.t('{0} is a group, but without the cpu controller: enable it in the group above (+cpu in cgroup.subtree_control).', group.dir) }
    : { done: true, reason: group.dir };
}

function checkLimit({ group }: ExerciseFacts, { limited }: ExerciseMemory, cores: number): TaskState {
  if (group === undefined || group.isPlainFolder || group.limit === undefined) { return { done: false, reason: l10n.t('There is no group that could be limited.') }; }
  if (isLimitedTo(group, cores)) { return { done: true, reason: limitWords(group) }; }
  return { done: false, reason: group.limit === null && limited?.dir === group.dir
    ? l10n.t('The group has no limit any more; it had one of {0} % of a core. If you did not lift it, systemd did: it undoes what others write into groups of its own, at each "systemctl daemon-reload".', inPercent(limited.cores))
    : limitWords(group) };
}

function checkMove({ program, programGroup, group }: ExerciseFacts): TaskState {
  if (program === undefined) { return { done: false, reason: l10n.t('The program does not run.') }; }
  if (group === undefined) { return { done: false, reason: l10n.t('The program is in {0}; there is no group to move it into.', programGroup ?? '?') }; }
  if (group.threadsInside === 0) { return { done: false, reason: l10n.t('The program is in {0}, not in {1}.', programGroup ?? '?', group.dir) }; }
  return group.threadsInside < program.threads
    ? { done: false, reason: l10n.t('Only {0} of its {1} threads are in the group: "tasks" moves one thread, "cgroup.procs" the whole process.', group.threadsInside, program.threads) }
    : { done: true, reason: l10n.t('Process {0} is in {1}.', program.pid, group.dir) };
}

function checkWatch(facts: ExerciseFacts): TaskState {
  const { account, group } = facts;
  if (!checkMove(facts).done || !isLimitedTo(group, 0.1)) { return { done: false, reason: l10n.t('The program is not in a group with a limit of 10 % yet.') }; }
  if (account === undefined || account.periods < enoughPeriods) { return { done: false, reason: l10n.t('The kernel has counted {0} of {1} periods.', account?.periods ?? 0, enoughPeriods) }; }
  if (account.throttledPeriods === 0) { return { done: false, reason: l10n.t('The program used {0} % of a core and was never throttled: it does not use its quota up.', inPercent(account.cores)) }; }
  return account.cores > 0.1 + tolerance
    ? { done: false, reason: l10n.t('The program still uses {0} % of a core.', inPercent(account.cores)) }
    : { done: true, reason: l10n.t('The kernel throttled it in {0} of {1} periods: it used {2} % of a core.', account.throttledPeriods, account.periods, inPercent(account.cores)) };
}

function checkStop({ program }: ExerciseFacts, { watched }: ExerciseMemory): TaskState {
  if (!watched) { return { done: false, reason: l10n.t('First watch it.') }; }
  return program === undefined ? { done: true, reason: l10n.t('No process runs factorials.py any more.') } : { done: false, reason: l10n.t('Process {0} still runs.', program.pid) };
}

function checkRemoved({ group }: ExerciseFacts, { watched }: ExerciseMemory): TaskState {
  if (!watched) { return { done: false, reason: l10n.t('First watch it.') }; }
  return group === undefined ? { done: true, reason: l10n.t('The group is gone.') } : { done: false, reason: l10n.t('{0} is still there.', group.dir) };
}

function isLimitedTo(group: ObservedGroup | undefined, cores: number): boolean {
  return group?.limit != null && !group.isPlainFolder && Math.abs(coresOf(group.limit) - cores) < 0.001;
}

function limitWords({ limit }: ObservedGroup): string {
  return limit == null ? l10n.t('The group has no limit.') : l10n.t('The group is limited to {0} % of a core: {1} µs in each {2} µs.', inPercent(coresOf(limit)), limit.quotaMicros, limit.periodMicros);
}
