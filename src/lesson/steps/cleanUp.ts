import * as l10n from '@vscode/l10n';
import { HumanError } from '../../base/errors';
import { cleanUp as clean, findLeftovers } from '../../engine/cleanUp';
import { isLessonSwarm, roleLabel, roleOf } from '../../engine/ours';
import { docker } from '../commandLine';
import { done, noEngine, open } from '../states';
import type { Step } from '../step';

/** Something could not be removed. */
class NotClean extends HumanError {
  constructor(failures: readonly { name: string; reason: string }[]) {
    super(l10n.t('Not everything could be removed: {0}', failures.map(({ name, reason }) => `${name} (${reason})`).join('; ')));
  }
}

export const cleanUp: Step = {
  id: 'clean-up',
  title: () => l10n.t('Clean up'),
  know: () => l10n.t('What stays of a container after its end, how it is found, and how it goes.'),

  check({ connected, containers, swarm, madeSomething }) {
    if (!connected) { return noEngine(); }
    const ours = containers.filter(({ labels }) => roleOf(labels) !== undefined);
    if (ours.length > 0) { return open(l10n.t('Containers of the lesson still exist: {0}.', ours.map(({ name }) => name).join(', '))); }
    const services = (swarm?.services ?? []).filter(({ labels }) => isLessonSwarm(labels));
    if (services.length > 0) { return open(l10n.t('Services of the lesson still exist: {0}.', services.map(({ name }) => name).join(', '))); }
    return madeSomething ? done(l10n.t('The engine has no container of the lesson any more.')) : open(l10n.t('Nothing was made yet that could be cleaned up.'));
  },

  hints: (facts) => [
    l10n.t('A container that has ended is still there, with its log and its layer. How would you find all that the lesson made?'),
    l10n.t('Every container of the lesson has a label. Use the command "Clean Up", or list by the label and remove what is listed.'),
    `${docker(facts)} ps -a --filter label=${roleLabel}\n${docker(facts)} rm -f $(${docker(facts)} ps -aq --filter label=${roleLabel})`,
  ],

  async solve({ engine, made }, signal) {
    const { id } = await engine.facts(signal);
    const found = await findLeftovers(engine, made.pulled(id));
    const { failures } = await clean(engine, found, () => { }, signal);
    await made.forgetPulled(id, found.images.filter((tag) => !failures.some(({ name }) => name === tag)));
    if (failures.length > 0) { throw new NotClean(failures); }
  },

  reset({ notes }) {
    notes.forgetMade();
    return Promise.resolve();
  },
};
