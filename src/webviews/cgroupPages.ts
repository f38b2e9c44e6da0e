import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import { findContainerGroup } from '../cgroup/containerCounters';
import { exploreProcess } from '../cgroup/explore';
import type { HelperHost } from '../cgroup/helperHost';
import type { CgroupHost } from '../cgroup/host';
import type { Engines } from '../engine/engines';
import { parseFromCgroupPage, type ToCgroupPage } from './cgroupProtocol';
import type { HelperAccess } from './helperAccess';
import { pageHtml, tabIcon } from './html';

export interface CgroupPagesInput {
  host: CgroupHost;
  engines: Engines;
  helpers: HelperAccess;
  log: Log;
  extensionUri: vscode.Uri;
}

/** A process, and the machine that it is on. */
interface Looked {
  host: CgroupHost;
  pid: number;
  name: string | undefined;
  machine: string;
  /** Goes with the page. */
  helper: HelperHost | undefined;
}

/** How often the files are read while the page is seen, in milliseconds: on this machine, and through a helper. */
const lookMillis = 1_000;
const helperLookMillis = 3_000;

/** There is no process of this number. */
class NoSuchProcess extends HumanError {
  constructor(pid: number) {
    super(vscode.l10n.t('There is no process {0} on this machine (any more).', pid));
  }
}

/** Pages that show the control groups of a process: where they are, and what their files say. */
export class CgroupPages implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();

  constructor(private readonly input: CgroupPagesInput) { }

  /** Of a process of this machine. @throws NoSuchProcess */
  async openProcess(pid: number): Promise<void> {
    const { host } = this.input;
    if (await exploreProcess(host, pid) === undefined) { throw new NoSuchProcess(pid); }
    this.open(`process ${pid}`, { host, pid, name: undefined, machine: vscode.l10n.t('this machine'), helper: undefined });
  }

  /** Of a container's first process; on another machine through a helper, after consent. */
  async openContainer(containerId: string): Promise<void> {
    const { host, engines, helpers } = this.input;
    const owner = engines.ownerOf(containerId);
    if (owner === undefined) { throw new HumanError(vscode.l10n.t('This container is gone: it was removed meanwhile, or its engine is not connected.')); }
    const known = this.panels.get(containerId);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const engine = await owner.engine.connection.engine();
    const { pid, name } = await engine.inspectContainer(containerId);
    if (pid <= 0) { throw new HumanError(vscode.l10n.t('{0} is not running: a container has a control group only while it runs. Start it first.', name)); }
    if (await findContainerGroup(host, containerId, pid) !== undefined) {
      this.open(containerId, { host, pid, name, machine: vscode.l10n.t('this machine'), helper: undefined });
      return;
    }
    const helper = await helpers.start(engine, owner.engine.name, vscode.l10n.t('It reads the files of the container\'s control groups, which are on that machine.'));
    if (helper !== undefined) { this.open(containerId, { host: helper, pid, name, machine: vscode.l10n.t('the machine of the engine “{0}”', owner.engine.name), helper }); }
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) { panel.dispose(); }
  }

  private open(key: string, looked: Looked): void {
    const known = this.panels.get(key);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const { extensionUri } = this.input;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const title = vscode.l10n.t('Control groups: {0}', plainText(looked.name ?? String(looked.pid)));
    const panel = vscode.window.createWebviewPanel('helloContainers.cgroup', title, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [dist] });
    panel.iconPath = tabIcon(extensionUri);
    this.panels.set(key, panel);
    let timer: NodeJS.Timeout | undefined;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) { return; }
      looking = true;
      try {
        const message = await this.look(looked);
        if (message.ended) { clearInterval(timer); }
        await panel.webview.postMessage(message);
      } catch (error) {
        // The helper has ended, or its engine is gone.
        clearInterval(timer);
        this.input.log.warn(`control groups of ${looked.pid}: ${messageOf(error)}`);
      } finally {
        looking = false;
      }
    };
    const lookOn = (): void => {
      clearInterval(timer);
      if (panel.visible) { timer = setInterval(() => void look(), looked.helper === undefined ? lookMillis : helperLookMillis); }
    };
    panel.webview.onDidReceiveMessage((value: unknown) => { if (parseFromCgroupPage(value) !== undefined) { void look(); } });
    panel.onDidChangeViewState(lookOn);
    panel.onDidDispose(() => {
      clearInterval(timer);
      this.panels.delete(key);
      if (looked.helper !== undefined) { this.input.helpers.close(looked.helper).catch((error: unknown) => this.input.log.warn(`helper: ${messageOf(error)}`)); }
    });
    panel.webview.html = pageHtml(panel.webview, dist, 'cgroup', title);
    lookOn();
  }

  private async look({ host, pid, name, machine }: Looked): Promise<ToCgroupPage> {
    const found = await exploreProcess(host, pid);
    return { type: 'groups', name: name ?? found?.process.command.join(' ') ?? '', pid, machine, groups: found?.groups ?? [], ended: found === undefined, l10n: vscode.l10n.bundle };
  }
}
