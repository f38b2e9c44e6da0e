import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import { listText } from '../base/plainText';
import { type EngineChoice, type FinderInput, listContexts, type StoredContext, wellKnownPlaces } from '../engine/contexts';
import { addressProblem, endpointAddress } from '../engine/endpoint';
import type { Command, CommandInput } from './command';

interface EngineItem extends vscode.QuickPickItem {
  /** undefined: as the docker command chooses. */
  choice?: EngineChoice | undefined;
  /** Asks for the address instead. */
  ask?: true;
}

/** Chooses the engine of this workspace: one of Docker's contexts, a socket that is there, or a typed address. It is remembered. */
export function chooseEngine(input: CommandInput): Command {
  return async () => {
    const items = await engineItems(input.finderInput());
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which Docker engine should this workspace use?'), matchOnDescription: true });
    if (chosen === undefined) { return; }
    const choice = chosen.ask === true ? await askForAddress() : chosen.choice;
    if (chosen.ask === true && choice === undefined) { return; }
    await input.rememberEngine(choice);
    await input.engines.reconsider();
  };
}

async function engineItems(finder: FinderInput): Promise<EngineItem[]> {
  const { choice } = finder;
  const marked = (item: EngineItem): EngineItem => JSON.stringify(item.choice) === JSON.stringify(choice) ? { ...item, label: `$(check) ${item.label}` } : item;
  const [contexts, sockets] = await Promise.all([listContexts(finder), presentSockets(finder)]);
  return [
    marked({ label: vscode.l10n.t('Automatic'), description: vscode.l10n.t('as the docker command chooses: setting, DOCKER_HOST, current context, default'), choice: undefined }),
    ...(contexts.length === 0 ? [] : [{ label: vscode.l10n.t('Docker\'s contexts'), kind: vscode.QuickPickItemKind.Separator }]),
    ...contexts.map((context) => marked(contextItem(context))),
    ...(sockets.length === 0 ? [] : [{ label: vscode.l10n.t('Sockets on this machine'), kind: vscode.QuickPickItemKind.Separator }]),
    ...sockets.map(marked),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: vscode.l10n.t('$(edit) Enter an address…'), ask: true },
  ];
}

function contextItem({ name, endpoint }: StoredContext): EngineItem {
  return {
    label: listText(name), choice: { kind: 'context', name },
    description: endpoint instanceof HumanError ? vscode.l10n.t('cannot be used') : listText(endpointAddress(endpoint)),
    ...(endpoint instanceof HumanError ? { detail: listText(messageOf(endpoint)) } : {}),
  };
}

async function presentSockets(finder: FinderInput): Promise<EngineItem[]> {
  const items = await Promise.all(wellKnownPlaces(finder).map(async ({ endpoint, reason }): Promise<EngineItem[]> => {
    if (endpoint.kind !== 'unix') { return []; }
    const isThere = await access(endpoint.path).then(() => true, () => false);
    const address = endpointAddress(endpoint);
    return isThere ? [{ label: reason, description: address, choice: { kind: 'address', address } }] : [];
  }));
  return items.flat();
}

async function askForAddress(): Promise<EngineChoice | undefined> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of the Docker engine'), placeHolder: 'ssh://user@host', ignoreFocusOut: true,
    prompt: vscode.l10n.t('As in DOCKER_HOST: unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host'),
    validateInput: addressProblem,
  });
  return address === undefined ? undefined : { kind: 'address', address };
}
