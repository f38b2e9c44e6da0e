import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { askGuess } from './askGuess';
import { pageHtml, tabIcon } from './html';
import { ProcessSession, type ProcessSessionInput } from './processSession';
import { parseFromLivePage, type ToLivePage } from './protocol';

export interface ProcessToWatch extends Pick<ProcessSessionInput, 'host' | 'pid' | 'name' | 'output' | 'lookMillis'> {
  /** Of its machine: pids are a machine's own. */
  key: string;
}

/** The live pages of processes, one a process: the same page as for containers. */
export class ProcessPages implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();

  constructor(private readonly clock: Clock, private readonly extensionUri: vscode.Uri) { }

  /** Opens a process's page beside the editor, or brings it to the front. */
  open({ key, ...process }: ProcessToWatch): void {
    const id = `${key} ${process.pid}`;
    const known = this.panels.get(id);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const title = vscode.l10n.t('Live CPU: process {0}', process.pid);
    const panel = vscode.window.createWebviewPanel('helloContainers.live', title, vscode.ViewColumn.Beside, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = tabIcon(this.extensionUri);
    this.panels.set(id, panel);
    const session = new ProcessSession({ ...process, clock: this.clock, machineCpus: availableParallelism(), l10nBundle: vscode.l10n.bundle });
    let listening = false;
    const post = (message: ToLivePage): void => { if (listening) { void panel.webview.postMessage(message); } };
    session.onMessage(post);
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromLivePage(value);
      if (message?.type === 'ready') {
        listening = true;
        post(session.snapshot());
      } else if (message?.type === 'guess') {
        void askGuess().then((guess) => { if (guess !== undefined) { session.setGuess(guess); } });
      }
    });
    panel.onDidChangeViewState(() => {
      session.setVisible(panel.visible);
      if (!panel.visible) { listening = false; }
    });
    panel.onDidDispose(() => {
      session.dispose();
      this.panels.delete(id);
    });
    panel.webview.html = pageHtml(panel.webview, dist, 'live', title);
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) { panel.dispose(); }
  }
}
