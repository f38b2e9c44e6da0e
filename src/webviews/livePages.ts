import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import type { Engines } from '../engine/engines';
import type { LessonProgress } from '../lesson/progress';
import { askGuess } from './askGuess';
import { LiveSession, type LiveSessionInput } from './liveSession';
import { Page } from './page';
import type { Heard } from './pageMessages';
import { readLivePage, type ToLivePage } from './protocol';

/** The live pages, one a container. A page's session lives as long as its tab; what it reads stops with it. */
export class LivePages implements vscode.Disposable {
  private readonly pages = new Map<string, Page<ToLivePage, Heard<typeof readLivePage>>>();

  constructor(private readonly engines: Engines, private readonly input: Omit<LiveSessionInput, 'containerId' | 'connection' | 'limits'>, private readonly extensionUri: vscode.Uri, private readonly progress: LessonProgress) { }

  /** Opens the container's page, or brings it to the front. */
  open(containerId: string): void {
    const known = this.pages.get(containerId);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const owner = this.engines.ownerOf(containerId);
    // Its menu or button was still there, it is not.
    if (owner === undefined) { return; }
    const { engine: { connection, limits }, container } = owner;
    const session = new LiveSession({ ...this.input, connection, limits, containerId });
    const page = new Page({
      name: 'live', title: vscode.l10n.t('Live CPU: {0}', plainText(container.name)), column: vscode.ViewColumn.Active, extensionUri: this.extensionUri, log: this.input.log,
      read: readLivePage,
      onMessage: (message) => {
        if (message.type === 'ready') {
          page.post(session.snapshot());
        } else if (message.type === 'guess') {
          void askGuess().then((guess) => { if (guess !== undefined) { session.setGuess(guess); } });
        } else {
          void vscode.commands.executeCommand(commandOf(message), { containerId });
        }
      },
      onVisible: (visible) => session.setVisible(visible),
      onClose: () => {
        session.dispose();
        this.pages.delete(containerId);
      },
    });
    this.pages.set(containerId, page);
    session.onMessage((message) => {
      page.post(message);
      if ('figures' in message) { this.progress.noteAccount(containerId, message.figures.capCores === null ? null : message.figures.account); }
    });
  }

  dispose(): void {
    for (const page of [...this.pages.values()]) { page.dispose(); }
  }
}

function commandOf({ type }: Exclude<Heard<typeof readLivePage>, { type: 'ready' | 'guess' }>): string {
  switch (type) {
    case 'limitTo10': return 'helloContainers.limitCpuTo10';
    case 'chooseLimit': return 'helloContainers.limitCpu';
    case 'removeLimit': return 'helloContainers.removeCpuLimit';
  }
}
