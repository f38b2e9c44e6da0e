import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText, messageText } from '../base/plainText';
import { configDirOf, listContexts } from '../engine/contexts';
import { removeContext } from '../engine/contextStore';
import { endpointAddress } from '../engine/endpoint';
import type { Command, CommandInput, EngineTarget } from './command';

/** Takes one of Docker's contexts out of the store, after asking. The engine itself goes on. */
export function removeEngine(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const finder = input.finderInput();
    const place = typeof target?.engineKey === 'string' ? input.engines.get(target.engineKey)?.place : undefined;
    const name = place?.kind === 'context' ? place.name : await askForContext(input);
    if (name === undefined) { return; }
    const remove = vscode.l10n.t('Remove');
    const detail = vscode.l10n.t('The docker command will not know it any more either, and its stored certificates go. The engine itself and its containers stay.');
    if (await vscode.window.showWarningMessage(messageText(vscode.l10n.t('Remove Docker\'s context "{0}"?', name)), { modal: true, detail }, remove) !== remove) { return; }
    await removeContext(configDirOf(finder), name);
    if (finder.choice?.kind === 'context' && finder.choice.name === name) { await input.rememberEngine(undefined); }
    await input.engines.reconsider();
  };
}

async function askForContext(input: CommandInput): Promise<string | undefined> {
  const contexts = await listContexts(input.finderInput());
  if (contexts.length === 0) { throw new HumanError(vscode.l10n.t('Docker has no stored context on this machine.')); }
  const items = contexts.map(({ name, endpoint }) => ({ label: listText(name), description: endpoint instanceof HumanError ? '' : listText(endpointAddress(endpoint)), name }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which context should be removed?') }))?.name;
}
