import * as vscode from 'vscode';
import type { Log } from '../base/log';
import { pageHtml, tabIcon } from './html';
import type { Reader } from './pageMessages';

export interface PageInput<Message> {
  /** Name of the bundle, and end of the panel's type. */
  name: string;
  title: string;
  column: vscode.ViewColumn;
  extensionUri: vscode.Uri;
  log: Log;
  /** What the page may say. */
  read: Reader<Message>;
  onMessage(message: Message): void;
  /** It is seen, or no longer. */
  onVisible(visible: boolean): void;
  onClose(): void;
}

/** A page of ours in a tab: the one place where pages are made and heard. What is posted while it is not there to listen is dropped: it says "ready" when it wants everything. */
export class Page<To, Message extends { type: string }> {
  private readonly panel: vscode.WebviewPanel;
  private listening = false;

  constructor({ name, title, column, extensionUri, log, read, onMessage, onVisible, onClose }: PageInput<Message>) {
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const panel = this.panel = vscode.window.createWebviewPanel(`helloContainers.${name}`, title, column, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = tabIcon(extensionUri);
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = read(value);
      if (message === undefined) {
        log.warn(`the page "${name}" sent a message that is not in the protocol`);
        return;
      }
      if (message.type === 'ready') { this.listening = true; }
      onMessage(message);
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) { this.listening = false; }
      onVisible(panel.visible);
    });
    panel.onDidDispose(() => {
      this.listening = false;
      onClose();
    });
    panel.webview.html = pageHtml(panel.webview, dist, name, title);
  }

  get visible(): boolean { return this.panel.visible; }

  post(message: To): void { if (this.listening) { void this.panel.webview.postMessage(message); } }
  reveal(): void { this.panel.reveal(); }
  dispose(): void { this.panel.dispose(); }
}
