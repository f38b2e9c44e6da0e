import * as l10n from '@vscode/l10n';
import { checkTasks, doTasks, taskHints, undoTasks } from '../byHand';
import type { Step } from '../step';

export const cpuProgram: Step = {
  id: 'cpu-program',
  title: () => l10n.t('Start a program that takes all it can get'),
  know: () => l10n.t('How much of a core one busy program takes when nothing limits it, and how to find its process.'),
  check: (facts) => checkTasks(facts, ['start']),
  hints: (facts) => taskHints(facts,
    l10n.t('The program computes factorials and prints how many it does in a second. Let it run in the background.'),
    l10n.t('Start factorials.py with python3, with "&" at the end: the shell then tells the process id, and takes the next command.'),
    ['start']),
  solve: (hands, signal) => doTasks(hands, ['start'], signal),
  reset: undoTasks,
};
