import * as l10n from '@vscode/l10n';
import { docker } from '../commandLine';
import { engineOf, type LessonFacts, type Run, type RunEvent } from '../facts';
import { isWholeRun } from '../reads';
import { done, noEngine, open, ordered, partsOf, rounded, unknown } from '../states';
import type { Step } from '../step';
import { removeRuns, runOnce } from './helloWorld';

/** The run that was read, if its container still exists. */
function runOf({ run, containers }: LessonFacts): Run | undefined {
  return 'value' in run && containers.some(({ id }) => id === run.value?.id) ? run.value : undefined;
}

/** Times from each event to the next, and the versions of who had a part in it. */
function evidenceOf(events: readonly RunEvent[], facts: LessonFacts): Record<string, string> {
  const steps = events.slice(1).map(({ action, at }, index) => {
    const before = events[index] ?? { action, at };
    return [`${before.action} → ${action}`, l10n.t('{0} ms', rounded(at - before.at))];
  });
  return { ...Object.fromEntries(steps) as Record<string, string>, ...partsOf(engineOf(facts)?.facts) };
}

/** The first life of a container that may have been started again. */
function firstLife(events: readonly RunEvent[]): RunEvent[] {
  return events.slice(0, events.findIndex(({ action }) => action === 'die') + 1);
}

export const followTheRun: Step = {
  id: 'follow-the-run',
  title: () => l10n.t('Follow the run'),
  know: () => l10n.t('What happens between your command and the program\'s first line, in the engine\'s own events, and how long each part takes.'),

  check(facts) {
    if (!facts.connected) { return noEngine(); }
    if ('why' in facts.run) { return unknown(facts.run.why); }
    const run = runOf(facts);
    if (run === undefined) { return open(l10n.t('There is no run of hello-world that ended well.')); }
    if (!isWholeRun(run.events)) { return open(l10n.t('The engine does not remember the run of {0} any more: it keeps its last events only, and none over a restart. Run it again.', run.name)); }
    const life = firstLife(run.events);
    const last = life.at(-1);
    if (last?.exitCode !== 0) { return open(l10n.t('{0} ended with exit code {1}.', run.name, last?.exitCode ?? '?')); }
    return done(l10n.t('The engine told of {0}: {1} with exit code 0.', run.name, life.map(({ action }) => action).join(', ')), evidenceOf(life, facts));
  },

  hints: (facts) => [
    l10n.t('The engine announces whatever happens to a container. Listen while you run one.'),
    l10n.t('"docker events" prints what the engine announces, also of the past minutes. Run hello-world and read its events in order: create, attach, start, die.'),
    `${docker(facts)} run hello-world\n${docker(facts)} events --since 5m --until 0s --filter type=container`,
  ],

  solve: runOnce,
  reset: removeRuns,

  question({ process }) {
    const seen = 'value' in process ? process.value : undefined;
    if (seen?.parent === undefined) { return undefined; }
    const { name, pid, parent } = seen;
    return {
      prompt: l10n.t('{0} runs. Which process is the parent of its first process?', name),
      // The kernel cuts a name to 15 characters: containerd-shim-runc-v2 is one.
      options: ordered(parent.name, 'docker', 'dockerd', 'containerd', 'runc'),
      answer: parent.name,
      explanation: l10n.t('The kernel says: process {0} has the parent {1}, "{2}". runc set the container up, started its program and ended; what stays with it holds its output and waits for its exit code, even while the daemon is restarted.', pid, parent.pid, parent.name),
    };
  },
};
