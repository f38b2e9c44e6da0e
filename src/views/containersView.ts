import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { messageText } from '../base/plainText';
import type { EngineConnection, FailedAttempt } from '../engine/connection';
import type { Container } from '../engine/containers';
import { endpointAddress } from '../engine/endpoint';
import { EngineUnreachable } from '../engine/errors';
import { containerItem, type ContainerNode, containerTooltip } from './containerItem';

/** Something to do about a failed connection. */
interface FixNode {
  fix: { label: string; icon: string; command: string };
}

type Node = ContainerNode | FixNode;

/** Changes within this time are shown as one: a stop is three events. Milliseconds. */
const togetherMillis = 20;

/** The containers view: what the engine has, or why there is no engine and what to do. */
export class ContainersView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<Node | undefined>();
  private readonly subscriptions: { dispose(): void }[] = [this.treeChanged];
  /** One object per container for its whole life: VS Code knows items by identity. */
  private readonly nodes = new Map<string, ContainerNode>();
  private readonly view: vscode.TreeView<Node>;
  private pending: NodeJS.Timeout | undefined;
  /** undefined: the whole list. */
  private readonly pendingIds = new Set<string | undefined>();

  readonly onDidChangeTreeData = this.treeChanged.event;

  constructor(private readonly connection: EngineConnection) {
    this.view = vscode.window.createTreeView<Node>('helloContainers.containers', { treeDataProvider: this, showCollapseAll: false });
    this.subscriptions.push(
      this.view,
      connection.onDidChangeState(() => this.showState()),
      connection.containers.onDidChange((change) => {
        if (change.kind === 'removed') { this.nodes.delete(change.container.id); }
        this.later(change.kind === 'changed' && sameRank(change.before, change.container) ? change.container.id : undefined);
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
    if (node !== undefined) { return []; }
    // The view is being looked at for the first time.
    this.connection.start();
    const { state, containers } = this.connection;
    if (state.kind === 'connected') { return [...containers.containers].sort(byRank).map(({ id }) => this.nodeOf(id)); }
    const attempts = state.kind === 'failed' || state.kind === 'connecting' ? state.attempts : [];
    return attempts.length === 0 ? [] : fixes(attempts);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ('fix' in node) {
      const item = new vscode.TreeItem(node.fix.label);
      item.iconPath = new vscode.ThemeIcon(node.fix.icon);
      item.command = { command: node.fix.command, title: node.fix.label };
      return item;
    }
    const container = this.connection.containers.get(node.containerId);
    // It went while the tree was being drawn; the next change takes it away.
    return container === undefined ? new vscode.TreeItem('') : containerItem(container);
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if ('fix' in node) { return item; }
    await this.connection.containers.readLimit(node.containerId);
    const container = this.connection.containers.get(node.containerId);
    if (container !== undefined) { item.tooltip = containerTooltip(container); }
    return item;
  }

  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.pending);
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private nodeOf(containerId: string): ContainerNode {
    const known = this.nodes.get(containerId);
    if (known !== undefined) { return known; }
    const node = { containerId };
    this.nodes.set(containerId, node);
    return node;
  }

  private later(id: string | undefined): void {
    this.pendingIds.add(id);
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      const whole = this.pendingIds.has(undefined);
      const nodes = [...this.pendingIds].flatMap((pendingId) => this.nodes.get(pendingId ?? '') ?? []);
      this.pendingIds.clear();
      if (whole) { this.treeChanged.fire(undefined); } else { for (const node of nodes) { this.treeChanged.fire(node); } }
    }, togetherMillis);
  }

  private showState(): void {
    const { state } = this.connection;
    const attempts = state.kind === 'failed' || state.kind === 'connecting' ? state.attempts : [];
    // While it is tried again, what failed stays to be read.
    const shown = state.kind === 'connecting' && attempts.length > 0 ? 'failed' : state.kind;
    void vscode.commands.executeCommand('setContext', 'helloContainers.state', shown);
    this.view.message = attempts.length > 0 ? explain(attempts) : '';
    this.view.description = state.kind === 'connected' ? endpointAddress(state.candidate.endpoint) : '';
    if (state.kind !== 'connected') { this.nodes.clear(); }
    this.later(undefined);
  }
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

/** What was tried and why it failed. The first place is explained; the others are only named. */
function explain(attempts: readonly FailedAttempt[]): string {
  const [first, ...others] = attempts;
  if (first === undefined) { return ''; }
  const place = first.candidate === undefined ? '' : ` ${vscode.l10n.t('(Found by: {0}.)', first.candidate.reason)}`;
  const also = others.flatMap(({ candidate }) => candidate === undefined ? [] : [`${endpointAddress(candidate.endpoint)} (${candidate.reason})`]);
  return `${vscode.l10n.t('No Docker engine.')} ${messageText(messageOf(first.error))}${place}${also.length === 0 ? '' : `\n\n${vscode.l10n.t('Tried too: {0}.', also.join(', '))}`}`;
}

function fixes(attempts: readonly FailedAttempt[]): FixNode[] {
  const reasons = attempts.map(({ error }) => error instanceof EngineUnreachable ? error.reason : undefined);
  return [
    { fix: { label: vscode.l10n.t('Try again now'), icon: 'refresh', command: 'helloContainers.reconnect' } },
    { fix: { label: vscode.l10n.t('Diagnose the connection'), icon: 'checklist', command: 'helloContainers.diagnoseEngine' } },
    ...(reasons.includes('denied') ? [{ fix: { label: vscode.l10n.t('Join the docker group…'), icon: 'terminal', command: 'helloContainers.joinDockerGroup' } }] : []),
    ...(reasons.every((reason) => reason === 'absent') ? [{ fix: { label: vscode.l10n.t('How to install Docker'), icon: 'link-external', command: 'helloContainers.installDocker' } }] : []),
    { fix: { label: vscode.l10n.t('Use another engine…'), icon: 'server', command: 'helloContainers.chooseEngine' } },
    { fix: { label: vscode.l10n.t('Show the log'), icon: 'output', command: 'helloContainers.showLog' } },
  ];
}
