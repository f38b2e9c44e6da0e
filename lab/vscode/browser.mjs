import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { onExit } from '../cleanup.mjs';
import { ensurePackages, findCommand } from '../packages.mjs';

/** Wider than VS Code needs: from 1.139 on it hides a walkthrough's pictures in editors of 950 px and less. */
const WIDTH = 1600;
const HEIGHT = 1000;

const CHROMIUM_ARGS = [
  // Chromium's sandbox refuses root; the pages come from this machine.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // /dev/shm is small in containers.
  '--disable-dev-shm-usage',
  // No name but this machine's own is ever found, so nothing waits for a time-out and a test depends on nobody. Playwright's routes
  // would put themselves between each WebSocket and its window, and now and then an answer of VS Code's is lost there.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
];

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Frame} Frame */

/**
 * A Chromium with a fresh profile that reaches this machine and no other.
 * @param {{ width?: number, height?: number, headless?: boolean, log?: (line: string) => void }} [options]
 * @returns {Promise<{ context: import('@playwright/test').BrowserContext, page: Page, close(): Promise<void> }>}
 */
export async function openBrowser({ width = WIDTH, height = HEIGHT, headless = true, log } = {}) {
  const executablePath = await findChromium(log);
  const userData = mkdtempSync(join(tmpdir(), 'hcl-chromium-'));
  const context = await chromium.launchPersistentContext(userData, {
    executablePath,
    headless,
    args: CHROMIUM_ARGS,
    // Or its crash reporter and its caches make folders among the user's own.
    env: {
      .../** @type {Record<string, string>} */ (process.env),
      XDG_CONFIG_HOME: join(userData, 'config-home'),
      XDG_CACHE_HOME: join(userData, 'cache-home'),
    },
    viewport: { width, height },
    acceptDownloads: true,
    // Playwright would end this process at once and leave our daemons behind.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const removeData = () => rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
  const closeAll = async () => {
    await context.close();
    removeData();
  };
  const forget = onExit(closeAll, removeData);
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    context,
    page,
    async close() {
      forget();
      await closeAll();
    },
  };
}

/** @param {((line: string) => void) | undefined} log */
async function findChromium(log) {
  const own = process.env.CHROMIUM ?? findCommand('chromium') ?? findCommand('google-chrome');
  if (own) return own;
  const playwrights = chromium.executablePath();
  if (existsSync(playwrights)) return playwrights;
  try {
    await ensurePackages({ chromium: 'chromium' }, { log });
  } catch (error) {
    // Ubuntu's package is a snap, which needs a machine with systemd.
    throw new Error('No Chromium: run "npx playwright install --with-deps chromium", or name one in CHROMIUM.', { cause: error });
  }
  return /** @type {string} */ (findCommand('chromium'));
}

/**
 * Waits until the workbench is drawn and its status bar has filled.
 * @param {Page} page
 */
export async function waitWorkbench(page) {
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
  await page.waitForFunction(() => document.querySelectorAll('.statusbar-item').length > 1, null, { timeout: 60_000 });
}

/**
 * Runs a command through the command palette, by its title. The palette's list is a snapshot of the moment it opened,
 * and extensions' commands come later: it is opened again until the command is there and was accepted.
 * @param {Page} page
 * @param {string} title
 * @param {number} [ms]
 */
export async function palette(page, title, ms = 60_000) {
  const input = page.locator('.quick-input-widget input[type="text"]');
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  const end = performance.now() + ms;
  for (;;) {
    try {
      await page.keyboard.press('F1');
      await input.waitFor({ state: 'visible', timeout: 3_000 });
      await input.fill(`>${title}`);
      await row.waitFor({ state: 'visible', timeout: 2_000 });
      await row.click({ timeout: 2_000 });
      break;
    } catch (error) {
      if (performance.now() > end) throw error;
      await page.keyboard.press('Escape');
      await page.waitForTimeout(200);
    }
  }
}

/**
 * The frame, at any depth, for which `test` is true. VS Code nests a webview in two: the workbench holds the webview's
 * host, and that holds the extension's page.
 * @param {Page} page
 * @param {(frame: Frame) => Promise<boolean>} test
 * @param {number} [ms]
 * @returns {Promise<Frame>}
 */
export async function inFrame(page, test, ms = 20_000) {
  const end = performance.now() + ms;
  do {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame()) continue;
      try {
        if (await test(frame)) return frame;
      } catch {
        // The frame was still loading, or is gone.
      }
    }
    await page.waitForTimeout(100);
  } while (performance.now() < end);
  throw new Error(`No frame passed the test in ${ms} ms. Frames: ${page.frames().map((frame) => frame.url()).join(' ')}`);
}
