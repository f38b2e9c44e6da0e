import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { configDirOf, listContexts } from '../engine/contexts';
import { removeContext } from '../engine/contextStore';
import { endpointAddress } from '../engine/endpoint';
import type { Command, CommandInput } from './command';

/** Takes one of Docker's contexts out of the store, after asking. The engine itself goes on. */
export function removeEngine(input: CommandInput): Command {
  return async () => {
    const finder = input.finderInput();
    const items = (await listContexts(finder)).map(({ name, endpoint }) => ({ label: name, description: endpoint instanceof HumanError ? '' : endpointAddress(endpoint) }));
    if (items.length === 0) { throw new HumanError(vscode.l10n.t('Docker has no stored context on this machine.')); }
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which context should be removed?') });
    if (chosen === undefined) { return; }
    const remove = vscode.l10n.t('Remove');
    const detail = vscode.l10n.t('The docker command will not know it any more either, and its stored certificates go. The engine itself and its containers stay.');
    if (await vscode.window.showWarningMessage(vscode.l10n.t('Remove Docker\'s context "{0}"?', chosen.label), { modal: true, detail }, remove) !== remove) { return; }
    await removeContext(configDirOf(finder), chosen.label);
    if (finder.choice?.kind === 'context' && finder.choice.name === chosen.label) { await input.rememberEngine(undefined); }
    await input.connection.reconsider();
  };
}
