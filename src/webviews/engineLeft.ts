import * as vscode from 'vscode';
import { detailsOf, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import { removeGroup } from '../cgroup/demoGroup';
import type { Engine } from '../engine/engine';
import type { Engines, KnownEngine } from '../engine/engines';
import { windowLabel } from '../engine/ours';
import { isRemoved } from '../engine/removal';
import type { EngineRecord, MadeOnEngine } from './engineRecord';
import type { HelperAccess } from './helperAccess';

/**
 * Takes away what windows that have ended left on engines' machines, as soon as each is connected: their containers at once; a group
 * only through a helper, and so only when the user agrees.
 */
export class EngineLeft implements vscode.Disposable {
  private readonly looked = new Set<string>();
  private readonly subscription: { dispose(): void };

  constructor(engines: Engines, private readonly record: EngineRecord, private readonly helpers: HelperAccess, private readonly log: Log) {
    this.subscription = engines.onDidChangeState((known) => this.look(known));
  }

  dispose(): void { this.subscription.dispose(); }

  private look({ facts, name, connection: { state } }: KnownEngine): void {
    if (facts === undefined || state.kind !== 'connected' || this.looked.has(facts.id)) { return; }
    this.looked.add(facts.id);
    const left = this.record.left(facts.id);
    if (left.length > 0) { this.takeAway(state.engine, name, left).catch((error: unknown) => this.log.warn(`left on ${name}: ${detailsOf(error)}`)); }
  }

  private async takeAway(engine: Engine, name: string, left: readonly MadeOnEngine[]): Promise<void> {
    for (const window of new Set(left.map((made) => made.window))) {
      for (const { id } of await engine.listContainers({ label: `${windowLabel}=${window}` })) { await isRemoved(engine.removeContainer(id, { force: true })); }
    }
    for (const made of left) {
      if (made.group === undefined) { await this.record.forget(made); }
    }
    const groups = left.filter(({ group }) => group !== undefined);
    if (groups.length === 0) { return; }
    const remove = vscode.l10n.t('Remove…');
    const where = groups.map(({ group }) => group?.dir ?? '').join(', ');
    const chosen = await vscode.window.showWarningMessage(messageText(vscode.l10n.t('The last window ended in the middle of the exercise on {0}: its program was ended, but the group {1} is still on that machine.', name, where)), remove);
    if (chosen === remove) { await this.removeGroups(engine, name, groups); }
  }

  private async removeGroups(engine: Engine, name: string, left: readonly MadeOnEngine[]): Promise<void> {
    const helper = await this.helpers.start(engine, name, vscode.l10n.t('It removes the group that the exercise left.'));
    if (helper === undefined) { return; }
    try {
      for (const made of left) {
        if (made.group !== undefined) { await removeGroup(helper, made.group, new Set()); }
        await this.record.forget(made);
      }
    } catch (error) {
      void vscode.window.showErrorMessage(messageText(messageOf(error)));
    } finally {
      await this.helpers.close(helper);
    }
  }
}
