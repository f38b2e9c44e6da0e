import * as vscode from 'vscode';
import { messageText } from '../base/plainText';
import { helperCommand, HelperHost } from '../cgroup/helperHost';
import { findHelperImage, pullHelperImage } from '../cgroup/helperImage';
import type { Engine } from '../engine/engine';
import { windowLabel } from '../engine/ours';

/** Helper containers, each started only after the user has seen what it may do and agreed. */
export class HelperAccess implements vscode.Disposable {
  private readonly open = new Set<HelperHost>();

  /**
   * @param window names this window, on the helper's label
   * @param notePulled keeps in mind that an engine did not have the image, and has it now
   */
  constructor(private readonly window: string, private readonly notePulled: (engineId: string, image: string) => Promise<void>) { }

  /**
   * Asks, and starts a helper on an engine's machine.
   * @param engineName what users call the engine  purpose: what the helper is for, a sentence
   * @returns undefined when the user did not agree
   * @throws PullFailed, EngineError, EngineUnreachable
   */
  async start(engine: Engine, engineName: string, purpose: string): Promise<HelperHost | undefined> {
    const image = await findHelperImage(engine);
    const agree = vscode.l10n.t('Start the Helper');
    const chosen = await vscode.window.showWarningMessage(messageText(vscode.l10n.t('Start a helper container on {0}?', engineName)), {
      modal: true,
      detail: vscode.l10n.t('{0}\n\nIt is not privileged, but it sees that machine\'s processes and may write into its control groups, as root there. It writes only what you ask for on the page, has no network, and is removed when the page is closed, after 10 minutes at the latest. This is what is started:\n\n{1}', purpose, helperCommand(image.exact))
        + `\n\n${image.isHere ? vscode.l10n.t('The image is this engine\'s {0}.', image.name) : vscode.l10n.t('The image is {0}, which the engine pulls first.', image.name)}`,
    }, agree);
    if (chosen !== agree) { return undefined; }
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Start the helper'), cancellable: true }, async (_progress, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      if (!image.isHere) { await this.notePulled((await engine.facts()).id, await pullHelperImage(engine, cancel.signal)); }
      const helper = await HelperHost.open({ engine, image: image.exact, labels: { [windowLabel]: this.window }, signal: cancel.signal });
      this.open.add(helper);
      return helper;
    });
  }

  async close(helper: HelperHost): Promise<void> {
    await helper.close();
    this.open.delete(helper);
  }

  /** Removes all that are open. */
  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.open].map((helper) => this.close(helper)));
  }

  dispose(): void { void this.closeAll(); }
}
