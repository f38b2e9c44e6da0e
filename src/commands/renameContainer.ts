import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { type Command, type CommandInput, type ContainerTarget, withViewProgress } from './command';
import { pickContainer } from './pickContainer';

/** Docker's own rule for names. */
const name = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Gives a container another name. */
export function renameContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want to rename?'), () => true, vscode.l10n.t('There is no container.'));
    if (picked === undefined) { return; }
    const { container, engine } = picked;
    const taken = new Set([...input.engines.ownerOf(container.id)?.engine.connection.containers.containers ?? []].map((other) => other.name));
    const wanted = await vscode.window.showInputBox({
      title: vscode.l10n.t('Rename {0}', plainText(container.name)), value: container.name,
      validateInput: (value) => {
        if (value === container.name) { return undefined; }
        if (taken.has(value)) { return vscode.l10n.t('Another container has this name.'); }
        return name.test(value) ? undefined : vscode.l10n.t('Letters, digits, "_", "." and "-", two or more, beginning with a letter or a digit');
      },
    });
    if (wanted !== undefined && wanted !== container.name) { await withViewProgress(() => engine.renameContainer(container.id, wanted)); }
  };
}
