import * as vscode from 'vscode';
import { OverviewSession, type OverviewSessionInput } from './overviewSession';
import { readOverviewPage, type ToOverviewPage } from './overviewProtocol';
import { Page } from './page';
import type { Heard } from './pageMessages';

const commands = { watch: 'watchLiveCpu', limitTo10: 'limitCpuTo10', removeLimit: 'removeCpuLimit' } as const;

/** The page of all running containers. One at a time. */
export class OverviewPage implements vscode.Disposable {
  private page: Page<ToOverviewPage, Heard<typeof readOverviewPage>> | undefined;
  private session: OverviewSession | undefined;

  constructor(private readonly input: Omit<OverviewSessionInput, 'l10nBundle'> & { extensionUri: vscode.Uri }) { }

  /** Opens the page, or brings it to the front. */
  open(): void {
    if (this.page !== undefined) {
      this.page.reveal();
      return;
    }
    const { extensionUri, log } = this.input;
    const session = this.session = new OverviewSession({ ...this.input, l10nBundle: vscode.l10n.bundle });
    const page = this.page = new Page({
      name: 'overview', title: vscode.l10n.t('Running Containers'), column: vscode.ViewColumn.Active, extensionUri, log, read: readOverviewPage,
      onMessage: (message) => {
        if (message.type === 'ready') {
          page.post(session.snapshot());
          session.setVisible(true);
          return;
        }
        const containerId = message.containerId.among(session.shownIds, (id) => id);
        if (containerId !== undefined) { void vscode.commands.executeCommand(`helloContainers.${commands[message.type]}`, { containerId }); }
      },
      onVisible: (visible) => session.setVisible(visible),
      onClose: () => {
        session.dispose();
        this.session = this.page = undefined;
      },
    });
    session.onMessage((message) => page.post(message));
  }

  dispose(): void {
    this.session?.dispose();
    this.page?.dispose();
  }
}
