import * as l10n from '@vscode/l10n';
import { type Endpoint, endpointAddress } from '../../engine/endpoint';
import { done, open } from '../states';
import type { Step } from '../step';

/** What this machine calls itself. A socket is always here, if only as the end of somebody's tunnel. */
const ourselves = /^(localhost|127(\.\d{1,3}){3}|::1|0\.0\.0\.0|::)$/i;

function isElsewhere(endpoint: Endpoint): boolean {
  return endpoint.kind !== 'unix' && endpoint.kind !== 'npipe' && !ourselves.test(endpoint.host);
}

export const remoteEngine: Step = {
  id: 'remote-engine',
  optional: true,
  title: () => l10n.t('Use an engine on another machine'),
  know: () => l10n.t('Client and engine need not share a machine: the API goes over ssh or TLS, and the containers run there.'),

  check({ engines }) {
    const remote = engines.find(({ endpoint }) => isElsewhere(endpoint));
    return remote === undefined
      ? open(l10n.t('No engine on another machine is connected.'))
      : done(l10n.t('The engine at {0} answers.', endpointAddress(remote.endpoint)), remote.facts && { [l10n.t('Its machine')]: remote.facts.name, [l10n.t('Its kernel')]: remote.facts.kernelVersion, [l10n.t('Engine')]: remote.facts.version });
  },

  hints: () => [
    l10n.t('An engine\'s address need not be a socket on this machine. How do you reach the other machine already?'),
    l10n.t('Install Docker on another machine that you can log in to with ssh, by key and without a password, and add it with "Add Remote Engine" or as a docker context.'),
    'ssh user@host docker version\ndocker context create remote --docker host=ssh://user@host\ndocker --context remote info',
  ],
};
