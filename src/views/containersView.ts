import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { plainText } from '../base/plainText';
import type { CgroupHost } from '../cgroup/host';
import { groupOf, staysInPlace } from '../engine/arrangement';
import type { ContainerChange } from '../engine/containers';
import { endpointAddress } from '../engine/endpoint';
import type { Engines, KnownEngine } from '../engine/engines';
import { ArrangedContainers } from './arrangedContainers';
import type { Arranging } from './arranging';
import { attemptsOf, explain, type FixNode, fixes, shortFixes } from './connectionProblem';
import { containerItem, type ContainerNode, containerTooltip } from './containerItem';
import { engineItem, type EngineNode, engineTooltip } from './engineItem';
import { groupItem, type GroupNode } from './groupItem';
import { Redraws } from './redraws';
import { UsageColumn } from './usageColumn';

type Node = EngineNode | GroupNode | ContainerNode | FixNode;

export interface ContainersViewInput {
  engines: Engines;
  arranging: Arranging;
  host: CgroupHost;
  clock: Clock;
}

/**
 * The containers view: the engines and what each has, or why it cannot be reached and what to do. One engine alone is not worth a
 * level: then its containers are the top.
 */
export class ContainersView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<Node | undefined>();
  private readonly redraws = new Redraws<Node>({
    redraw: (node) => this.treeChanged.fire(node), isRow: (node) => 'containerId' in node,
    rows: () => this.input.engines.all.reduce((rows, { connection }) => rows + connection.containers.size, 0),
  });
  private readonly subscriptions: { dispose(): void }[] = [this.treeChanged, this.redraws];
  /** One object per engine, group and container for its whole life: VS Code knows items by identity. */
  private readonly nodes = new Map<string, EngineNode | GroupNode | ContainerNode>();
  /** By engine. */
  private readonly arranged = new Map<string, ArrangedContainers>();
  /** Of each engine, by its key: the id of its row, and what else is to be seen of it. */
  private readonly drawn = new Map<string, { id: string | undefined; looks: string }>();
  private readonly collapsed = new WeakSet<Node>();
  private readonly view: vscode.TreeView<Node>;
  private readonly usage: UsageColumn;

  readonly onDidChangeTreeData = this.treeChanged.event;

  constructor(private readonly input: ContainersViewInput) {
    const { engines, arranging, host, clock } = input;
    this.view = vscode.window.createTreeView<Node>('helloContainers.containers', { treeDataProvider: this, showCollapseAll: false, canSelectMany: true });
    this.usage = new UsageColumn({ engines, host, clock, seen: () => this.seenRunning(), onChange: (engine, id) => this.redraws.later(this.containerNode(engine, id)) });
    this.subscriptions.push(
      this.view, this.usage,
      this.view.onDidChangeVisibility(() => this.usage.look()),
      this.view.onDidExpandElement(({ element }) => {
        this.collapsed.delete(element);
        this.usage.look();
      }),
      this.view.onDidCollapseElement(({ element }) => this.collapsed.add(element)),
      arranging.onDidChange(() => {
        this.showState();
        this.redraws.asked();
      }),
      engines.onDidChangeEngines(() => {
        for (const key of this.drawn.keys()) { if (engines.get(key) === undefined) { this.forget(key); } }
        this.showState();
        this.redraws.later(undefined);
      }),
      engines.onDidChangeState((engine) => {
        this.showState();
        this.showEngine(engine);
        if (engine.connection.state.kind !== 'connected') { this.forgetContainers(engine); }
        this.usage.look();
      }),
      engines.onDidChangeContainers(({ engine, change }) => this.showChange(engine, change)),
    );
    this.showState();
  }

  /** The containers that are selected, those of a selected group among them. */
  get selectedContainers(): string[] {
    const ids = this.view.selection.flatMap((node) => 'containerId' in node ? [node.containerId] : 'containerIds' in node ? node.containerIds : []);
    return [...new Set(ids)];
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      // The view is being looked at for the first time.
      this.input.engines.start();
      const { all } = this.input.engines;
      const [only] = all;
      if (only === undefined) { return []; }
      return this.isFlat ? this.childrenOf(only, fixes) : all.map((engine) => this.engineNode(engine));
    }
    const engine = this.input.engines.get(node.engineKey);
    if (engine === undefined || 'containerId' in node || 'fix' in node) { return []; }
    return 'group' in node ? this.idsOf(engine, node.group).map((id) => this.containerNode(engine, id)) : this.childrenOf(engine, shortFixes);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const engine = this.input.engines.get(node.engineKey);
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
    if ('group' in node) { return this.groupItem(engine, node); }
    if (!('containerId' in node)) { return engineItem(engine, engine === this.input.engines.used); }
    const container = engine.connection.containers.get(node.containerId);
    if (container === undefined) { return new vscode.TreeItem(''); }
    const item = containerItem(container, engine.facts?.canLimitCpu ?? true, this.usage.textOf(container.id));
    // Two places may lead to one engine.
    item.id = containerKey(engine, container.id);
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    const engine = this.input.engines.get(node.engineKey);
    if ('fix' in node || 'group' in node || engine === undefined) { return item; }
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
    const engine = this.input.engines.get(node.engineKey);
    if (engine === undefined) { return undefined; }
    const above = this.isFlat ? undefined : this.engineNode(engine);
    if (!('containerId' in node)) { return 'fix' in node || 'group' in node ? above : undefined; }
    const container = engine.connection.containers.get(node.containerId);
    const group = container && groupOf(container, this.input.arranging.arrangement.groupBy);
    return group === undefined ? above : this.groupNode(engine, group);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private get isFlat(): boolean { return this.input.engines.all.length < 2; }

  private childrenOf(engine: KnownEngine, problem: typeof fixes): Node[] {
    const { state } = engine.connection;
    if (state.kind === 'connected') {
      const { arrangement } = this.input.arranging;
      const arranged = this.arrangedOf(engine);
      return arrangement.groupBy === 'none'
        ? arranged.ids(arrangement).map((id) => this.containerNode(engine, id))
        : [...arranged.groups(arrangement).keys()].map((group) => this.groupNode(engine, group));
    }
    const attempts = attemptsOf(state);
    return attempts.length === 0 ? [] : problem(engine.key, attempts);
  }

  private arrangedOf({ key, connection }: KnownEngine): ArrangedContainers {
    const known = this.arranged.get(key) ?? new ArrangedContainers(connection.containers);
    this.arranged.set(key, known);
    return known;
  }

  private idsOf(engine: KnownEngine, group: string): readonly string[] {
    return this.arrangedOf(engine).groups(this.input.arranging.arrangement).get(group) ?? [];
  }

  private groupItem(engine: KnownEngine, { group }: GroupNode): vscode.TreeItem {
    const { groupBy } = this.input.arranging.arrangement;
    const { containers } = engine.connection;
    const item = groupItem(group, groupBy, this.idsOf(engine, group).flatMap((id) => containers.get(id) ?? []));
    item.id = groupKey(engine, groupBy, group);
    return item;
  }

  private engineNode({ key }: KnownEngine): EngineNode {
    return this.node(key, () => ({ engineKey: key }));
  }

  private groupNode(engine: KnownEngine, group: string): GroupNode {
    const idsOf = (): readonly string[] => this.idsOf(engine, group);
    return this.node(groupKey(engine, this.input.arranging.arrangement.groupBy, group), () => ({ engineKey: engine.key, group, get containerIds() { return idsOf(); } }));
  }

  private containerNode(engine: KnownEngine, containerId: string): ContainerNode {
    return this.node(containerKey(engine, containerId), () => ({ engineKey: engine.key, containerId }));
  }

  private node<T extends EngineNode | GroupNode | ContainerNode>(key: string, make: () => T): T {
    const known = this.nodes.get(key) as T | undefined;
    if (known !== undefined) { return known; }
    const made = make();
    this.nodes.set(key, made);
    return made;
  }

  private forget(engineKey: string): void {
    this.drawn.delete(engineKey);
    this.arranged.delete(engineKey);
  }

  private forgetContainers({ key }: KnownEngine): void {
    this.arranged.get(key)?.invalidate();
    for (const [nodeKey, node] of this.nodes) { if (node.engineKey === key && ('containerId' in node || 'group' in node)) { this.nodes.delete(nodeKey); } }
  }

  /** What changes and stays at its place is drawn alone; what moves is drawn with all that it moves among. */
  private showChange(engine: KnownEngine, change: ContainerChange): void {
    const { arrangement } = this.input.arranging;
    if (change.kind === 'removed') {
      this.redraws.forget(this.containerNode(engine, change.container.id));
      this.nodes.delete(containerKey(engine, change.container.id));
    }
    if (change.kind !== 'changed' || !staysInPlace(change.before, change.container, arrangement)) {
      this.arrangedOf(engine).invalidate();
      this.redraws.later(this.isFlat ? undefined : this.engineNode(engine));
      if (arrangement.filter !== '') { this.showState(); }
      return;
    }
    this.redraws.later(this.containerNode(engine, change.container.id));
    // The group says how many run.
    const group = groupOf(change.container, arrangement.groupBy);
    if (group !== undefined && change.before.state !== change.container.state) { this.redraws.later(this.groupNode(engine, group)); }
  }

  /** Redraws what a change of an engine's state changed: an attempt that fails like the one before changes nothing. */
  private showEngine(engine: KnownEngine): void {
    const { id, description, contextValue } = engineItem(engine, engine === this.input.engines.used);
    const rows = shortFixes(engine.key, attemptsOf(engine.connection.state)).map(({ fix }) => [fix.label, fix.tooltip]);
    const now = { id, looks: JSON.stringify([description, contextValue, rows]) };
    const before = this.drawn.get(engine.key);
    this.drawn.set(engine.key, now);
    // With its id a row becomes another row: then its place in the list is drawn anew, too.
    if (before?.id !== id) { this.redraws.later(undefined); } else if (before?.looks !== now.looks) { this.redraws.later(this.isFlat ? undefined : this.engineNode(engine)); }
  }

  /** The running containers whose rows are drawn, as far as VS Code tells: not those in a closed engine or group. */
  private *seenRunning(): Generator<{ engine: KnownEngine; containerId: string }, void, undefined> {
    if (!this.view.visible) { return; }
    const { engines, arranging: { arrangement } } = this.input;
    for (const engine of engines.all) {
      if (engine.connection.state.kind !== 'connected' || (!this.isFlat && this.collapsed.has(this.engineNode(engine)))) { continue; }
      for (const containerId of this.arrangedOf(engine).ids(arrangement)) {
        const container = engine.connection.containers.get(containerId);
        const group = container && groupOf(container, arrangement.groupBy);
        if (container?.state === 'running' && (group === undefined || !this.collapsed.has(this.groupNode(engine, group)))) { yield { engine, containerId }; }
      }
    }
  }

  /** What is outside of the rows: the texts above them, and what the title's buttons and the welcome text go by. */
  private showState(): void {
    const { engines, arranging: { arrangement: { filter } } } = this.input;
    const { state } = engines;
    const attempts = attemptsOf(state);
    const set = (key: string, value: unknown): void => { void vscode.commands.executeCommand('setContext', `helloContainers.${key}`, value); };
    set('state', state.kind === 'connecting' && attempts.length > 0 ? 'failed' : state.kind);
    set('filtered', filter !== '');
    this.view.message = this.isFlat && attempts.length > 0 ? explain(attempts) : filter === '' ? '' : this.filterMessage(filter);
    this.view.description = this.isFlat && state.kind === 'connected' ? endpointAddress(state.candidate.endpoint) : '';
  }

  private filterMessage(filter: string): string {
    const { engines, arranging: { arrangement } } = this.input;
    const connected = engines.all.filter(({ connection: { state } }) => state.kind === 'connected');
    const shown = connected.reduce((sum, engine) => sum + this.arrangedOf(engine).ids(arrangement).length, 0);
    const all = connected.reduce((sum, { connection: { containers } }) => sum + containers.size, 0);
    return vscode.l10n.t('Filter "{0}": {1} of {2} containers.', plainText(filter, 60), shown, all);
  }
}

function containerKey({ key }: KnownEngine, containerId: string): string {
  return `${key}/${containerId}`;
}

/** No container's id has a blank in it. */
function groupKey({ key }: KnownEngine, groupBy: string, group: string): string {
  return `${key}/by ${groupBy} ${group}`;
}
