import * as vscode from 'vscode';
import { listText } from '../base/plainText';
import type { LessonJournal } from '../lesson/journal';
import type { LessonProgress } from '../lesson/progress';
import { type Step, type StepId, type StepState } from '../lesson/step';
import { steps } from '../lesson/steps';

/** A step's row. Commands of its menu get it. */
export interface StepNode {
  stepId: StepId;
}

/** A row below a step: why it is as it is, a piece of evidence, or its question. */
interface DetailNode {
  id: string;
  label: string;
  description?: string;
  icon: vscode.ThemeIcon;
  command?: vscode.Command;
}

type Node = StepNode | DetailNode;

/** The lesson's steps: what the engine and the kernel say of each, why, and what can be done about it. */
export class LessonView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<Node | undefined>();
  private readonly subscriptions: { dispose(): void }[] = [this.treeChanged];
  /** One object per step: VS Code knows items by identity. */
  private readonly nodes: ReadonlyMap<StepId, StepNode> = new Map(steps.map(({ id }) => [id, { stepId: id }]));
  private readonly view: vscode.TreeView<Node>;
  /** What each row says now: only rows that say something else are drawn anew. */
  private shown = new Map<StepId, string>();

  readonly onDidChangeTreeData = this.treeChanged.event;

  /** @param look asked once the view is seen: reads what no event tells */
  constructor(private readonly progress: LessonProgress, private readonly journal: LessonJournal, look: () => Promise<void>) {
    this.view = vscode.window.createTreeView<Node>('helloContainers.lesson', { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions.push(
      this.view,
      progress.onDidChange(() => this.show()),
      journal.onDidChange(() => this.show()),
      // Where it cannot look, its steps say why.
      this.view.onDidChangeVisibility(({ visible }) => { if (visible) { look().catch(() => { }); } }),
    );
    this.show();
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) { return [...this.nodes.values()]; }
    return 'stepId' in node ? this.details(node.stepId) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ('stepId' in node) { return this.stepItem(node.stepId); }
    const item = new vscode.TreeItem(node.label);
    item.id = node.id;
    item.iconPath = node.icon;
    item.tooltip = node.description === undefined ? node.label : `${node.label}: ${node.description}`;
    if (node.description !== undefined) { item.description = node.description; }
    if (node.command !== undefined) { item.command = node.command; }
    return item;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) { subscription.dispose(); }
  }

  private show(): void {
    const { steps: states } = this.progress;
    const needed = steps.filter(({ optional }) => optional !== true);
    const done = needed.filter(({ id }) => this.isOrWasDone(id)).length;
    this.view.description = vscode.l10n.t('{0} of {1}', done, needed.length);
    for (const { id } of steps) {
      const text = JSON.stringify([states[id], this.journal.entries[id], this.progress.question(id)?.prompt]);
      if (this.shown.get(id) === text) { continue; }
      this.shown.set(id, text);
      this.treeChanged.fire(this.nodes.get(id));
    }
  }

  private isOrWasDone(id: StepId): boolean {
    return this.progress.steps[id].state === 'done' || this.journal.entries[id] !== undefined;
  }

  private stepItem(id: StepId): vscode.TreeItem {
    const index = steps.findIndex((step) => step.id === id);
    const step = steps[index];
    const state = this.progress.steps[id];
    const title = `${index + 1}. ${step?.title() ?? ''}`;
    const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = id;
    item.iconPath = this.iconOf(id, state);
    item.description = state.state === 'done' ? '' : listText(state.reason);
    item.contextValue = ['step', state.state, ...step?.solve === undefined ? [] : ['solve'], ...step?.reset === undefined ? [] : ['reset'], ...this.progress.question(id) === undefined ? [] : ['ask']].join('.');
    item.tooltip = tooltip(step, state);
    item.accessibilityInformation = { label: `${title}, ${this.word(id, state)}: ${state.reason}` };
    return item;
  }

  private word(id: StepId, { state }: StepState): string {
    if (state === 'done') { return vscode.l10n.t('done'); }
    if (this.journal.entries[id] !== undefined) { return vscode.l10n.t('was done'); }
    return state === 'unknown' ? vscode.l10n.t('not known') : vscode.l10n.t('not done');
  }

  private iconOf(id: StepId, { state }: StepState): vscode.ThemeIcon {
    if (state === 'done') { return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')); }
    if (this.journal.entries[id] !== undefined) { return new vscode.ThemeIcon('history'); }
    return new vscode.ThemeIcon(state === 'unknown' ? 'question' : 'circle-large-outline');
  }

  private details(id: StepId): DetailNode[] {
    const state = this.progress.steps[id];
    const entry = this.journal.entries[id];
    const isDone = state.state === 'done';
    const question = this.progress.question(id);
    return [
      { id: `${id} reason`, label: listText(state.reason), icon: new vscode.ThemeIcon(isDone ? 'check' : 'info') },
      ...isDone ? Object.entries(state.evidence ?? {}).map(([label, value]): DetailNode => ({ id: `${id} ${label}`, label, description: listText(String(value)), icon: new vscode.ThemeIcon('symbol-field') })) : [],
      ...!isDone && entry !== undefined ? [{ id: `${id} was`, label: vscode.l10n.t('Was done {0}', new Date(entry.at).toLocaleString(vscode.env.language)), description: listText(entry.reason), icon: new vscode.ThemeIcon('history') }] : [],
      ...question === undefined ? [] : [{
        id: `${id} question`, label: listText(question.prompt), icon: new vscode.ThemeIcon('question'),
        command: { command: 'helloContainers.askStep', title: vscode.l10n.t('Answer'), arguments: [id] },
      }],
    ];
  }
}

function tooltip(step: Step | undefined, { reason, evidence = {} }: StepState): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(step?.know() ?? '');
  text.appendMarkdown('\n\n');
  text.appendText(reason);
  for (const [label, value] of Object.entries(evidence)) {
    text.appendMarkdown('\n\n');
    text.appendText(`${label}: ${value}`);
  }
  return text;
}
