import * as l10n from '@vscode/l10n';
import { endpointAddress } from '../../engine/endpoint';
import { done, open, partsOf } from '../states';
import type { Step } from '../step';

/** Podman names itself among the parts of its version. */
const podman = /^podman/i;

export const otherRuntime: Step = {
  id: 'other-runtime',
  optional: true,
  title: () => l10n.t('Do it without Docker'),
  know: () => l10n.t('Containers are not Docker\'s alone: another runtime with the same API runs the same images.'),

  check({ engines }) {
    for (const { endpoint, facts } of engines) {
      const itself = facts?.components.find(({ name }) => podman.test(name));
      if (facts !== undefined && itself !== undefined) {
        return done(l10n.t('The engine at {0} says that it is {1} {2}.', endpointAddress(endpoint), itself.name, itself.version), partsOf(facts));
      }
    }
    return open(l10n.t('No connected engine says that it is Podman.'));
  },

  hints: () => [
    l10n.t('What this extension talks to is an API, and Docker is not the only one who has it.'),
    l10n.t('Install Podman, let it serve Docker\'s API at a socket, and add that socket as an engine.'),
    'sudo apt install podman\nsystemctl --user enable --now podman.socket\ndocker context create podman --docker host=unix://$XDG_RUNTIME_DIR/podman/podman.sock',
  ],
};
