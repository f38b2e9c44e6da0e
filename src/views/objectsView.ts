import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { messageText } from '../base/plainText';
import type { Engine, InspectKind } from '../engine/engine';
import type { Engines } from '../engine/engines';

/** An image, a volume or a network in its view. What commands get. */
export interface ObjectNode {
  engineKey: string;
  kind: InspectKind;
  /** What the engine is asked by. */
  reference: string;
  /** What a person calls it. */
  name: string;
  item: vscode.TreeItem;
}

/** One kind of object: how it is listed and shown, and which events tell that there are others. */
export interface ObjectKind {
  viewId: string;
  kind: Exclude<InspectKind, 'container'>;
  /** The event types after which the list may be another. */
  events: readonly string[];
  list(engine: Engine): Promise<Omit<ObjectNode, 'engineKey' | 'kind'>[]>;
}

/** Events come in bursts: a pull, a prune. Milliseconds from the first to the new list. */
const togetherMillis = 300;

/** A view of the images, volumes or networks of the engine that is used. Nothing is asked for while it is closed. */
export class ObjectsView implements vscode.TreeDataProvider<ObjectNode>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<ObjectNode>;
  private readonly subscriptions: { dispose(): void }[];
  private timer: NodeJS.Timeout | undefined;
  /** Something changed while nobody looked. */
  private stale = false;
  readonly onDidChangeTreeData = this.treeChanged.event;

  constructor(private readonly engines: Engines, private readonly of: ObjectKind) {
    this.view = vscode.window.createTreeView(of.viewId, { treeDataProvider: this, showCollapseAll: false });
    this.subscriptions = [
      this.treeChanged, this.view,
      this.view.onDidChangeVisibility(({ visible }) => { if (visible && this.stale) { this.refresh(); } }),
      engines.onDidChangeEngines(() => this.refresh()),
      engines.onDidChangeState((engine) => { if (engine === engines.used) { this.refresh(); } }),
      engines.onEvent(({ type }) => { if (of.events.includes(type)) { this.later(); } }),
    ];
  }

  async getChildren(node?: ObjectNode): Promise<ObjectNode[]> {
    if (node !== undefined) { return []; }
    this.stale = false;
    this.engines.start();
    const { used, state, all } = this.engines;
    this.view.description = all.length > 1 && used !== undefined ? used.name : '';
    if (used === undefined || state.kind !== 'connected') {
      this.view.message = state.kind === 'failed' ? vscode.l10n.t('No Docker engine.') : '';
      return [];
    }
    try {
      const objects = await this.of.list(state.engine);
      this.view.message = '';
      return objects.map((object) => ({ ...object, engineKey: used.key, kind: this.of.kind }));
    } catch (error) {
      this.view.message = messageText(messageOf(error));
      return [];
    }
  }

  getTreeItem({ item }: ObjectNode): vscode.TreeItem { return item; }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private later(): void {
    if (!this.view.visible) {
      this.stale = true;
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.refresh();
    }, togetherMillis);
  }

  private refresh(): void {
    if (this.view.visible) { this.treeChanged.fire(undefined); } else { this.stale = true; }
  }
}
