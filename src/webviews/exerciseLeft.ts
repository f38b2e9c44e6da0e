import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { messageText } from '../base/plainText';
import type { WritableCgroupHost } from '../cgroup/host';
import { cleanLeft, findLeft, MadeRecord } from '../cgroup/made';
import { readProcess } from '../cgroup/processes';

/** This window's own record of what it made on this machine. Nothing is read or written before something is made. */
export function ownRecord(host: WritableCgroupHost, storageFolder: string): MadeRecord {
  return new MadeRecord(join(storageFolder, 'made', `${process.pid}.json`), async () => ({ pid: process.pid, startTicks: (await readProcess(host, process.pid))?.startTicks ?? 0 }));
}

/** Ends and removes what windows that have ended (their extension host was killed, say) left on this machine, and says so. */
export async function takeAwayLeft(host: WritableCgroupHost, storageFolder: string, log: Log): Promise<void> {
  for (const record of await findLeft(host, join(storageFolder, 'made'))) {
    const left = await cleanLeft(host, record, (pid) => process.kill(pid, 'SIGKILL'));
    for (const { thing, error } of left) { log.warn(`left by a window that has ended: ${JSON.stringify(thing)}: ${messageOf(error)}`); }
    if (left.length > 0) {
      void vscode.window.showWarningMessage(messageText(vscode.l10n.t('The last window ended in the middle of the exercise, and not everything could be taken away: {0}', left.map(({ error }) => messageOf(error)).join(' '))));
    } else if (record.things.length > 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('The last window ended in the middle of the exercise: its program was ended and its group removed.'));
    }
  }
}
