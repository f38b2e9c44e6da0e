import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import { findContainerGroup } from '../cgroup/containerCounters';
import { exploreProcess } from '../cgroup/explore';
import type { HelperHost } from '../cgroup/helperHost';
import type { CgroupHost } from '../cgroup/host';
import type { Engines } from '../engine/engines';
import { readCgroupPage, type ToCgroupPage } from './cgroupProtocol';
import type { HelperAccess } from './helperAccess';
import { Page } from './page';
import type { Heard } from './pageMessages';

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
  private readonly pages = new Map<string, Page<ToCgroupPage, Heard<typeof readCgroupPage>>>();

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
    const known = this.pages.get(containerId);
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
    for (const page of [...this.pages.values()]) { page.dispose(); }
  }

  private open(key: string, looked: Looked): void {
    const known = this.pages.get(key);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const { extensionUri, log } = this.input;
    let timer: NodeJS.Timeout | undefined;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) { return; }
      looking = true;
      try {
        const message = await this.look(looked);
        if (message.ended) { clearInterval(timer); }
        page.post(message);
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
      if (page.visible) { timer = setInterval(() => void look(), looked.helper === undefined ? lookMillis : helperLookMillis); }
    };
    const page = new Page({
      name: 'cgroup', title: vscode.l10n.t('Control groups: {0}', plainText(looked.name ?? String(looked.pid))), column: vscode.ViewColumn.Active, extensionUri, log, read: readCgroupPage,
      onMessage: () => void look(), onVisible: lookOn,
      onClose: () => {
        clearInterval(timer);
        this.pages.delete(key);
        if (looked.helper !== undefined) { this.input.helpers.close(looked.helper).catch((error: unknown) => log.warn(`helper: ${messageOf(error)}`)); }
      },
    });
    this.pages.set(key, page);
    lookOn();
  }

  private async look({ host, pid, name, machine }: Looked): Promise<ToCgroupPage> {
    const found = await exploreProcess(host, pid);
    return { type: 'groups', name: name ?? found?.process.command.join(' ') ?? '', pid, machine, groups: found?.groups ?? [], ended: found === undefined, l10n: vscode.l10n.bundle };
  }
}
