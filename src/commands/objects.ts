import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import { listText, messageText, plainText } from '../base/plainText';
import type { Engine, InspectKind } from '../engine/engine';
import { isImageName } from '../engine/imageName';
import { ProgressBar, pull } from '../engine/pull';
import { isRemoved } from '../engine/removal';
import { type Command, type CommandInput, engineFor, type EngineTarget, withCancellableProgress, withViewProgress } from './command';
import { pullMessage } from './pullMessage';

/** A row of the views of images, volumes and networks. */
export interface ObjectTarget extends EngineTarget {
  kind?: InspectKind;
  reference?: string;
  name?: string;
}

async function openEngine(input: CommandInput, target: EngineTarget | undefined): Promise<Engine> {
  return (await engineFor(input, target)).connection.engine();
}

/** Pulls an image that the user names. */
export function pullImage(input: CommandInput): Command {
  return async (target?: ObjectTarget) => {
    const engine = await openEngine(input, target);
    // From an image's row: that one, again.
    const wanted = target?.kind === 'image' ? target.reference : await vscode.window.showInputBox({
      title: vscode.l10n.t('Pull an image'), prompt: vscode.l10n.t('Its name, with a tag or without one (then :latest), and with its registry where it is not Docker Hub\'s'), placeHolder: 'busybox:latest',
      validateInput: (value) => isImageName(value.trim()) ? undefined : vscode.l10n.t('A name such as busybox, python:3-alpine or localhost:5000/team/app:1'),
    });
    const reference = wanted?.trim();
    if (reference === undefined || reference === '') { return; }
    await withCancellableProgress(vscode.l10n.t('Pull {0}', plainText(reference)), (report, signal) => {
      const bar = new ProgressBar();
      return pull(engine, reference, (progress) => report(pullMessage(reference, progress), bar.increment(progress)), signal);
    });
    void vscode.window.showInformationMessage(messageText(vscode.l10n.t('{0} is here.', reference)));
  };
}

/** Gives an image one more name. */
export function tagImage(input: CommandInput): Command {
  return async (target?: ObjectTarget) => {
    if (target?.reference === undefined) { return; }
    const engine = await openEngine(input, target);
    const tag = await vscode.window.showInputBox({
      title: vscode.l10n.t('Tag {0}', plainText(target.name ?? target.reference)), prompt: vscode.l10n.t('One more name for the same image; no tag means :latest'), value: target.kind === 'image' && target.name === target.reference ? target.name : '',
      validateInput: (value) => isImageName(value.trim()) ? undefined : vscode.l10n.t('A name such as busybox, python:3-alpine or localhost:5000/team/app:1'),
    });
    const { reference } = target;
    if (tag !== undefined) { await withViewProgress(() => engine.tagImage(reference, tag.trim())); }
  };
}

/** Shows what made an image, layer by layer, with the size of each. */
export function showLayers(input: CommandInput): Command {
  return async (target?: ObjectTarget) => {
    if (target?.reference === undefined) { return; }
    const engine = await openEngine(input, target);
    const history = await engine.imageHistory(target.reference);
    const items = history.map(({ createdBy, sizeBytes }, index) => ({
      label: listText(plainText(createdBy.replace(/^\/bin\/sh -c (#\(nop\) *)?/, '').replace(/\s+/g, ' ').trim() || vscode.l10n.t('(not told)'), 120)),
      description: sizeBytes === 0 ? vscode.l10n.t('no files') : vscode.l10n.t('{0} MB', (sizeBytes / 1e6).toFixed(sizeBytes < 1e5 ? 3 : 1)), detail: vscode.l10n.t('step {0}', history.length - index), createdBy,
    }));
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Layers of {0}', plainText(target.name ?? target.reference)), placeHolder: vscode.l10n.t('The newest first. Enter copies the step.'), matchOnDescription: true });
    if (chosen !== undefined) { await vscode.env.clipboard.writeText(chosen.createdBy); }
  };
}

/** Removes a tag, a volume or a network, after asking. What is in use the engine keeps, and says so. */
export function removeObject(input: CommandInput): Command {
  return async (target?: ObjectTarget) => {
    if (target?.reference === undefined || target.kind === undefined || target.kind === 'container') { return; }
    const { kind, reference, name = reference } = target;
    const engine = await openEngine(input, target);
    const { question, detail, remove } = removal(kind, plainText(name));
    const button = vscode.l10n.t('Remove');
    if (await vscode.window.showWarningMessage(question, { modal: true, detail }, button) !== button) { return; }
    try {
      await withViewProgress(() => isRemoved(remove(engine, reference)));
    } catch (error) {
      throw new HumanError(vscode.l10n.t('{0} was not removed. {1}', name, messageOf(error)), { cause: error });
    }
  };
}

function removal(kind: Exclude<InspectKind, 'container'>, name: string): { question: string; detail: string; remove(engine: Engine, reference: string): Promise<void> } {
  switch (kind) {
    case 'image': return { question: vscode.l10n.t('Remove the image {0}?', name), detail: vscode.l10n.t('With its last tag the image itself goes. It can be pulled again from where it came.'), remove: (engine, reference) => engine.removeImage(reference) };
    case 'volume': return { question: vscode.l10n.t('Remove the volume {0}?', name), detail: vscode.l10n.t('All that is in it is lost. This cannot be undone.'), remove: (engine, reference) => engine.removeVolume(reference) };
    case 'network': return { question: vscode.l10n.t('Remove the network {0}?', name), detail: vscode.l10n.t('Containers that are made for it later have to have it made again.'), remove: (engine, reference) => engine.removeNetwork(reference) };
  }
}
