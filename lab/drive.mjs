import { inFrame, waitWorkbench } from './vscode/browser.mjs';

/*
 * Our extension's parts as a user finds them in the workbench: by their visible names. Used by the demo and by the ui tests.
 */

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

/** On a busy machine a window now and then comes up without its extensions, and stays so. Milliseconds. */
const EXTENSIONS_MS = 45_000;

/**
 * Opens VS Code with our extension in it. A window that has come up without extensions is loaded again, as its user would.
 * @param {Page} page
 * @param {string} url
 */
export async function openWorkbench(page, url) {
  for (let attempt = 1; ; attempt++) {
    await page.goto(url);
    await waitWorkbench(page);
    try {
      await activityIcon(page).waitFor({ timeout: EXTENSIONS_MS });
      return;
    } catch (error) {
      if (attempt === 3) throw error;
      console.log(`VS Code has shown no extension of ours in ${EXTENSIONS_MS / 1_000} s: loading it again`);
    }
  }
}

/** @param {Page} page */
function activityIcon(page) {
  return page.locator('.activitybar .action-label[aria-label^="Hello Containers"]');
}

/**
 * Shows the containers view from the activity bar, unless it is shown.
 * @param {Page} page
 */
export async function showContainersView(page) {
  const title = page.locator('.composite.title h2').filter({ hasText: /Hello Containers/i });
  if (!(await title.isVisible())) await activityIcon(page).click();
  await title.waitFor();
}

/**
 * One of our views, with its header.
 * @param {Page} page
 * @param {'Containers' | 'Lesson' | 'Images' | 'Volumes' | 'Networks' | 'Swarm'} name
 */
export function viewPane(page, name) {
  return page.locator('.split-view-view > .pane').filter({ has: page.locator('.pane-header h3.title', { hasText: new RegExp(`^${name}$`) }) });
}

/**
 * A container's row in the view.
 * @param {Page} page
 * @param {string | RegExp} name
 */
export function containerRow(page, name) {
  return viewPane(page, 'Containers').locator('.monaco-list-row').filter({ has: page.locator('.label-name', { hasText: name }) });
}

/**
 * Chooses an entry of a row's context menu.
 * @param {Locator} row
 * @param {string} entry its exact title
 */
export async function chooseFromMenu(row, entry) {
  const page = row.page();
  const item = page.locator('.monaco-menu .action-item').filter({ has: page.getByText(entry, { exact: true }) });
  // A tree that is drawn anew takes the menu away that was about to open, and a widget that has just closed takes the focus back, and the
  // menu with it: then one asks for it again.
  for (let attempt = 1; ; attempt++) {
    await row.click({ button: 'right' });
    try {
      await item.waitFor({ timeout: 10_000 });
      if (await clickUntilGone(item)) return;
    } catch (error) {
      if (attempt === 5) throw error;
      if (await page.locator('.monaco-menu').first().isVisible()) await page.keyboard.press('Escape');
    }
    if (attempt === 5) throw new Error(`The menu closed 5 times before "${entry}" could be clicked.`);
  }
}

/**
 * Clicks an entry of a menu. A menu that has just opened takes no click: it could be the end of the one that opened it. A click may also
 * come late, and take the menu from under the next one.
 * @param {Locator} item
 * @returns {Promise<boolean>} false if the menu went before it was clicked
 */
async function clickUntilGone(item) {
  let clicked = false;
  do {
    await item.click({ timeout: 5_000 }).then(() => { clicked = true; }, async (error) => { if (await item.isVisible()) throw error; });
  } while (!(await item.waitFor({ state: 'hidden', timeout: 1_000 }).then(() => true, () => false)));
  return clicked;
}

/**
 * A notification with this text.
 * @param {Page} page
 * @param {string | RegExp} text
 */
export function notification(page, text) {
  return page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
}

/**
 * Closes all notifications, so that they cover nothing.
 * @param {Page} page
 */
export async function clearNotifications(page) {
  for (const toast of await page.locator('.notifications-toasts .notification-list-item').all()) {
    await toast.hover().catch(() => {});
    await toast.locator('.codicon-notifications-clear').click({ timeout: 2_000 }).catch(() => {});
  }
}

/**
 * The text in the terminal that is shown, as the accessible buffer of the terminal says it: the terminal's own rows when it draws
 * into the DOM (terminal.integrated.gpuAcceleration off).
 * @param {Page} page
 */
export async function terminalText(page) {
  const rows = await page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

/**
 * The live page, once its chart is there.
 * @param {Page} page
 */
export function livePage(page) {
  return inFrame(page, (frame) => frame.locator('.u-over').first().isVisible());
}

/** Settings under which what these functions look for can be read. */
export const DRIVE_SETTINGS = {
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.activityBar.location': 'default',
  // Or a walkthrough's step takes the focus most of a second after the click on it, and closes a list that was opened meanwhile.
  'workbench.welcomePage.preferReducedMotion': true,
};
