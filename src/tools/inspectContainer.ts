import * as l10n from '@vscode/l10n';
import type { Engines } from '../engine/engines';
import { findContainer } from './findContainer';
import { textOf, type Tool } from './tool';

/** All that the engine knows about a container, but for the values of its environment: passwords are given there. */
export function inspectContainer(engines: Engines): Tool {
  return {
    ask: async (input) => {
      const { words } = await findContainer(engines, textOf(input, 'container'));
      return {
        title: l10n.t('Inspect {0}?', words),
        message: l10n.t('The language model gets the whole configuration and state of {0}: its command, mounts, networks and limits. Of its environment it gets the names, not the values. Nothing is changed.', words),
        doing: l10n.t('Inspecting {0}', words),
      };
    },
    run: async (input) => {
      const { container: { id }, engine } = await findContainer(engines, textOf(input, 'container'));
      return JSON.stringify(await engine.inspectRaw('container', id), (key, value: unknown) => key === 'Env' && Array.isArray(value) ? value.map(nameOnly) : value);
    },
  };
}

function nameOnly(entry: unknown): string {
  return `${String(entry).split('=', 1).join('')}=…`;
}
