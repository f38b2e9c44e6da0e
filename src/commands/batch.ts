import * as vscode from 'vscode';
import { HumanError, isAbort, messageOf } from '../base/errors';
import { messageText } from '../base/plainText';
import { Slots } from '../base/slots';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { withCancellableProgress, withViewProgress } from './command';
import type { Picked } from './pickContainer';

/** Containers that are worked on at once: an engine stops and removes several in the time of one. */
const atOnce = 4;
/** Failures that are told one by one; more are only counted. */
const toldFailures = 5;

/**
 * Does the same with each container: under the view's bar for one, with one progress that can be cancelled and one summary for several.
 * @param title of the progress: "Stop"
 * @throws what went wrong for one; for several a summary of what failed and why
 */
export async function forEachContainer(title: string, picked: readonly Picked[], work: (engine: Engine, container: Container) => Promise<unknown>): Promise<void> {
  const [only] = picked;
  if (only === undefined) { return; }
  if (picked.length === 1) {
    await withViewProgress(() => work(only.engine, only.container));
    return;
  }
  const failures: string[] = [];
  let done = 0;
  await withCancellableProgress(title, async (report, signal) => {
    const slots = new Slots(atOnce);
    await Promise.all(picked.map(({ engine, container }) => slots.use(async () => {
      if (signal.aborted) { return; }
      try {
        await work(engine, container);
        done += 1;
      } catch (error) {
        if (isAbort(error)) { throw error; }
        failures.push(`${container.name} (${messageOf(error)})`);
      }
      report(vscode.l10n.t('{0} of {1}: {2}', done + failures.length, picked.length, container.name), 100 / picked.length);
    })));
  });
  if (failures.length > 0) {
    const more = failures.length - toldFailures;
    throw new HumanError(vscode.l10n.t('{0}: done for {1} of {2} containers. Not for {3}', title, done, picked.length, `${failures.slice(0, toldFailures).join('; ')}${more > 0 ? ` ${vscode.l10n.t('and {0} more', more)}` : ''}`));
  }
  if (done < picked.length) { void vscode.window.showInformationMessage(messageText(vscode.l10n.t('{0}: cancelled after {1} of {2} containers.', title, done, picked.length))); }
}
