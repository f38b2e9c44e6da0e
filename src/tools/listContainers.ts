import * as l10n from '@vscode/l10n';
import { inPercent } from '../base/inPercent';
import type { Engines } from '../engine/engines';
import { answering } from './findContainer';
import type { Tool } from './tool';

/** More would fill the model's context for nothing. */
const most = 500;

/** All containers of every engine that answers. */
export function listContainers(engines: Engines): Tool {
  return {
    ask: () => Promise.resolve({
      title: l10n.t('List containers?'),
      message: l10n.t('Reads the names, images, states, published ports and CPU limits of the containers on every engine that is connected, for the language model. Nothing is changed.'),
      doing: l10n.t('Listing containers'),
    }),
    run: async () => {
      const containers = (await answering(engines)).flatMap(({ name, connection }) => [...connection.containers.containers].map((container) => ({
        engine: name, id: container.id.slice(0, 12), name: container.name, image: container.image, state: container.state, status: container.status,
        ports: container.ports.flatMap(({ hostPort, containerPort, protocol }) => hostPort === undefined ? [] : [`${hostPort}->${containerPort}/${protocol}`]),
        ...container.cpuLimit ? { cpuLimitInPercentOfOneCore: inPercent(container.cpuLimit.cores) } : {},
      })));
      const running = containers.toSorted((a, b) => Number(b.state === 'running') - Number(a.state === 'running'));
      return JSON.stringify({ containers: running.slice(0, most), ...running.length > most ? { leftOut: running.length - most } : {} });
    },
  };
}
