import * as l10n from '@vscode/l10n';
import { roleLabel } from '../../engine/ours';
import { createNumbered } from '../../engine/numbered';
import { isRemoved } from '../../engine/removal';
import { endedWell, hasRole, isKernelProof } from '../candidates';
import { docker, labelOption } from '../commandLine';
import { engineOf, type KernelProof, type LessonFacts } from '../facts';
import { pullSmallImage, removeAll } from '../hands';
import { done, noEngine, open, ordered, rounded, unknown } from '../states';
import type { Step } from '../step';

/** The proofs whose containers still exist; those whose kernel is the engine's first. */
function proofsOf({ kernelProofs, containers }: LessonFacts, kernel: string): KernelProof[] {
  if (!('value' in kernelProofs)) { return []; }
  return kernelProofs.value.filter(({ id }) => containers.some((container) => container.id === id)).sort((a, b) => Number(b.kernel === kernel) - Number(a.kernel === kernel));
}

export const containersAndVms: Step = {
  id: 'containers-and-vms',
  title: () => l10n.t('See what a container shares'),
  know: () => l10n.t('Why a container starts in a fraction of a second and takes megabytes: it brings no kernel, but uses that of its machine.'),

  check(facts) {
    const engine = engineOf(facts);
    if (engine === undefined) { return noEngine(); }
    if ('why' in facts.kernelProofs) { return unknown(facts.kernelProofs.why); }
    const { kernelVersion } = engine.facts;
    const [proof] = proofsOf(facts, kernelVersion);
    if (proof === undefined) { return open(l10n.t('No container has told its kernel\'s version yet (uname -r).')); }
    const evidence = {
      [l10n.t('Kernel inside')]: proof.kernel, [l10n.t('Kernel of the engine\'s machine')]: kernelVersion,
      ...(proof.imageBytes === undefined ? {} : { [l10n.t('Image')]: l10n.t('{0} ({1} MB)', proof.image, rounded(proof.imageBytes / 1e6)) }),
      // The engine notes the start after it happened: a program that ends at once may seem to end before.
      ...(proof.millis === undefined ? {} : { [l10n.t('From start to exit')]: proof.millis < 1 ? l10n.t('less than 1 ms') : l10n.t('{0} ms', Math.round(proof.millis)) }),
    };
    return proof.kernel === kernelVersion
      ? done(l10n.t('The container {0} runs on the kernel {1}, as its machine does: it brought none.', proof.name, kernelVersion), evidence)
      : open(l10n.t('The container {0} printed "{1}", and the engine\'s machine has the kernel {2}.', proof.name, proof.kernel, kernelVersion), evidence);
  },

  hints: (facts) => [
    l10n.t('A virtual machine boots a kernel of its own. Which one does a container run on? Ask from inside.'),
    l10n.t('"uname -r" prints the version of the kernel that a program runs on. Run it in a container of any image, and compare it with the engine\'s machine.'),
    `${docker(facts)} run ${labelOption('kernel-proof')} busybox uname -r\n${docker(facts)} info --format '{{.KernelVersion}}'`,
  ],

  async solve(hands, signal) {
    const { engine } = hands;
    const image = await pullSmallImage(hands, signal);
    const { id } = await createNumbered(engine, 'kernel-proof', { image, command: ['uname', '-r'], labels: { [roleLabel]: 'kernel-proof' } });
    try {
      signal.throwIfAborted();
      await engine.startContainer(id);
      await engine.waitContainer(id, signal);
    } catch (error) {
      await isRemoved(engine.removeContainer(id, { force: true }));
      throw error;
    }
  },

  async reset({ engine }) {
    await removeAll(engine, (await engine.listContainers()).filter((container) => hasRole('kernel-proof')(container) || (isKernelProof(container) && endedWell(container))));
  },

  question(facts) {
    const kernelVersion = engineOf(facts)?.facts.kernelVersion;
    const [proof] = kernelVersion === undefined ? [] : proofsOf(facts, kernelVersion);
    if (kernelVersion === undefined || proof?.kernel !== kernelVersion) { return undefined; }
    const answer = l10n.t('The kernel');
    return {
      prompt: l10n.t('Which of these do two containers on one machine share?'),
      options: ordered(answer, l10n.t('Their files'), l10n.t('Their host name'), l10n.t('The numbers of their processes')),
      answer,
      explanation: l10n.t('The kernel: {0} said {1} inside, and the engine\'s machine runs {2}. Files come from the image, host name and process numbers from namespaces of the container\'s own.', proof.name, proof.kernel, kernelVersion),
    };
  },
};
