import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { typedLines } from '../base/typedLine';
import { NotFound } from '../engine/errors';
import { runLine } from '../engine/runLine';
import type { Command, CommandInput, ContainerTarget } from './command';
import { anyContainer, type Picked, pickContainers } from './pickContainer';

/** A command that puts a text about containers on the clipboard, a line for each. */
function copyFrom(input: CommandInput, textOf: (picked: Picked) => Promise<string>): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const picked = await pickContainers(input, target, selection, anyContainer(vscode.l10n.t('Which container do you mean?')));
    if (picked.length === 0) { return; }
    // Pasted into a terminal, most of all.
    const lines = typedLines((await Promise.all(picked.map(textOf))).flatMap((text) => text.split('\n')));
    await vscode.env.clipboard.writeText(lines.join('\n'));
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', plainText(lines.join(', '), 80)), 5_000);
  };
}

export const copyContainerId = (input: CommandInput): Command => copyFrom(input, ({ container }) => Promise.resolve(container.id));

export const copyContainerName = (input: CommandInput): Command => copyFrom(input, ({ container }) => Promise.resolve(container.name));

/** The `docker run` line that would make the container again. */
export const copyRunLine = (input: CommandInput): Command => copyFrom(input, async ({ container: { id, imageId }, engine }) => {
  const [container, image, { cgroupVersion }] = await Promise.all([
    engine.inspectRaw('container', id),
    // Without its image nothing is known to be the image's own: everything is said.
    engine.inspectRaw('image', imageId).catch((error: unknown) => { if (error instanceof NotFound) { return undefined; } throw error; }),
    engine.facts(),
  ]);
  return runLine(container, image, cgroupVersion);
});
