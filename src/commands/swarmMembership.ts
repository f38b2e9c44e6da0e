import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText, messageText } from '../base/plainText';
import type { Engine } from '../engine/engine';
import type { KnownEngine } from '../engine/engines';
import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';

/** Makes an engine the manager of a swarm of its own. */
export function startSwarm(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { known, engine } = await open(input, target);
    if (known.facts?.swarm !== undefined) { throw new HumanError(vscode.l10n.t('{0} is in a swarm already. Leave it first.', known.name)); }
    const address = await askForAddress(vscode.l10n.t('Start a swarm'));
    if (address === undefined) { return; }
    await engine.swarm.init(address === '' ? undefined : address, {});
    await input.engines.refreshFacts(known);
  };
}

/** Has an engine join, as a worker, a swarm that another of our engines manages. */
export function joinSwarm(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { known, engine } = await open(input, target);
    if (known.facts?.swarm !== undefined) { throw new HumanError(vscode.l10n.t('{0} is in a swarm already. Leave it first.', known.name)); }
    const managers = input.swarms.all.filter((swarm) => swarm.engine !== known);
    if (managers.length === 0) { throw new HumanError(vscode.l10n.t('No other engine that is connected manages a swarm. Add the manager\'s engine, or type on this machine what "docker swarm join-token worker" prints there.')); }
    const picked = managers.length === 1 ? managers[0] : (await vscode.window.showQuickPick(managers.map((swarm) => ({ label: listText(swarm.engine.name), swarm })), { placeHolder: vscode.l10n.t('Whose swarm?') }))?.swarm;
    const manager = picked?.engine;
    const remote = manager?.facts?.swarm?.managerAddresses[0];
    if (manager === undefined || remote === undefined) { return; }
    const address = await askForAddress(vscode.l10n.t('Join a swarm'));
    if (address === undefined) { return; }
    const { workerToken } = await (await manager.connection.engine()).swarm.about();
    await engine.swarm.join(remote, workerToken, address === '' ? undefined : address);
    await input.engines.refreshFacts(known);
  };
}

/** Takes an engine out of its swarm, after asking. */
export function leaveSwarm(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { known, engine } = await open(input, target);
    const membership = known.facts?.swarm;
    if (membership === undefined) { throw new HumanError(vscode.l10n.t('{0} is in no swarm.', known.name)); }
    const leave = vscode.l10n.t('Leave');
    const detail = membership.isManager
      ? vscode.l10n.t('It is a manager: its tasks end, and with the last manager the swarm and all its services are gone. Containers of no service stay.')
      : vscode.l10n.t('Its tasks end, and the swarm starts others elsewhere. Containers of no service stay.');
    if (await vscode.window.showWarningMessage(messageText(vscode.l10n.t('Take {0} out of its swarm?', known.name)), { modal: true, detail }, leave) !== leave) { return; }
    await engine.swarm.leave(membership.isManager);
    await input.engines.refreshFacts(known);
  };
}

async function open(input: CommandInput, target: EngineTarget | undefined): Promise<{ known: KnownEngine; engine: Engine }> {
  const known = await engineFor(input, target);
  return { known, engine: await known.connection.engine() };
}

/** @returns '' where Docker shall find it by itself; undefined when the user gave up */
async function askForAddress(title: string): Promise<string | undefined> {
  return (await vscode.window.showInputBox({
    title, prompt: vscode.l10n.t('The address by which the other machines reach this engine\'s. Empty: Docker finds it by itself, where the machine has only one.'), placeHolder: '192.168.1.10',
    validateInput: (value) => /^[\w.:-]*$/.test(value.trim()) ? undefined : vscode.l10n.t('An IP address or the name of a network interface'),
  }))?.trim();
}
