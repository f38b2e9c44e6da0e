import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText } from '../base/plainText';
import type { SwarmApi, SwarmNode, SwarmService } from '../engine/swarm/swarm';
import type { ManagedSwarm } from '../engine/swarm/swarms';
import type { CommandInput, EngineTarget } from './command';

/** What a command of a swarm is given: a row of its view, or nothing from the palette. */
export interface SwarmTarget extends EngineTarget {
  kind?: unknown;
  id?: unknown;
}

/** One service or node, and its swarm. */
export interface Chosen<T> {
  swarm: ManagedSwarm;
  api: SwarmApi;
  one: T;
}

/** The service of a row, or the one that the user picks; undefined when they pick none. */
export function chooseService(input: CommandInput, target: SwarmTarget | undefined, fits: (service: SwarmService) => boolean = () => true): Promise<Chosen<SwarmService> | undefined> {
  return choose(input, target, ({ model }) => model.state?.services.filter(fits) ?? [], ({ name, image }) => ({ label: listText(name), description: listText(image) }), vscode.l10n.t('Which service?'));
}

/** The node of a row, or the one that the user picks; undefined when they pick none. */
export function chooseNode(input: CommandInput, target: SwarmTarget | undefined, fits: (node: SwarmNode) => boolean): Promise<Chosen<SwarmNode> | undefined> {
  return choose(input, target, ({ model }) => model.state?.nodes.filter(fits) ?? [], ({ hostname, role }) => ({ label: listText(hostname), description: role }), vscode.l10n.t('Which node?'));
}

async function choose<T extends { id: string }>(
  { swarms }: CommandInput, target: SwarmTarget | undefined, list: (swarm: ManagedSwarm) => readonly T[], item: (one: T) => vscode.QuickPickItem, question: string,
): Promise<Chosen<T> | undefined> {
  const all = swarms.all.flatMap((swarm) => {
    const { state } = swarm.engine.connection;
    return state.kind === 'connected' ? list(swarm).map((one) => ({ swarm, api: state.engine.swarm, one })) : [];
  });
  if (typeof target?.id === 'string') { return all.find(({ swarm, one }) => swarm.engine.key === target.engineKey && one.id === target.id); }
  if (all.length === 0) { throw new HumanError(vscode.l10n.t('No engine that manages a swarm has one. Start a swarm, and a service in it, first.')); }
  return (await vscode.window.showQuickPick(all.map((chosen) => ({ ...item(chosen.one), chosen })), { placeHolder: question }))?.chosen;
}
