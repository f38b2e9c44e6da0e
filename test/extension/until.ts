import type * as vscode from 'vscode';

/**
 * Waits until it is so: looks again at each event, and every 50 ms where VS Code tells of none (a terminal's new name).
 * @param found what there is instead, for the error after 20 s
 */
export async function until(isSo: () => boolean, event: vscode.Event<unknown>, found: () => unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearInterval(again);
      clearTimeout(tooLate);
      subscription.dispose();
      settle();
    };
    const look = (): void => { if (isSo()) { end(resolve); } };
    const subscription = event(look);
    const again = setInterval(look, 50);
    const tooLate = setTimeout(() => end(() => reject(new Error(`not in time; there is: ${JSON.stringify(found())}`))), 20_000);
    look();
  });
}
