import * as l10n from '@vscode/l10n';
import { runHelloWorld } from '../../engine/helloWorld';
import { endedWell, hasRole, isHelloWorld } from '../candidates';
import { docker } from '../commandLine';
import { removeAll } from '../hands';
import { done, noEngine, open } from '../states';
import type { Hands, Step } from '../step';

/** Runs it once. The container is kept. */
export async function runOnce({ engine, images, made, onPull, onOutput, clock, log }: Hands, signal: AbortSignal): Promise<void> {
  const { stages } = await runHelloWorld({ engine, image: images.hello, clock, log, signal, listener: { onStage: () => { }, onPull, onOutput } });
  if (stages.some(({ stage }) => stage === 'pull')) { await made.addPulled((await engine.facts()).id, images.hello); }
}

/** Removes our runs and what else counts as one; never somebody's service whose image is called so. */
export async function removeRuns({ engine }: Hands): Promise<void> {
  await removeAll(engine, (await engine.listContainers()).filter((container) => hasRole('hello-world')(container) || (isHelloWorld(container) && endedWell(container))));
}

export const helloWorld: Step = {
  id: 'hello-world',
  title: () => l10n.t('Run your first container'),
  know: () => l10n.t('What "docker run" does: look for the image, pull it, create a container, attach, start, wait.'),

  check({ connected, containers }) {
    if (!connected) { return noEngine(); }
    const runs = containers.filter(isHelloWorld);
    const well = runs.find(endedWell);
    if (well !== undefined) { return done(l10n.t('The container {0} ran hello-world and ended with exit code 0.', well.name)); }
    const [other] = runs;
    return open(other === undefined ? l10n.t('No container of hello-world exists.') : l10n.t('The container {0} did not end with exit code 0: {1}.', other.name, other.status || other.state));
  },

  hints: (facts) => [
    l10n.t('The smallest image there is prints a greeting and ends. Its container stays, for you to look at.'),
    l10n.t('Use the command "Run hello-world", or "docker run" in a terminal.'),
    `${docker(facts)} run hello-world\n${docker(facts)} ps -a`,
  ],

  solve: runOnce,
  reset: removeRuns,
};
