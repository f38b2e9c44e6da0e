import * as vscode from 'vscode';
import { messageText } from '../base/plainText';
import { type Command, type CommandInput } from './command';
import { chooseNode, type SwarmTarget } from './swarmRows';

/** Takes all tasks off a node, after asking: the swarm starts others elsewhere. */
export function drainNode(input: CommandInput): Command {
  return async (target?: SwarmTarget) => {
    const chosen = await chooseNode(input, target, ({ availability }) => availability !== 'drain');
    if (chosen === undefined) { return; }
    const drain = vscode.l10n.t('Drain');
    const detail = vscode.l10n.t('Its tasks end, and the swarm starts others on the remaining nodes. It gets no more until it is activated again; containers of no service stay.');
    if (await vscode.window.showWarningMessage(messageText(vscode.l10n.t('Drain the node {0}?', chosen.one.hostname)), { modal: true, detail }, drain) !== drain) { return; }
    await chosen.api.setAvailability(chosen.one.id, 'drain');
  };
}

/** Lets a node have tasks again, after asking. The tasks that run elsewhere stay where they are. */
export function activateNode(input: CommandInput): Command {
  return async (target?: SwarmTarget) => {
    const chosen = await chooseNode(input, target, ({ availability }) => availability !== 'active');
    if (chosen === undefined) { return; }
    const activate = vscode.l10n.t('Activate');
    const detail = vscode.l10n.t('The swarm may start tasks there again. Those that run elsewhere stay where they are.');
    if (await vscode.window.showInformationMessage(messageText(vscode.l10n.t('Activate the node {0}?', chosen.one.hostname)), { modal: true, detail }, activate) !== activate) { return; }
    await chosen.api.setAvailability(chosen.one.id, 'active');
  };
}
