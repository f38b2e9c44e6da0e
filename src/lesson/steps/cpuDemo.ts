import * as l10n from '@vscode/l10n';
import { hasRole } from '../candidates';
import { docker, labelOption } from '../commandLine';
import { containersOf, removeAll, withRunningDemo } from '../hands';
import { done, noEngine, open } from '../states';
import type { Step } from '../step';

export const cpuDemo: Step = {
  id: 'cpu-demo',
  title: () => l10n.t('Run the program in a container'),
  know: () => l10n.t('The same program, in a container this time: it takes all it can get of the machine there, too.'),

  check({ connected, containers }) {
    if (!connected) { return noEngine(); }
    const demos = containers.filter(hasRole('cpu-demo'));
    const running = demos.find(({ state }) => state === 'running');
    if (running !== undefined) { return done(l10n.t('The container {0} is running.', running.name)); }
    const [other] = demos;
    return open(other === undefined ? l10n.t('No CPU demo exists.') : l10n.t('The CPU demo {0} is not running: {1}.', other.name, other.status || other.state));
  },

  hints: (facts) => [
    l10n.t('A container is not slower than a program outside of it, and not more modest either.'),
    l10n.t('Use the command "Start CPU Demo". In a terminal, run the program factorials.py in a Python image, with the label that lets this step see your container.'),
    `${docker(facts)} run -d --name cpu-demo ${labelOption('cpu-demo')} python:3-alpine python3 -u -c "$(cat factorials.py)"\n${docker(facts)} logs -f cpu-demo`,
  ],

  solve: (hands, signal) => withRunningDemo(hands, signal, () => Promise.resolve()),
  async reset({ engine }) { await removeAll(engine, await containersOf(engine, 'cpu-demo')); },
};
