import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { messageText, plainText } from '../base/plainText';
import { tasksOf } from '../engine/swarm/swarmModel';
import type { ManagedSwarm, Swarms } from '../engine/swarm/swarms';
import { nodeItem, serviceItem, taskItem } from './swarmItems';

/** A row of the swarm view: what commands get. */
export interface SwarmNodeRow {
  engineKey: string;
  kind: 'swarm' | 'nodes' | 'services' | 'node' | 'service' | 'task';
  /** Of the node, service or task. */
  id: string;
}

/** Milliseconds between two drawings: a rolling update changes tasks by the dozen. */
const apartMillis = 250;

/** The nodes, services and tasks of the swarms that our engines manage. It is there only while there is one. */
export class SwarmView implements vscode.TreeDataProvider<SwarmNodeRow>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<SwarmNodeRow>;
  private readonly subscriptions: { dispose(): void }[];
  private timer: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.treeChanged.event;

  constructor(private readonly swarms: Swarms) {
    this.view = vscode.window.createTreeView('helloContainers.swarm', { treeDataProvider: this, showCollapseAll: false });
    this.subscriptions = [
      this.treeChanged, this.view,
      this.view.onDidChangeVisibility(({ visible }) => { swarms.watched = visible; }),
      swarms.onDidChange(() => { this.timer ??= setTimeout(() => this.draw(), apartMillis); }),
    ];
    this.draw();
  }

  getChildren(row?: SwarmNodeRow): SwarmNodeRow[] {
    const { all } = this.swarms;
    const [only] = all;
    if (row === undefined) { return all.length === 1 && only !== undefined ? partsOf(only) : all.map((swarm) => rowOf(swarm, 'swarm', '')); }
    const swarm = this.swarms.get(row.engineKey);
    const state = swarm?.model.state;
    if (swarm === undefined || state === undefined) { return []; }
    switch (row.kind) {
      case 'swarm': return partsOf(swarm);
      case 'nodes': return [...state.nodes].sort((a, b) => a.hostname.localeCompare(b.hostname)).map(({ id }) => rowOf(swarm, 'node', id));
      case 'services': return [...state.services].sort((a, b) => a.name.localeCompare(b.name)).map(({ id }) => rowOf(swarm, 'service', id));
      case 'service': return tasksOf(state, row.id).map(({ id }) => rowOf(swarm, 'task', id));
      case 'node':
      case 'task': return [];
    }
  }

  getTreeItem(row: SwarmNodeRow): vscode.TreeItem {
    const item = this.itemOf(row);
    item.id = `${row.engineKey}/${row.kind} ${row.id}`;
    // Or a screen reader would read the tooltip.
    item.accessibilityInformation = { label: [item.label, item.description].filter((part): part is string => typeof part === 'string' && part !== '').join(', ') };
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private itemOf({ engineKey, kind, id }: SwarmNodeRow): vscode.TreeItem {
    const swarm = this.swarms.get(engineKey);
    const state = swarm?.model.state;
    const level = (label: string, icon: string, context: string, count?: number): vscode.TreeItem => {
      const item = new vscode.TreeItem(plainText(label), vscode.TreeItemCollapsibleState.Expanded);
      item.iconPath = new vscode.ThemeIcon(icon);
      item.contextValue = context;
      item.description = count === undefined ? '' : String(count);
      return item;
    };
    if (kind === 'swarm') { return level(swarm?.engine.name ?? '', 'type-hierarchy', 'swarm'); }
    if (kind === 'nodes') { return level(vscode.l10n.t('Nodes'), 'server', 'nodes', state?.nodes.length); }
    if (kind === 'services') { return level(vscode.l10n.t('Services'), 'layers', 'services', state?.services.length); }
    const node = state?.nodes.find((one) => one.id === id);
    const service = state?.services.find((one) => one.id === id);
    const task = state?.tasks.find((one) => one.id === id);
    // It went while the tree was being drawn; the next change takes it away.
    if (state === undefined) { return new vscode.TreeItem(''); }
    return node !== undefined ? nodeItem(node) : service !== undefined ? serviceItem(state, service) : task !== undefined ? taskItem(state, task) : new vscode.TreeItem('');
  }

  private draw(): void {
    this.timer = undefined;
    const { all } = this.swarms;
    void vscode.commands.executeCommand('setContext', 'helloContainers.swarm', all.length > 0);
    const problem = all.map(({ model }) => model.problem).find((one) => one !== undefined);
    this.view.message = problem === undefined ? '' : messageText(messageOf(problem));
    this.treeChanged.fire(undefined);
  }
}

function rowOf({ engine: { key } }: ManagedSwarm, kind: SwarmNodeRow['kind'], id: string): SwarmNodeRow {
  return { engineKey: key, kind, id };
}

function partsOf(swarm: ManagedSwarm): SwarmNodeRow[] {
  return swarm.model.state === undefined ? [] : [rowOf(swarm, 'nodes', ''), rowOf(swarm, 'services', '')];
}
