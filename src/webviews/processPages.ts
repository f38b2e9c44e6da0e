import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { askGuess } from './askGuess';
import { Page } from './page';
import type { Heard } from './pageMessages';
import { ProcessSession, type ProcessSessionInput } from './processSession';
import { readLivePage, type ToLivePage } from './protocol';

export interface ProcessToWatch extends Pick<ProcessSessionInput, 'host' | 'pid' | 'name' | 'output' | 'lookMillis'> {
  /** Of its machine: pids are a machine's own. */
  key: string;
}

/** The live pages of processes, one a process: the same page as for containers. */
export class ProcessPages implements vscode.Disposable {
  private readonly pages = new Map<string, Page<ToLivePage, Heard<typeof readLivePage>>>();

  constructor(private readonly clock: Clock, private readonly extensionUri: vscode.Uri, private readonly log: Log) { }

  /** Opens a process's page beside the editor, or brings it to the front. */
  open({ key, ...process }: ProcessToWatch): void {
    const id = `${key} ${process.pid}`;
    const known = this.pages.get(id);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const session = new ProcessSession({ ...process, clock: this.clock, machineCpus: availableParallelism(), l10nBundle: vscode.l10n.bundle });
    const page = new Page({
      name: 'live', title: vscode.l10n.t('Live CPU: process {0}', process.pid), column: vscode.ViewColumn.Beside, extensionUri: this.extensionUri, log: this.log, read: readLivePage,
      // Its limit is changed by hand: the page's other buttons are not there.
      onMessage: ({ type }) => {
        if (type === 'ready') {
          page.post(session.snapshot());
        } else if (type === 'guess') {
          void askGuess().then((guess) => { if (guess !== undefined) { session.setGuess(guess); } });
        }
      },
      onVisible: (visible) => session.setVisible(visible),
      onClose: () => {
        session.dispose();
        this.pages.delete(id);
      },
    });
    this.pages.set(id, page);
    session.onMessage((message) => page.post(message));
  }

  dispose(): void {
    for (const page of [...this.pages.values()]) { page.dispose(); }
  }
}
