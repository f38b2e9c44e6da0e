import * as vscode from 'vscode';
import { inPercent } from '../base/inPercent';
import { plainText } from '../base/plainText';
import type { SwarmNode, SwarmService, SwarmState, SwarmTask } from '../engine/swarm/swarm';
import { hasEnded, runningOf } from '../engine/swarm/swarmModel';

/* How a swarm's rows look. What the swarm's own words are is shown in its own words: "ready", "drain", "running". */

export function nodeItem(node: SwarmNode): vscode.TreeItem {
  const { hostname, role, isLeader, availability, state, message, address } = node;
  const isReady = state === 'ready';
  const item = new vscode.TreeItem(plainText(hostname || node.id));
  item.description = plainText([isLeader ? vscode.l10n.t('{0}, leader', role) : role, ...availability === 'active' ? [] : [availability], state].join(' · '));
  item.iconPath = new vscode.ThemeIcon(isReady ? availability === 'active' ? 'vm-active' : 'vm-outline' : 'warning', isReady ? undefined : new vscode.ThemeColor('problemsWarningIcon.foreground'));
  item.contextValue = ['node', availability, state].join('.');
  item.tooltip = lines(hostname, address, message);
  return item;
}

export function serviceItem(state: SwarmState, service: SwarmService): vscode.TreeItem {
  const { id, name, image, replicas, nanoCpus, update } = service;
  const running = runningOf(state, id);
  const item = new vscode.TreeItem(plainText(name), vscode.TreeItemCollapsibleState.Expanded);
  const tasks = replicas === undefined ? vscode.l10n.t('{0} running', running) : vscode.l10n.t('{0} of {1} running', running, replicas);
  const limit = nanoCpus > 0 ? [vscode.l10n.t('{0} % of a core each', inPercent(nanoCpus / 1e9))] : [];
  const updating = update.state === '' || update.state === 'completed' ? [] : [update.state];
  item.description = plainText([tasks, ...limit, ...updating, image].join(' · '));
  item.iconPath = new vscode.ThemeIcon(updating.includes('updating') ? 'sync~spin' : 'layers');
  item.contextValue = ['service', replicas === undefined ? 'fixed' : 'replicated', ...nanoCpus > 0 ? ['limited'] : []].join('.');
  item.tooltip = lines(name, image, update.message);
  return item;
}

export function taskItem(state: SwarmState, task: SwarmTask): vscode.TreeItem {
  const { id, slot, nodeId, state: now, desiredState, error } = task;
  const service = state.services.find((one) => one.id === task.serviceId)?.name ?? '';
  const node = state.nodes.find((one) => one.id === nodeId);
  const hostname = nodeId === '' ? vscode.l10n.t('on no node yet') : node?.hostname ?? nodeId;
  const item = new vscode.TreeItem(plainText(`${service}.${slot === 0 ? hostname : slot}`));
  // On a node that is not heard from a task goes on being called "running": that is the last that is known of it.
  const seen = node !== undefined && node.state !== 'ready' && !hasEnded(task) ? vscode.l10n.t('{0} when its node was last heard from', now) : now;
  item.description = plainText([hostname, seen, ...desiredState === now || hasEnded(task) ? [] : [vscode.l10n.t('to become {0}', desiredState)], error].filter((part) => part !== '').join(' · '));
  item.iconPath = new vscode.ThemeIcon(hasEnded(task) ? now === 'failed' || now === 'rejected' ? 'error' : 'circle-slash' : now === 'running' ? 'play-circle' : 'loading~spin');
  item.contextValue = hasEnded(task) ? 'task.ended' : 'task';
  item.tooltip = lines(id, `${now} (${new Date(task.stateSince).toLocaleTimeString()})`, error, task.containerId.slice(0, 12));
  return item;
}

/** A plain text: the engine's words are no Markdown. */
function lines(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').map((text) => plainText(text)).join('\n');
}
