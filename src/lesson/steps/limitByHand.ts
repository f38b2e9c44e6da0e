import * as l10n from '@vscode/l10n';
import { checkTasks, doTasks, taskHints, undoTasks } from '../byHand';
import { ordered } from '../states';
import type { Step } from '../step';

const tasks = ['make-group', 'limit-10', 'move'] as const;

export const limitByHand: Step = {
  id: 'limit-by-hand',
  title: () => l10n.t('Limit a process by hand'),
  know: () => l10n.t('A limit is two numbers in a file of the kernel, for a group that is a folder; an engine does no more than write them.'),
  check: (facts) => checkTasks(facts, tasks),
  hints: (facts) => taskHints(facts,
    l10n.t('The kernel limits groups of processes. A group is a folder in its file system: what would a limit and a member be, then?'),
    l10n.t('Make a folder in the hierarchy with the cpu controller, write a tenth of a period as its quota, and write the program\'s process id into its cgroup.procs.'),
    tasks),
  solve: (hands, signal) => doTasks(hands, tasks, signal),
  reset: undoTasks,

  question({ byHand }) {
    if ('why' in byHand) { return undefined; }
    const { cpus } = byHand.value;
    const answer = l10n.t('100 ms of CPU time in each second, all its processes together');
    return {
      prompt: l10n.t('A group is limited to 10 % (10000 of each 100000 microseconds). This machine has {0} cores. What may the group use?', cpus),
      options: ordered(answer, l10n.t('100 ms of CPU time in each second, for each of its processes'), ...(cpus === 1 ? [] : [l10n.t('{0} ms of CPU time in each second: 10 % of all {1} cores', cpus * 100, cpus)])),
      answer,
      explanation: l10n.t('Quota and period are CPU time, whatever the number of cores: 10 % of one core, which is {0} % of this machine.', Number((10 / cpus).toFixed(1))),
    };
  },
};
