import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import type { Arrangement } from '../engine/arrangement';
import type { Container } from '../engine/containers';

/** A group of containers in the tree. Commands get all that are in it. */
export interface GroupNode {
  engineKey: string;
  group: string;
  containerIds: readonly string[];
}

/** How a group looks, above its containers. */
export function groupItem(group: string, groupBy: Arrangement['groupBy'], containers: readonly Container[]): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(group) || vscode.l10n.t('in no project'), vscode.TreeItemCollapsibleState.Expanded);
  const running = containers.filter(({ state }) => state === 'running').length;
  item.description = running === containers.length ? String(containers.length) : vscode.l10n.t('{0}, {1} running', containers.length, running);
  item.iconPath = new vscode.ThemeIcon({ none: 'list-tree', project: 'multiple-windows', image: 'package', state: 'circle-large-outline' }[groupBy]);
  item.contextValue = 'group';
  item.accessibilityInformation = { label: `${vscode.l10n.t('Group')} ${item.label as string}, ${item.description}` };
  return item;
}
