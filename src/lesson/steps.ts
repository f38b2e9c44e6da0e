import * as l10n from '@vscode/l10n';
import type { Container } from '../engine/containers';
import { roleOf } from '../engine/ours';

/** The steps of the lesson's first version, in order. Also the ids of the walkthrough's steps. */
export const stepIds = ['connect', 'hello-world', 'cpu-demo', 'limit', 'watch', 'clean-up'] as const;
export type StepId = typeof stepIds[number];

/** What the checks look at. Everything comes from the engine or the kernel; nothing from what was clicked. */
export interface LessonFacts {
  connected: boolean;
  containers: readonly Container[];
  /** A container of ours was seen on this engine, now or earlier. */
  madeSomething: boolean;
  /** The kernel's account of a limited CPU demo, where one was taken. */
  account: { containerId: string; cores: number; periods: number; throttledPeriods: number } | undefined;
}

/** "unknown" is not "open": without an engine nothing can be said. */
export interface StepState {
  state: 'done' | 'open' | 'unknown';
  /** Why, in the user's language: the evidence when it is done, what is missing when it is not. */
  reason: string;
}

/** Enforcement periods that must have been seen before we say that the kernel throttles: two seconds of 100 ms each. */
const enoughPeriods = 20;

/** Checks each step. */
export function checkSteps(facts: LessonFacts): Record<StepId, StepState> {
  return {
    'connect': facts.connected
      ? { state: 'done', reason: l10n.t('A Docker engine answers.') }
      : { state: 'open', reason: l10n.t('No Docker engine answers yet.') },
    'hello-world': whenConnected(facts, checkHelloWorld),
    'cpu-demo': whenConnected(facts, checkCpuDemo),
    'limit': whenConnected(facts, checkLimit),
    'watch': whenConnected(facts, checkWatch),
    'clean-up': whenConnected(facts, checkCleanUp),
  };
}

function whenConnected(facts: LessonFacts, check: (facts: LessonFacts) => StepState): StepState {
  return facts.connected ? check(facts) : { state: 'unknown', reason: l10n.t('There is no engine to ask.') };
}

function checkHelloWorld({ containers }: LessonFacts): StepState {
  const runs = containers.filter(({ image, labels }) => roleOf(labels) === 'hello-world' || /(^|\/)hello-world(:|$)/.test(image));
  const done = runs.find(({ state, status }) => state === 'exited' && /^Exited \(0\)/i.test(status));
  if (done !== undefined) { return { state: 'done', reason: l10n.t('The container {0} ran hello-world and ended with exit code 0.', done.name) }; }
  const other = runs[0];
  return { state: 'open', reason: other === undefined ? l10n.t('No container of hello-world exists.') : l10n.t('The container {0} did not end with exit code 0: {1}.', other.name, other.status || other.state) };
}

function checkCpuDemo({ containers }: LessonFacts): StepState {
  const demos = demosOf(containers);
  const running = demos.find(({ state }) => state === 'running');
  if (running !== undefined) { return { state: 'done', reason: l10n.t('The container {0} is running.', running.name) }; }
  const other = demos[0];
  return { state: 'open', reason: other === undefined ? l10n.t('No CPU demo exists.') : l10n.t('The CPU demo {0} is not running: {1}.', other.name, other.status || other.state) };
}

function checkLimit({ containers }: LessonFacts): StepState {
  const running = demosOf(containers).filter(({ state }) => state === 'running');
  const limited = running.find(isLimitedTo10);
  if (limited !== undefined) { return { state: 'done', reason: l10n.t('The engine says that {0} may use 10 % of a core.', limited.name) }; }
  const other = running[0];
  if (other === undefined) { return { state: 'open', reason: l10n.t('No CPU demo is running.') }; }
  return {
    state: 'open', reason: other.cpuLimit
      ? l10n.t('{0} is limited to {1} % of a core, not to 10 %.', other.name, Number((other.cpuLimit.cores * 100).toFixed(1)))
      : l10n.t('{0} has no CPU limit.', other.name),
  };
}

function checkWatch({ containers, account }: LessonFacts): StepState {
  const limited = demosOf(containers).find((container) => container.state === 'running' && isLimitedTo10(container));
  if (limited === undefined) { return { state: 'open', reason: l10n.t('No CPU demo is running with a limit of 10 %.') }; }
  if (account?.containerId !== limited.id || account.periods < enoughPeriods) {
    return { state: 'open', reason: l10n.t('Its CPU was not watched for two seconds yet. Open the live page.') };
  }
  if (account.throttledPeriods === 0) { return { state: 'open', reason: l10n.t('The kernel did not throttle {0}: it does not use its quota up.', limited.name) }; }
  return {
    state: 'done',
    reason: l10n.t('The kernel throttled {0} in {1} of {2} periods: it used {3} % of a core.', limited.name, account.throttledPeriods, account.periods, (account.cores * 100).toFixed(1)),
  };
}

function checkCleanUp({ containers, madeSomething }: LessonFacts): StepState {
  const ours = containers.filter(({ labels }) => roleOf(labels) !== undefined);
  if (ours.length > 0) { return { state: 'open', reason: l10n.t('Containers of the lesson still exist: {0}.', ours.map(({ name }) => name).join(', ')) }; }
  return madeSomething
    ? { state: 'done', reason: l10n.t('The engine has no container of the lesson any more.') }
    : { state: 'open', reason: l10n.t('Nothing was made yet that could be cleaned up.') };
}

function demosOf(containers: readonly Container[]): Container[] {
  return containers.filter(({ labels }) => roleOf(labels) === 'cpu-demo');
}

function isLimitedTo10({ cpuLimit }: Container): boolean {
  return cpuLimit !== null && cpuLimit !== undefined && Math.abs(cpuLimit.cores - 0.1) < 0.001;
}
