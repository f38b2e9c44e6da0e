import * as l10n from '@vscode/l10n';
import { checkTasks, doTasks, taskHints, undoTasks } from '../byHand';
import type { Step } from '../step';

const tasks = ['stop', 'remove-group'] as const;

export const cleanUpByHand: Step = {
  id: 'clean-up-by-hand',
  title: () => l10n.t('Stop the program and remove the group'),
  know: () => l10n.t('Why a group can only be removed when no process is in it, and that nothing of the limit stays.'),
  check: (facts) => checkTasks(facts, tasks),
  hints: (facts) => taskHints(facts,
    l10n.t('A group with a process in it is busy. What has to go first?'),
    l10n.t('End the program with "kill", then remove the group with "rmdir": its files are the kernel\'s and in nobody\'s way.'),
    tasks),
  solve: (hands, signal) => doTasks(hands, tasks, signal),
  reset: undoTasks,
};
