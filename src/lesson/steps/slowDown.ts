import * as l10n from '@vscode/l10n';
import { checkTasks, doTasks, taskHints, undoTasks } from '../byHand';
import type { Step } from '../step';

export const slowDown: Step = {
  id: 'slow-down',
  title: () => l10n.t('Watch it slow down'),
  know: () => l10n.t('How the kernel enforces a limit: in each period the program runs until its quota is used up, then it waits for the next one.'),
  check: (facts) => checkTasks(facts, ['watch']),
  hints: (facts) => taskHints(facts,
    l10n.t('The program prints fewer calculations per second. The kernel counts as well: where would it keep its numbers?'),
    l10n.t('Read the group\'s cpu.stat a few times: nr_periods and nr_throttled grow together while the program wants more than it gets.'),
    ['watch']),
  solve: (hands, signal) => doTasks(hands, ['watch'], signal),
  reset: undoTasks,
};
