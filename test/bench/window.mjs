import { openWorkbench } from '../../lab/drive.mjs';
import { serveExtension } from '../../lab/extension.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';

/** Until the extension host of a window that is on the screen has started, too. */
export const SETTLE_SECONDS = 15;

/**
 * Does the work in a VS Code of its own that has the packaged extension: the windows of another have extension hosts that live on for a while.
 * @template T
 * @param {{ env: NodeJS.ProcessEnv, settings?: Record<string, unknown>, log: (line: string) => void }} options
 * @param {(page: import('@playwright/test').Page, url: string) => Promise<T>} work
 */
export async function inVscode({ env, settings, log }, work) {
  const vscode = await serveExtension({ env, settings, log });
  const browser = await openBrowser();
  try {
    await openWorkbench(browser.page, vscode.url);
    return await work(browser.page, vscode.url);
  } finally {
    await browser.close();
    await vscode.close();
  }
}
