import { mkdirSync } from 'node:fs';
import type { Frame, Locator, Page } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow, livePage, notification, terminalText } from '../../lab/drive.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import { expect, type Lab, pictures, test } from './fixtures';
import { missingSocket } from './support/fakeServer';
import { expectConnected, viewMessage } from './support/view';

const themes = [
  { file: 'dark', name: 'Default Dark Modern', base: 'vs-dark' },
  { file: 'light', name: 'Default Light Modern', base: 'vs' },
  { file: 'contrast-dark', name: 'Default High Contrast', base: 'hc-black' },
  { file: 'contrast-light', name: 'Default High Contrast Light', base: 'hc-light' },
] as const;

const steps = ['connect', 'hello-world', 'cpu-demo', 'limit', 'watch', 'clean-up'] as const;

/** What must be on the charts before the live page is worth a picture. */
const dataSeconds = 20;

/** Every state of what we draw, in every theme, to be looked at by a person. The test itself only asks whether the things are there. */
test('pictures of every state in every theme', async ({ lab, workbench: { page } }) => {
  test.setTimeout(600_000);
  mkdirSync(pictures, { recursive: true });
  const list = page.locator('.quick-input-list .monaco-list-row');

  await expectConnected(page, lab.engine.host);
  await expect(page.locator('.welcome-view-content')).toContainText('it has no containers yet');
  await shoot(lab, page, 'view-empty', page.locator('.welcome-view-content'));

  await test.step('without an engine', async () => {
    const place = missingSocket();
    const setting = { 'helloContainers.endpoint': place.endpoint };
    lab.setSettings(setting);
    await expect(viewMessage(page)).toContainText('There is no socket at');
    await shoot(lab, page, 'view-without-engine', viewMessage(page), setting);
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await place.close();
  });

  await palette(page, 'Hello Containers: Run hello-world');
  await expect.poll(() => terminalText(page)).toContain('The container is kept');
  await clearNotifications(page);
  await shoot(lab, page, 'hello-world', page.locator('.terminal-wrapper.active'));
  await closePanel(page);

  await palette(page, 'Hello Containers: Start the CPU Demo');
  const demo = containerRow(page, 'cpu-demo');
  await expect(demo).toContainText('running', { timeout: 60_000 });
  await clearNotifications(page);
  await chooseFromMenu(demo, 'Watch Live CPU');
  const live = await livePage(page);
  await expect(tile(live, 'Now')).toContainText(/[1-9][\d.]* calculations/, { timeout: 30_000 });
  await expectData(live);
  await shoot(lab, page, 'live-without-limit', live.locator('.charts'));

  await demo.click({ button: 'right' });
  await expect(page.locator('.monaco-menu')).toBeVisible();
  await shoot(lab, page, 'context-menu', page.locator('.monaco-menu'));
  await page.keyboard.press('Escape');

  await chooseFromMenu(demo, 'Limit CPU…');
  await expect(list.first()).toBeVisible();
  await shoot(lab, page, 'limit-list', list.first());
  await page.keyboard.press('Escape');

  await chooseFromMenu(demo, 'Limit CPU to 10%');
  await expect(demo).toContainText('CPU ≤ 10 % of a core');
  await expect(notification(page, '10 % of one core')).toBeVisible();
  await clearNotifications(page);
  await expect(tile(live, 'Now / before')).toContainText(/0\.\d+/, { timeout: 40_000 });

  // Containers in every state, beside the page.
  await lab.docker('run', '--detach', '--name', 'web', 'busybox', 'sleep', '1000');
  await lab.docker('run', '--detach', '--name', 'frozen', 'busybox', 'sleep', '1000');
  await lab.docker('pause', 'frozen');
  await lab.docker('run', '--detach', '--name', 'migration', 'busybox', 'sh', '-c', 'exit 1');
  await lab.docker('create', '--name', 'not-started', 'busybox', 'true');
  for (const [name, state] of [['web', 'running'], ['frozen', 'paused'], ['migration', 'exited (1)'], ['not-started', 'created']] as const) { await expect(containerRow(page, name)).toContainText(state); }
  await expectData(live);
  await page.setViewportSize({ width: 1400, height: 900 });
  await page.mouse.move(700, 890);
  await expect(live.locator('.charts')).toBeVisible();
  await page.screenshot({ path: `${pictures}/readme.png` });
  await page.setViewportSize({ width: 1600, height: 1000 });
  await shoot(lab, page, 'live-limited', live.locator('.charts'));

  await demo.hover();
  await expect(page.locator('.workbench-hover')).toContainText('CPU limit');
  await shoot(lab, page, 'tooltip', page.locator('.workbench-hover'));
  await page.mouse.move(700, 990);

  await page.locator('.tab.active .codicon-close').click();
  await palette(page, 'Hello Containers: Clean Up');
  await expect(list.filter({ hasText: 'cpu-demo' })).toBeVisible();
  await shoot(lab, page, 'clean-up-list', list.filter({ hasText: 'cpu-demo' }));
  await page.keyboard.press('Escape');

  await palette(page, 'Hello Containers: Open the Lesson');
  for (const step of steps) {
    const button = page.locator(`.getting-started-step[data-step-id="hello-containers.hello-containers#intro#${step}"]`);
    await button.locator('.step-title').click();
    await expect(button).toHaveClass(/\bexpanded\b/);
    await shoot(lab, page, `walkthrough-${steps.indexOf(step) + 1}-${step}`, page.locator('.getting-started-media').locator('img, iframe, webview').first());
  }

  await lab.docker('rm', '--force', 'web', 'frozen', 'migration', 'not-started');
});

/** The same state in each theme. `shown` must be there in all of them. */
async function shoot(lab: Lab, page: Page, name: string, shown: Locator, settings: Record<string, unknown> = {}): Promise<void> {
  for (const theme of themes) {
    lab.setSettings({ ...settings, 'workbench.colorTheme': theme.name });
    await expect(page.locator('.monaco-workbench')).toHaveClass(new RegExp(`(^|\\s)${theme.base}(\\s|$)`));
    for (const frame of page.frames()) { await themed(frame, theme.name); }
    await expect(shown).toBeVisible();
    await page.screenshot({ path: `${pictures}/${name}-${theme.file}.png` });
  }
  lab.setSettings(settings);
}

/** A page of ours learns of the theme a moment later. */
async function themed(frame: Frame, theme: string): Promise<void> {
  const body = frame.locator('body[data-vscode-theme-id]');
  if (await body.count().catch(() => 0) > 0) { await expect(body).toHaveAttribute('data-vscode-theme-id', theme); }
}

/** Waits until the page has this many seconds to show: the kernel's account says over how long it was taken, in seconds or in periods of 100 ms. */
async function expectData(live: Frame): Promise<void> {
  await expect.poll(async () => {
    const [, amount = '0', unit] = /over (\d+) (s|periods)/.exec(await tile(live, /Kernel's account/).innerText()) ?? [];
    return Number(amount) / (unit === 's' ? 1 : 10);
  }, { timeout: 60_000 }).toBeGreaterThan(dataSeconds);
}

function tile(live: Frame, label: string | RegExp): Locator {
  return live.locator('.tile').filter({ has: live.getByText(label, { exact: true }) });
}

async function closePanel(page: Page): Promise<void> {
  await page.locator('.part.panel .codicon-panel-close').click();
  await expect(page.locator('.part.panel')).toBeHidden();
}
