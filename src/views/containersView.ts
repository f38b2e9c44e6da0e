import * as vscode from 'vscode';
import type { Container } from '../engine/containers';
import { endpointAddress } from '../engine/endpoint';
import type { Engines, KnownEngine } from '../engine/engines';
import { attemptsOf, explain, type FixNode, fixes, shortFixes } from './connectionProblem';
import { containerItem, type ContainerNode, containerTooltip } from './containerItem';
import { engineItem, type EngineNode, engineTooltip } from './engineItem';

type Node = EngineNode | ContainerNode | FixNode;

/** Changes within this time are shown as one: a stop is three events. Milliseconds. */
const togetherMillis = 20;

/**
 * The containers view: the engines and what each has, or why it cannot be reached and what to do. One engine alone is not worth a
 * level: then its containers are the top.
 */
export class ContainersView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<Node | undefined>();
  private readonly subscriptions: { dispose(): void }[] = [this.treeChanged];
  /** One object per engine and container for its whole life: VS Code knows items by identity. */
  private readonly nodes = new Map<string, EngineNode | ContainerNode>();
  /** Of each engine, by its key: the id of its row, and what else is to be seen of it. */
  private readonly drawn = new Map<string, { id: string | undefined; looks: string }>();
  private readonly view: vscode.TreeView<Node>;
  private pending: NodeJS.Timeout | undefined;
  /** undefined: everything. */
  private readonly pendingNodes = new Set<Node | undefined>();

  readonly onDidChangeTreeData = this.treeChanged.event;

  constructor(private readonly engines: Engines) {
    this.view = vscode.window.createTreeView<Node>('helloContainers.containers', { treeDataProvider: this, showCollapseAll: false });
    this.subscriptions.push(
      this.view,
      engines.onDidChangeEngines(() => {
        for (const key of this.drawn.keys()) { if (engines.get(key) === undefined) { this.drawn.delete(key); } }
        this.showState();
        this.later(undefined);
      }),
      engines.onDidChangeState((engine) => {
        this.showState();
        this.showEngine(engine);
        if (engine.connection.state.kind !== 'connected') { this.forgetContainers(engine); }
      }),
      engines.onDidChangeContainers(({ engine, change }) => {
        const above = this.isFlat ? undefined : this.engineNode(engine);
        if (change.kind === 'removed') { this.nodes.delete(containerKey(engine, change.container.id)); }
        this.later(change.kind === 'changed' && sameRank(change.before, change.container) ? this.containerNode(engine, change.container.id) : above);
      }),
    );
    this.showState();
  }

  /** The container that is selected, if one is. */
  get selectedContainer(): string | undefined {
    const [node] = this.view.selection;
    return node !== undefined && 'containerId' in node ? node.containerId : undefined;
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      // The view is being looked at for the first time.
      this.engines.start();
      const { all } = this.engines;
      const [only] = all;
      if (only === undefined) { return []; }
      return this.isFlat ? this.childrenOf(only, fixes) : all.map((engine) => this.engineNode(engine));
    }
    const engine = 'containerId' in node || 'fix' in node ? undefined : this.engines.get(node.engineKey);
    return engine === undefined ? [] : this.childrenOf(engine, shortFixes);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const engine = this.engines.get(node.engineKey);
    if ('fix' in node) {
      const { label, icon, command, tooltip, ofEngine = false } = node.fix;
      const item = new vscode.TreeItem(label);
      item.iconPath = new vscode.ThemeIcon(icon);
      item.command = { command, title: label, ...ofEngine && { arguments: [{ engineKey: node.engineKey }] } };
      item.tooltip = tooltip;
      return item;
    }
    // It went while the tree was being drawn; the next change takes it away.
    if (engine === undefined) { return new vscode.TreeItem(''); }
    if (!('containerId' in node)) { return engineItem(engine, engine === this.engines.used); }
    const container = engine.connection.containers.get(node.containerId);
    if (container === undefined) { return new vscode.TreeItem(''); }
    const item = containerItem(container, engine.facts?.canLimitCpu ?? true);
    // Two places may lead to one engine.
    item.id = containerKey(engine, container.id);
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    const engine = this.engines.get(node.engineKey);
    if ('fix' in node || engine === undefined) { return item; }
    if (!('containerId' in node)) {
      item.tooltip = engineTooltip(engine);
      return item;
    }
    const { containers } = engine.connection;
    await containers.readLimit(node.containerId);
    const container = containers.get(node.containerId);
    if (container !== undefined) { item.tooltip = containerTooltip(container); }
    return item;
  }

  getParent(node: Node): Node | undefined {
    const engine = this.engines.get(node.engineKey);
    return this.isFlat || engine === undefined || !('containerId' in node || 'fix' in node) ? undefined : this.engineNode(engine);
  }

  dispose(): void {
    clearTimeout(this.pending);
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private get isFlat(): boolean { return this.engines.all.length < 2; }

  private childrenOf(engine: KnownEngine, problem: typeof fixes): Node[] {
    const { state, containers, } = engine.connection;
    if (state.kind === 'connected') { return [...containers.containers].sort(byRank).map(({ id }) => this.containerNode(engine, id)); }
    const attempts = attemptsOf(state);
    return attempts.length === 0 ? [] : problem(engine.key, attempts);
  }

  private engineNode({ key }: KnownEngine): EngineNode {
    return this.node(key, { engineKey: key });
  }

  private containerNode(engine: KnownEngine, containerId: string): ContainerNode {
    return this.node(containerKey(engine, containerId), { engineKey: engine.key, containerId });
  }

  private node<T extends EngineNode | ContainerNode>(key: string, made: T): T {
    const known = this.nodes.get(key) as T | undefined;
    if (known === undefined) { this.nodes.set(key, made); }
    return known ?? made;
  }

  private forgetContainers({ key }: KnownEngine): void {
    for (const [nodeKey, node] of this.nodes) { if (node.engineKey === key && 'containerId' in node) { this.nodes.delete(nodeKey); } }
  }

  /** Redraws what a change of an engine's state changed: an attempt that fails like the one before changes nothing. */
  private showEngine(engine: KnownEngine): void {
    const { id, description, contextValue } = engineItem(engine, engine === this.engines.used);
    const rows = shortFixes(engine.key, attemptsOf(engine.connection.state)).map(({ fix }) => [fix.label, fix.tooltip]);
    const now = { id, looks: JSON.stringify([description, contextValue, rows]) };
    const before = this.drawn.get(engine.key);
    this.drawn.set(engine.key, now);
    // With its id a row becomes another row: then its place in the list is drawn anew, too.
    if (before?.id !== id) { this.later(undefined); } else if (before?.looks !== now.looks) { this.later(this.isFlat ? undefined : this.engineNode(engine)); }
  }

  private later(node: Node | undefined): void {
    this.pendingNodes.add(node);
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      const nodes = [...this.pendingNodes];
      this.pendingNodes.clear();
      for (const changed of nodes.includes(undefined) ? [undefined] : nodes) { this.treeChanged.fire(changed); }
    }, togetherMillis);
  }

  /** What is outside of the rows: the texts above them, and what the title's buttons and the welcome text go by. */
  private showState(): void {
    const { state } = this.engines;
    const attempts = attemptsOf(state);
    void vscode.commands.executeCommand('setContext', 'helloContainers.state', state.kind === 'connecting' && attempts.length > 0 ? 'failed' : state.kind);
    this.view.message = this.isFlat && attempts.length > 0 ? explain(attempts) : '';
    this.view.description = this.isFlat && state.kind === 'connected' ? endpointAddress(state.candidate.endpoint) : '';
  }
}

function containerKey({ key }: KnownEngine, containerId: string): string {
  return `${key}/${containerId}`;
}

/** What runs comes first, then the newest. */
function byRank(a: Container, b: Container): number {
  return rank(a) - rank(b) || b.createdAt - a.createdAt || a.name.localeCompare(b.name);
}

function rank({ state }: Container): number {
  return state === 'running' || state === 'paused' || state === 'restarting' ? 0 : 1;
}

function sameRank(a: Container, b: Container): boolean {
  return rank(a) === rank(b) && a.createdAt === b.createdAt && a.name === b.name;
}
