import * as l10n from '@vscode/l10n';
import type { WritableCgroupHost } from './host';
import { readProcess } from './processes';

/**
 * Why a process cannot, or should not, be moved into another group, in a sentence that says what to do; undefined when it can.
 * It may end at any moment: then the move itself rejects with ESRCH.
 * @param uid who would move it: root may move everybody's
 * @see man 7 cgroups
 */
export async function whyNotMovable(host: Pick<WritableCgroupHost, 'read'>, pid: number, uid: number): Promise<string | undefined> {
  if (pid === 1) { return l10n.t('Process 1 is the first of the machine and starts all others: it stays where it is. Choose a program that you started.'); }
  const process = await readProcess(host, pid);
  if (process === undefined) { return l10n.t('There is no process {0} (any more). Start the program, and look for its number again: "pgrep -f factorials.py".', pid); }
  if (process.kernelThread) { return l10n.t('Process {0} is a thread of the kernel and no program. The kernel needs it where it is: choose a program that you started.', pid); }
  return uid === 0 || process.uid === uid ? undefined : l10n.t('Process {0} belongs to another user (number {1}): only root may move it. Use sudo.', pid, process.uid);
}
