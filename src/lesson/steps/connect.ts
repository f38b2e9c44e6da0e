import * as l10n from '@vscode/l10n';
import { endpointAddress } from '../../engine/endpoint';
import { docker } from '../commandLine';
import { engineOf } from '../facts';
import { done, open } from '../states';
import type { Step } from '../step';

export const connect: Step = {
  id: 'connect',
  title: () => l10n.t('Connect to a Docker engine'),
  know: () => l10n.t('Where your engine is, and that an API is all there is between it and you.'),
  check(facts) {
    const engine = engineOf(facts);
    if (!facts.connected) { return open(l10n.t('No Docker engine answers yet.')); }
    return done(l10n.t('A Docker engine answers.'), engine && {
      [l10n.t('Address')]: endpointAddress(engine.endpoint), [l10n.t('Engine')]: engine.facts.version, [l10n.t('API')]: engine.facts.apiVersion,
    });
  },
  hints: (facts) => [
    l10n.t('The engine is a program that runs all the time and listens at an address. Is it running, and may you use its address?'),
    l10n.t('Diagnose the engine from the Containers view: it walks the way from the address to the engine\'s answer and says which link is broken and what mends it.'),
    `sudo systemctl start docker\nsudo usermod -aG docker $USER\n${docker(facts)} version`,
  ],
};
