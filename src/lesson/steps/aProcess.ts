import * as l10n from '@vscode/l10n';
import { shellQuote } from '../../base/shellQuote';
import { docker } from '../commandLine';
import type { ContainerProcess, LessonFacts } from '../facts';
import { containersOf, removeAll, withRunningDemo } from '../hands';
import { done, noEngine, open, ordered, unknown } from '../states';
import type { Step } from '../step';

/** The process that was read, if its container still runs. */
function processOf({ process, containers }: LessonFacts): ContainerProcess | undefined {
  return 'value' in process && containers.some(({ id, state }) => id === process.value?.containerId && state === 'running') ? process.value : undefined;
}

export const aProcess: Step = {
  id: 'a-process',
  title: () => l10n.t('Find the process of a container'),
  know: () => l10n.t('A container is a process of its machine, with namespaces for what it sees and a control group for what it may use.'),

  check(facts) {
    if (!facts.connected) { return noEngine(); }
    if ('why' in facts.process) { return unknown(facts.process.why); }
    const process = processOf(facts);
    if (process === undefined) { return open(l10n.t('No container is running whose process could be looked into.')); }
    const { name, pid, pidInside, from, namespaces, cgroup } = process;
    if (pidInside === undefined) { return open(l10n.t('{0} sees the processes of its machine (--pid host): look into another container.', name)); }
    const evidence = {
      [l10n.t('Process on its machine')]: pid, [l10n.t('The same process inside')]: pidInside,
      ...(cgroup === undefined ? {} : { [l10n.t('Control group')]: cgroup }), ...(namespaces === undefined ? {} : { [l10n.t('Namespaces of its own')]: namespaces.join(', ') }),
    };
    if (from === 'engine') { return done(l10n.t('{0} is process {1} of its machine, says the engine, and process {2} inside. What else its kernel knows cannot be read from here.', name, pid, pidInside), evidence); }
    if (namespaces === undefined) { return done(l10n.t('{0} is process {1} of this machine and process {2} inside, in a control group of its own. Which other namespaces are its own only root may see.', name, pid, pidInside), evidence); }
    return done(l10n.t('{0} is process {1} of this machine and process {2} inside, with {3} namespaces and a control group of its own.', name, pid, pidInside, namespaces.length), evidence);
  },

  hints(facts) {
    const process = processOf(facts);
    const container = shellQuote(process?.name ?? 'cpu-demo');
    return [
      l10n.t('Is there anything on the machine that runs a container, other than a program? Look for it among the machine\'s processes.'),
      l10n.t('Start a container that keeps running. The engine tells its process; compare that process\'s namespaces with those of your shell, and read its control group.'),
      process?.from === 'engine'
        ? `${docker(facts)} inspect --format '{{.State.Pid}}' ${container}\n${docker(facts)} top ${container}\n${docker(facts)} exec ${container} cat /proc/1/status`
        : `pid=$(${docker(facts)} inspect --format '{{.State.Pid}}' ${container})\nps -o pid,ppid,user,args -p $pid\nsudo ls -l /proc/$pid/ns /proc/self/ns\ncat /proc/$pid/cgroup`,
    ];
  },

  solve: (hands, signal) => withRunningDemo(hands, signal, () => Promise.resolve()),
  // Another container that runs still counts: it is a process, too.
  async reset({ engine }) { await removeAll(engine, await containersOf(engine, 'cpu-demo')); },

  question(facts) {
    const process = processOf(facts);
    if (process?.pidInside === undefined) { return undefined; }
    const { name, pid, pidInside } = process;
    const answer = l10n.t('Process {0} of the machine', pid);
    return {
      prompt: l10n.t('Inside {0}, its program is process {1}. What is it outside?', name, pidInside),
      options: ordered(answer, l10n.t('Process {0} of the machine', pidInside), l10n.t('No process: it runs in a machine of its own')),
      answer,
      explanation: l10n.t('It is one process with two numbers: {0} on its machine, {1} in its pid namespace.', pid, pidInside),
    };
  },
};
