import * as vscode from 'vscode';
import type { Arrangement } from '../engine/arrangement';
import type { Command, CommandInput } from './command';

/** Groups the containers of the view, as the user chooses. */
export function groupContainers({ arranging }: CommandInput): Command {
  return async () => {
    const groupBy = await choose<Arrangement['groupBy']>(vscode.l10n.t('Group containers'), arranging.arrangement.groupBy, [
      ['none', vscode.l10n.t('Not at all')], ['project', vscode.l10n.t('By Compose project')], ['image', vscode.l10n.t('By image')], ['state', vscode.l10n.t('By state')],
    ]);
    if (groupBy !== undefined) { arranging.arrange({ groupBy }); }
  };
}

/** Sorts them. */
export function sortContainers({ arranging }: CommandInput): Command {
  return async () => {
    const sortBy = await choose<Arrangement['sortBy']>(vscode.l10n.t('Sort containers'), arranging.arrangement.sortBy, [
      ['state', vscode.l10n.t('What runs first, then the newest')], ['name', vscode.l10n.t('By name')], ['created', vscode.l10n.t('The newest first')], ['image', vscode.l10n.t('By image')],
    ]);
    if (sortBy !== undefined) { arranging.arrange({ sortBy }); }
  };
}

/** Shows those that have what is typed in their name, image, state, id or labels; the view follows each key. */
export function filterContainers({ arranging }: CommandInput): Command {
  return () => {
    const before = arranging.arrangement.filter;
    const input = vscode.window.createInputBox();
    input.title = vscode.l10n.t('Filter containers');
    input.prompt = vscode.l10n.t('Words of a name, an image, a state, an id or a label ("com.docker.compose.project=shop"). Empty: all.');
    input.value = before;
    let accepted = false;
    input.onDidChangeValue((filter) => arranging.arrange({ filter: filter.trim() }));
    input.onDidAccept(() => {
      accepted = true;
      input.hide();
    });
    input.onDidHide(() => {
      // Escape means: as it was.
      if (!accepted) { arranging.arrange({ filter: before }); }
      input.dispose();
    });
    input.show();
    return undefined;
  };
}

export function clearFilter({ arranging }: CommandInput): Command {
  return () => {
    arranging.arrange({ filter: '' });
    return undefined;
  };
}

async function choose<T extends string>(title: string, now: T, choices: readonly (readonly [T, string])[]): Promise<T | undefined> {
  const items = choices.map(([choice, label]) => ({ label, choice, ...choice === now && { description: vscode.l10n.t('as it is now') } }));
  return (await vscode.window.showQuickPick(items, { title }))?.choice;
}
