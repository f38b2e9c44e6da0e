import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import type { HelperHost } from '../cgroup/helperHost';
import type { ProcessHost } from '../cgroup/host';
import type { Engines, KnownEngine } from '../engine/engines';
import { type Xray, xray } from '../lesson/xray';
import type { HelperAccess } from './helperAccess';
import { Page } from './page';
import type { Heard } from './pageMessages';
import { readXrayPage, type ToXrayPage } from './xrayProtocol';

export interface XrayPagesInput {
  host: ProcessHost;
  engines: Engines;
  helpers: HelperAccess;
  log: Log;
  extensionUri: vscode.Uri;
}

/** The pages that look through containers, one a container. */
export class XrayPages implements vscode.Disposable {
  private readonly pages = new Map<string, XrayPage>();

  constructor(private readonly input: XrayPagesInput) { }

  /** Opens the container's page, or brings it to the front. */
  open(containerId: string): void {
    const known = this.pages.get(containerId);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const owner = this.input.engines.ownerOf(containerId);
    if (owner === undefined) { throw new HumanError(vscode.l10n.t('This container is gone: it was removed meanwhile, or its engine is not connected.')); }
    this.pages.set(containerId, new XrayPage(this.input, owner.engine, containerId, owner.container.name, () => this.pages.delete(containerId)));
  }

  dispose(): void {
    for (const page of [...this.pages.values()]) { page.dispose(); }
  }
}

class XrayPage {
  private readonly page: Page<ToXrayPage, Heard<typeof readXrayPage>>;
  private readonly subscription: { dispose(): void };
  private helper: HelperHost | undefined;
  private otherId: string | undefined;
  private last: Xray | null = null;
  /** Of several looks the last one counts. */
  private looks = 0;

  constructor(private readonly input: XrayPagesInput, private readonly engine: KnownEngine, private readonly containerId: string, private readonly name: string, closed: () => void) {
    const { log, extensionUri } = input;
    this.page = new Page({
      name: 'xray', title: vscode.l10n.t('X-ray: {0}', plainText(name)), column: vscode.ViewColumn.Active, extensionUri, log,
      read: readXrayPage, onMessage: (message) => { this.act(message).catch((error: unknown) => this.post(messageOf(error))); }, onVisible: () => { },
      onClose: () => {
        this.subscription.dispose();
        this.closeHelper();
        closed();
      },
    });
    // It ended, or another came that it can be compared with.
    this.subscription = engine.connection.containers.onDidChange((change) => {
      const isAbout = change.kind === 'reset' || change.container.id === containerId || change.container.id === this.otherId;
      if (isAbout && this.page.visible) { void this.look(); }
    });
  }

  reveal(): void { this.page.reveal(); }
  dispose(): void { this.page.dispose(); }

  private async act(message: Heard<typeof readXrayPage>): Promise<void> {
    switch (message.type) {
      case 'ready':
      case 'refresh': await this.look(); break;
      case 'cgroups': await vscode.commands.executeCommand('helloContainers.showCgroup', { containerId: this.containerId }); break;
      case 'compare':
        this.otherId = message.containerId.among(this.others, ({ id }) => id)?.id;
        await this.look();
        break;
      case 'startHelper': {
        const engine = await this.engine.connection.engine();
        this.helper ??= await this.input.helpers.start(engine, this.engine.name, vscode.l10n.t('It reads from /proc what the container\'s processes are in, which only that machine knows.'));
        await this.look();
      }
    }
  }

  private get others(): { id: string; name: string }[] {
    return [...this.engine.connection.containers.containers].filter(({ id, state }) => id !== this.containerId && state === 'running').map(({ id, name }) => ({ id, name }));
  }

  private async look(): Promise<void> {
    const look = this.looks += 1;
    const { containers } = this.engine.connection;
    const state = containers.get(this.containerId)?.state;
    if (state !== 'running' && state !== 'paused') {
      this.post(vscode.l10n.t('The container does not run (any more): it has no processes and no namespaces. This is what was seen last.'));
      return;
    }
    try {
      const engine = await this.engine.connection.engine();
      const found = await xray({ engine, containerId: this.containerId, otherId: this.otherId, local: this.input.host, helper: this.helper });
      if (look !== this.looks) { return; }
      this.last = found;
      this.post(null);
    } catch (error) {
      if (look !== this.looks) { return; }
      this.input.log.warn(`x-ray of ${this.containerId}: ${messageOf(error)}`);
      this.post(messageOf(error));
    }
  }

  private post(problem: string | null): void {
    this.page.post({ type: 'xray', name: this.name, engine: this.engine.name, xray: this.last, others: this.others, compared: this.otherId ?? null, problem, l10n: vscode.l10n.bundle });
  }

  private closeHelper(): void {
    const { helper } = this;
    this.helper = undefined;
    if (helper !== undefined) { this.input.helpers.close(helper).catch((error: unknown) => this.input.log.warn(`helper: ${messageOf(error)}`)); }
  }
}
