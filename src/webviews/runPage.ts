import * as vscode from 'vscode';
import type { Log } from '../base/log';
import type { Runs } from '../lesson/runs';
import { Page } from './page';
import type { Heard } from './pageMessages';
import { readRunPage, type ToRunPage } from './runProtocol';

/** What comes within this time is drawn at once, in milliseconds. */
const togetherMillis = 30;

/** The page that draws runs of hello-world on the diagram of the order of execution, while they happen and again. */
export class RunPage implements vscode.Disposable {
  private page: Page<ToRunPage, Heard<typeof readRunPage>> | undefined;
  private pending: NodeJS.Timeout | undefined;
  private readonly subscription: { dispose(): void };

  constructor(private readonly runs: Runs, private readonly extensionUri: vscode.Uri, private readonly log: Log) {
    this.subscription = runs.onDidChange(() => { if (this.page?.visible === true) { this.pending ??= setTimeout(() => this.show(), togetherMillis); } });
  }

  /** Opens the page, or brings it to the front. */
  open(): void {
    if (this.page !== undefined) {
      this.page.reveal();
      return;
    }
    this.page = new Page({
      name: 'run', title: vscode.l10n.t('Follow a Run'), column: vscode.ViewColumn.Active, extensionUri: this.extensionUri, log: this.log,
      read: readRunPage, onMessage: (message) => this.act(message), onVisible: () => { }, onClose: () => { this.page = undefined; },
    });
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.subscription.dispose();
    this.page?.dispose();
  }

  private act({ type }: Heard<typeof readRunPage>): void {
    switch (type) {
      case 'ready': this.show(); break;
      case 'run': void vscode.commands.executeCommand('helloContainers.runHelloWorld'); break;
      case 'save': void vscode.commands.executeCommand('helloContainers.saveRecording'); break;
      case 'replayRecorded': void vscode.commands.executeCommand('helloContainers.replayRun'); break;
    }
  }

  private show(): void {
    clearTimeout(this.pending);
    this.pending = undefined;
    const runs = this.runs.all.map(({ engineName, ...run }) => ({ ...run, engine: engineName ?? '' }));
    this.page?.post({ type: 'runs', runs, l10n: vscode.l10n.bundle });
  }
}
