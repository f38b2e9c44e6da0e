import type { Page } from '@playwright/test';
import { openWorkbench, terminalText } from '../../lab/drive.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';
import { expect, type Lab, removeOurs, test } from './fixtures';
import { missingSocket } from './support/fakeServer';
import { fixRow, viewMessage, viewWelcome } from './support/view';

/*
 * What somebody sees who has just installed the extension, in a VS Code that has never shown it. Every click is a real one and counted.
 */

const most = { clicks: 2 };

async function freshWindow(lab: Lab, work: (page: Page, clicks: () => Promise<number>) => Promise<void>): Promise<void> {
  const browser = await openBrowser();
  try {
    const { page } = browser;
    await page.addInitScript(() => {
      const window = globalThis as unknown as { clicks: number; addEventListener(type: string, listener: () => void, capture: boolean): void };
      window.clicks = 0;
      window.addEventListener('click', () => { window.clicks += 1; }, true);
    });
    await openWorkbench(page, lab.url);
    await work(page, () => page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks));
  } finally {
    await browser.close();
  }
}

function ourIcon(page: Page) {
  return page.locator('.activitybar .action-label[aria-label^="Hello Containers"]');
}

test('from a fresh install to hello-world\'s output in two clicks', async ({ lab }) => {
  lab.setSettings({});
  await freshWindow(lab, async (page, clicks) => {
    const from = Date.now();
    await ourIcon(page).click();
    await viewWelcome(page).getByText('Run hello-world').click();
    await expect.poll(() => terminalText(page)).toContain('Hello from Docker!');
    const seconds = (Date.now() - from) / 1_000;
    expect(await clicks()).toBeLessThanOrEqual(most.clicks);
    console.log(`first minute: ${await clicks()} clicks, ${seconds.toFixed(1)} s from the first click to the output`);
  });
  await removeOurs(lab);
});

test('without an engine the first click shows what is wrong and what to do', async ({ lab }) => {
  const place = missingSocket();
  lab.setSettings({ 'helloContainers.endpoint': place.endpoint });
  try {
    await freshWindow(lab, async (page, clicks) => {
      await ourIcon(page).click();
      await expect(viewMessage(page)).toContainText('There is no socket at');
      for (const way of ['How to install Docker', 'Use another engine…', 'Diagnose the connection', 'Replay a recorded run']) { await expect(fixRow(page, way)).toBeVisible(); }
      expect(await clicks()).toBe(1);
    });
  } finally {
    lab.setSettings({});
    await place.close();
  }
});
