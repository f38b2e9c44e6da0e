import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { listText } from '../base/plainText';
import { cleanUp as clean, type CleanUpResult, findLeftovers, type Leftovers } from '../engine/cleanUp';
import { standInImage } from '../engine/ours';
import { type Command, type CommandInput, engineFor, type EngineTarget, withCancellableProgress } from './command';

interface LeftoverItem extends vscode.QuickPickItem {
  containerId?: string;
  serviceId?: string;
  /** The swarm itself. */
  swarm?: true;
  tag?: string;
}

/** Shows what we made on the engine and removes what the user agrees to. */
export function cleanUp(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const engine = await (await engineFor(input, target)).connection.engine();
    const { id: engineId } = await engine.facts();
    const found = await findLeftovers(engine, input.made.pulled(engineId));
    if (found.containers.length === 0 && found.images.length === 0 && found.services.length === 0 && !found.swarm) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to clean up: Hello Containers has no container and no image on this engine.'));
      return;
    }
    const chosen = await choose(found);
    if (chosen === undefined) { return; }
    const result = await withCancellableProgress(vscode.l10n.t('Clean up'), (report, signal) => clean(engine, chosen, (name) => report(name), signal));
    await input.made.forgetPulled(engineId, chosen.images.filter((tag) => !result.failures.some(({ name }) => name === tag)));
    summarize(result);
  };
}

async function choose(found: Leftovers): Promise<Leftovers | undefined> {
  const inSwarm: LeftoverItem[] = [
    { label: vscode.l10n.t('Services and the swarm'), kind: vscode.QuickPickItemKind.Separator },
    ...found.services.map(({ id, name }) => ({ label: listText(name), description: vscode.l10n.t('a service, with its tasks'), picked: true, serviceId: id })),
    ...found.swarm ? [{ label: vscode.l10n.t('The swarm itself'), description: vscode.l10n.t('started for the lesson; the engine leaves it'), picked: true, swarm: true as const }] : [],
  ];
  const items: LeftoverItem[] = [
    ...inSwarm.length > 1 ? inSwarm : [],
    { label: vscode.l10n.t('Containers'), kind: vscode.QuickPickItemKind.Separator },
    ...found.containers.map(({ id, name, image, status }) => ({ label: listText(name), description: `${listText(image)} · ${listText(status)}`, picked: true, containerId: id })),
    { label: vscode.l10n.t('Images'), kind: vscode.QuickPickItemKind.Separator },
    ...found.images.map((tag) => ({ label: listText(tag), description: tag === standInImage ? vscode.l10n.t('the bundled stand-in') : vscode.l10n.t('pulled by Hello Containers'), picked: true, tag })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true, title: vscode.l10n.t('Clean up: what Hello Containers made'), placeHolder: vscode.l10n.t('What is checked is removed, running containers too'),
  });
  if (chosen === undefined || chosen.length === 0) { return undefined; }
  return {
    services: found.services.filter(({ id }) => chosen.some(({ serviceId }) => serviceId === id)),
    swarm: chosen.some(({ swarm }) => swarm === true),
    containers: found.containers.filter(({ id }) => chosen.some(({ containerId }) => containerId === id)),
    images: found.images.filter((image) => chosen.some(({ tag }) => tag === image)),
  };
}

function summarize({ removed, failures }: CleanUpResult): void {
  if (failures.length > 0) {
    throw new HumanError(vscode.l10n.t('Removed {0}, but not: {1}', removed, failures.map(({ name, reason }) => `${name} (${reason})`).join('; ')));
  }
  void vscode.window.showInformationMessage(vscode.l10n.t('Cleaned up. Removed: {0}.', removed));
}
