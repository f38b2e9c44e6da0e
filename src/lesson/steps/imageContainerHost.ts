import * as l10n from '@vscode/l10n';
import { createNumbered } from '../../engine/numbered';
import { roleLabel } from '../../engine/ours';
import { docker, labelOption } from '../commandLine';
import type { ChangedTwin, LessonFacts, Twin } from '../facts';
import { containersOf, pullSmallImage, removeAll } from '../hands';
import { madeInside } from '../reads';
import { done, noEngine, open, ordered, unknown } from '../states';
import type { Step } from '../step';

/** They only have to be there. */
const command = ['sleep', '86400'];

/** The twins that exist and were looked into. */
function existing({ twins, containers }: LessonFacts): Twin[] {
  return 'value' in twins ? twins.value.filter(({ id }) => containers.some((container) => container.id === id)) : [];
}

/** A twin that was changed and is gone, and two unchanged ones of its image, of which one was made after the change. */
function proofOf(facts: LessonFacts): { gone: ChangedTwin; anew: Twin; other: Twin } | undefined {
  const twins = existing(facts);
  for (const gone of facts.changedTwins.toReversed()) {
    if (twins.some(({ id }) => id === gone.id) || facts.containers.some(({ id }) => id === gone.id)) { continue; }
    const unchanged = twins.filter(({ imageId, changes }) => imageId === gone.imageId && changes.length === 0);
    const anew = unchanged.find(({ id }) => !gone.beside.includes(id));
    const other = unchanged.find((twin) => twin !== anew);
    if (anew !== undefined && other !== undefined) { return { gone, anew, other }; }
  }
  return undefined;
}

export const imageContainerHost: Step = {
  id: 'image-container-host',
  title: () => l10n.t('Tell image, container and host apart'),
  know: () => l10n.t('An image stays as it is; each container of it has a layer of its own for what it changes, and that layer goes with the container.'),

  check(facts) {
    const { connected, twins } = facts;
    if (!connected) { return noEngine(); }
    if ('why' in twins) { return unknown(twins.why); }
    const proof = proofOf(facts);
    if (proof !== undefined) {
      const { gone, anew, other } = proof;
      return done(l10n.t('{0} had {1} and is gone. {2}, made anew of the same image, is without it, and so is {3}.', gone.name, gone.path, anew.name, other.name),
        { [l10n.t('Image of all three')]: gone.imageId, [l10n.t('Gone with its container')]: gone.path });
    }
    const present = existing(facts);
    const changed = present.find(({ changes }) => changes.length > 0);
    const path = changed?.changes[0]?.path;
    const [first] = present;
    if (changed !== undefined && path !== undefined) {
      const other = present.find(({ imageId, changes }) => imageId === changed.imageId && changes.length === 0);
      return open(other === undefined
        ? l10n.t('{0} has a change ({1}). A second, unchanged container of its image is missing.', changed.name, path)
        : l10n.t('{0} has a change ({1}), {2} of the same image has none. Now remove {0} and make it again.', changed.name, path, other.name));
    }
    if (first === undefined) { return open(l10n.t('There are no two containers of one image to compare yet.')); }
    const pair = present.find((twin) => present.some((other) => other !== twin && other.imageId === twin.imageId));
    return open(pair === undefined
      ? l10n.t('There is one container, {0}. Make another one of the same image.', first.name)
      : l10n.t('Two containers of one image are as the image is. Now make a file in one of them.'));
  },

  hints: (facts) => [
    l10n.t('Where does a file go that a program makes in a container? Into the image, the container, or the machine? Look for it in a second container of the same image, and after the first one was removed.'),
    l10n.t('Make two containers of one image, make a file in one of them with "docker exec", look with "docker diff", remove that container and make it again. The label lets this step see your containers.'),
    ['A', 'B'].map((name) => `${docker(facts)} run -d --name twin-${name} ${labelOption('twin')} busybox sleep 86400`).join('\n')
    + `\n${docker(facts)} exec twin-A touch /changed\n${docker(facts)} diff twin-A\n${docker(facts)} diff twin-B\n${docker(facts)} rm -f twin-A\n`
    + `${docker(facts)} run -d --name twin-A ${labelOption('twin')} busybox sleep 86400\n${docker(facts)} diff twin-A`,
  ],

  async solve(hands, signal) {
    const { engine, notes } = hands;
    const image = await pullSmallImage(hands, signal);
    const before = await containersOf(engine, 'twin');
    const make = async (): Promise<string> => {
      signal.throwIfAborted();
      const { id } = await createNumbered(engine, 'twin', { image, command, labels: { [roleLabel]: 'twin' } });
      await engine.startContainer(id);
      return id;
    };
    try {
      const first = await make();
      await make();
      await engine.exec(first, ['touch', '/changed'], { signal });
      const made = (await containersOf(engine, 'twin')).filter(({ id }) => !before.some((known) => known.id === id));
      // Noted here: the container is gone before its event could be followed.
      notes.noteChangedOf(await Promise.all(made.map(async ({ id, name, imageId }) => ({ id, name, imageId, changes: madeInside(await engine.containerChanges(id)) }))));
      await engine.removeContainer(first, { force: true });
      await make();
    } catch (error) {
      await removeAll(engine, (await containersOf(engine, 'twin')).filter(({ id }) => !before.some((known) => known.id === id)));
      throw error;
    }
  },

  async reset({ engine, notes }) {
    await removeAll(engine, await containersOf(engine, 'twin'));
    notes.forgetChanged();
  },

  question(facts) {
    const proof = proofOf(facts);
    if (proof === undefined) { return undefined; }
    const answer = l10n.t('In that container\'s own layer, and gone with it');
    return {
      prompt: l10n.t('{0} was made in the container {1}. Where was it?', proof.gone.path, proof.gone.name),
      options: ordered(answer, l10n.t('In the image, for each container of it'), l10n.t('On the machine, for each container on it'), l10n.t('In the program\'s memory')),
      answer,
      explanation: l10n.t('{0} and {1} are of the same image and on the same machine, and the engine finds no change in them.', proof.anew.name, proof.other.name),
    };
  },
};
