import * as l10n from '@vscode/l10n';
import { HumanError } from '../../base/errors';
import { docker } from '../commandLine';
import { withRunningDemo } from '../hands';
import { done, noEngine, open } from '../states';
import type { Hands, Step } from '../step';
import { demoName, isLimitedTo10, limitTo, runningDemos } from './limit';

/** Enforcement periods that must have been seen before we say that the kernel throttles: two seconds of 100 ms each. */
const enoughPeriods = 20;
/** Of the engine, about one a second. */
const mostSamples = 30;

/** The engine's numbers never told of throttled periods. */
class NothingCounted extends HumanError {
  constructor() {
    super(l10n.t('The engine tells of no throttled periods. Open the live page: it reads the kernel\'s own files where it can.'));
  }
}

export const watch: Step = {
  id: 'watch',
  title: () => l10n.t('Watch the kernel throttle it'),
  know: () => l10n.t('Where the kernel\'s account of a container is, and that it is the truth behind "docker stats".'),

  check({ connected, containers, account }) {
    if (!connected) { return noEngine(); }
    const limited = runningDemos(containers).find(isLimitedTo10);
    if (limited === undefined) { return open(l10n.t('No CPU demo is running with a limit of 10 %.')); }
    if (account?.containerId !== limited.id || account.periods < enoughPeriods) { return open(l10n.t('Its CPU was not watched for two seconds yet. Open the live page.')); }
    const { periods, throttledPeriods, cores } = account;
    if (throttledPeriods === 0) { return open(l10n.t('The kernel did not throttle {0}: it does not use its quota up.', limited.name)); }
    return done(l10n.t('The kernel throttled {0} in {1} of {2} periods: it used {3} % of a core.', limited.name, throttledPeriods, periods, (cores * 100).toFixed(1)));
  },

  hints: (facts) => [
    l10n.t('A limit is a promise of the kernel. Does it keep it? Look at the container\'s CPU for a few seconds.'),
    l10n.t('Open the live page of the CPU demo: the curve is the kernel\'s account, the line is the limit.'),
    `${docker(facts)} stats ${demoName(facts)}`,
  ],

  solve: (hands, signal) => withRunningDemo(hands, signal, async (id) => {
    await limitTo(hands, id, 0.1);
    await watchDemo(hands, id, signal);
  }),

  reset({ notes }) {
    notes.forgetAccount();
    return Promise.resolve();
  },
};

/** Takes the kernel's account from the engine's numbers, over enough periods. */
async function watchDemo({ engine, notes }: Hands, id: string, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  let from;
  let samples = 0;
  try {
    for await (const sample of engine.containerStats(id, AbortSignal.any([signal, stop.signal]))) {
      from ??= sample;
      const periods = sample.nrPeriods - from.nrPeriods;
      if (periods >= enoughPeriods) {
        const cores = (sample.usageMicros - from.usageMicros) / ((sample.readAt - from.readAt) * 1000);
        notes.noteAccount(id, { cores, periods, throttledPeriods: sample.nrThrottled - from.nrThrottled });
        return;
      }
      samples += 1;
      if (samples === mostSamples) { break; }
    }
  } finally {
    stop.abort();
  }
  throw new NothingCounted();
}
