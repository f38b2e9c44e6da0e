import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { plainText } from '../base/plainText';
import { endpointAddress } from '../engine/endpoint';
import type { EngineFacts } from '../engine/engine';
import type { KnownEngine } from '../engine/engines';

/** One engine in the tree. What commands get is its key. */
export interface EngineNode {
  engineKey: string;
}

/** How an engine looks in the tree, above its containers. */
export function engineItem(engine: KnownEngine, used: boolean): vscode.TreeItem {
  const { state } = engine.connection;
  const isOpen = state.kind === 'connected';
  const item = new vscode.TreeItem(plainText(engine.name), isOpen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
  // VS Code keeps what was opened and closed by this id: an engine that comes back is shown open.
  item.id = `${engine.key} ${isOpen ? 'open' : 'closed'}`;
  item.description = [...(used ? [vscode.l10n.t('used')] : []), stateWords(engine)].join(' · ');
  item.iconPath = icon(engine);
  item.contextValue = ['engine', engine.place.kind, isOpen ? 'connected' : 'closed', ...(used ? ['used'] : [])].join('.');
  item.accessibilityInformation = { label: `${vscode.l10n.t('Docker engine')} ${item.label as string}, ${item.description}` };
  return item;
}

/** What `docker version` and `docker info` say of an engine, or why it cannot be asked. */
export function engineTooltip({ connection: { state }, facts }: KnownEngine): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (text: string): void => {
    tooltip.appendText(plainText(text));
    tooltip.appendMarkdown('\n\n');
  };
  if (state.kind === 'connected') {
    line(vscode.l10n.t('{0} (found by: {1})', endpointAddress(state.candidate.endpoint), state.candidate.reason));
    for (const text of facts === undefined ? [] : factsLines(facts)) { line(text); }
  } else if (state.kind !== 'idle') {
    for (const { candidate, error } of state.attempts) { line(`${candidate === undefined ? '' : `${endpointAddress(candidate.endpoint)}: `}${messageOf(error)}`); }
  }
  return tooltip;
}

/** What an engine is and is made of, a line each. */
export function factsLines(facts: EngineFacts): string[] {
  return [
    vscode.l10n.t('Engine {0}, API {1}', facts.version, facts.apiVersion),
    vscode.l10n.t('On {0}: {1}, kernel {2}, {3}, CPUs: {4}', facts.name, facts.operatingSystem, facts.kernelVersion, facts.architecture, facts.cpus),
    ...facts.components.map(({ name, version }) => `${name} ${version}`),
    vscode.l10n.t('cgroup v{0}, driver {1}; storage driver {2}', facts.cgroupVersion, facts.cgroupDriver, facts.storageDriver),
  ];
}

function stateWords({ connection: { state }, facts }: KnownEngine): string {
  switch (state.kind) {
    case 'idle': return '';
    case 'connecting': return state.attempts.length > 0 ? vscode.l10n.t('not reached') : vscode.l10n.t('connecting…');
    case 'connected': return [plainText(endpointAddress(state.candidate.endpoint)), ...(facts === undefined ? [] : [plainText(facts.version, 40)])].join(' · ');
    case 'failed': return vscode.l10n.t('not reached');
  }
}

function icon({ connection: { state } }: KnownEngine): vscode.ThemeIcon {
  switch (state.kind) {
    case 'connected': return new vscode.ThemeIcon('server', new vscode.ThemeColor('charts.green'));
    case 'failed': return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    case 'idle':
    case 'connecting': return state.kind === 'connecting' && state.attempts.length > 0
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon('loading~spin');
  }
}
