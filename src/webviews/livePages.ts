import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import type { Engines } from '../engine/engines';
import type { LessonProgress } from '../lesson/progress';
import { askGuess } from './askGuess';
import { pageHtml, tabIcon } from './html';
import { LiveSession, type LiveSessionInput } from './liveSession';
import { type FromLivePage, parseFromLivePage, type ToLivePage } from './protocol';

const viewType = 'helloContainers.live';

/** The live pages, one a container. A page's session lives as long as its tab; what it reads stops with it. */
export class LivePages implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();

  constructor(private readonly engines: Engines, private readonly input: Omit<LiveSessionInput, 'containerId' | 'connection' | 'limits'>, private readonly extensionUri: vscode.Uri, private readonly progress: LessonProgress) { }

  /** Opens the container's page, or brings it to the front. */
  open(containerId: string): void {
    const known = this.panels.get(containerId);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const owner = this.engines.ownerOf(containerId);
    // Its menu or button was still there, it is not.
    if (owner === undefined) { return; }
    const { engine: { connection, limits }, container } = owner;
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const title = vscode.l10n.t('Live CPU: {0}', plainText(container.name));
    const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = tabIcon(this.extensionUri);
    this.panels.set(containerId, panel);

    const session = new LiveSession({ ...this.input, connection, limits, containerId });
    // A page that is not seen does not exist; it asks for everything when it comes back.
    let listening = false;
    const post = (message: ToLivePage): void => { if (listening) { void panel.webview.postMessage(message); } };
    session.onMessage((message) => {
      post(message);
      if ('figures' in message) { this.progress.noteAccount(containerId, message.figures.capCores === null ? null : message.figures.account); }
    });
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromLivePage(value);
      if (message === undefined) {
        this.input.log.warn('the live page sent a message that is not in the protocol');
        return;
      }
      if (message.type === 'ready') {
        listening = true;
        post(session.snapshot());
      } else if (message.type === 'guess') {
        void askGuess().then((guess) => { if (guess !== undefined) { session.setGuess(guess); } });
      } else {
        void vscode.commands.executeCommand(commandOf(message), { containerId });
      }
    });
    panel.onDidChangeViewState(() => {
      session.setVisible(panel.visible);
      if (!panel.visible) { listening = false; }
    });
    panel.onDidDispose(() => {
      session.dispose();
      this.panels.delete(containerId);
    });
    panel.webview.html = pageHtml(panel.webview, dist, 'live', title);
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) { panel.dispose(); }
  }
}

function commandOf({ type }: Exclude<FromLivePage, { type: 'ready' | 'guess' }>): string {
  switch (type) {
    case 'limitTo10': return 'helloContainers.limitCpuTo10';
    case 'chooseLimit': return 'helloContainers.limitCpu';
    case 'removeLimit': return 'helloContainers.removeCpuLimit';
  }
}
