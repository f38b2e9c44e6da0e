import type { Locator, Page } from '@playwright/test';
import { clearNotifications, containerRow, livePage, notification } from '../../lab/drive.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import type { StepId } from '../../src/lesson/steps';
import { expect, test } from './fixtures';
import { expectConnected } from './support/view';

const stepIds: readonly StepId[] = ['connect', 'hello-world', 'cpu-demo', 'limit', 'watch', 'clean-up'];

/*
 * VS Code keeps a walkthrough's ticks in the browser's own storage, and so each test, with its fresh browser, begins with none.
 */

test('each step is ticked when the engine or the kernel says so, from connecting to cleaning up', async ({ lab, workbench: { page } }) => {
  // Connected before the walkthrough was ever opened: its key has changed by then.
  await expectConnected(page, lab.engine.host);
  await openLesson(page);
  await expectTicked(page, 'connect');

  // Looking at a step is not doing it. What was ticked by a click would be ticked by the time that the next one is.
  for (const id of stepIds) { await selectStep(page, id); }

  await press(page, 'hello-world', 'Run hello-world');
  await expectTicked(page, 'connect', 'hello-world');
  await closePanel(page);

  await press(page, 'cpu-demo', 'Start the CPU demo');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo');
  await clearNotifications(page);

  await press(page, 'limit', 'Limit CPU to 10%');
  await expect(containerRow(page, 'cpu-demo')).toContainText('CPU ≤ 10 % of a core');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo', 'limit');
  await clearNotifications(page);

  await press(page, 'watch', 'Watch live CPU');
  const live = await livePage(page);
  await expect(live.locator('.tile-throttled')).toContainText(/\d\s%/);
  await backToLesson(page);
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo', 'limit', 'watch');

  await press(page, 'clean-up', 'Clean up');
  await expect(page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'cpu-demo' })).toBeVisible();
  // Seeing the list is not enough.
  await page.keyboard.press('Escape');
  await press(page, 'clean-up', 'Clean up');
  await expect(page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'cpu-demo' })).toBeVisible();
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo', 'limit', 'watch');
  await page.keyboard.press('Enter');
  await expect(notification(page, 'Cleaned up')).toBeVisible();
  await expectTicked(page, ...stepIds);
});

test('the same steps done in a terminal are ticked too', async ({ lab, workbench: { page } }) => {
  await expectConnected(page, lab.engine.host);
  await openLesson(page);
  await expectTicked(page, 'connect');
  await lab.docker('run', '--name', 'by-hand-hello', 'hello-world');
  await expectTicked(page, 'connect', 'hello-world');
  // As the step's text says, with a program of one's own.
  await lab.docker('run', '--detach', '--name', 'by-hand-demo', '--label', 'hello-containers.role=cpu-demo', 'busybox', 'sh', '-c', 'while true; do :; done');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo');
  await lab.docker('update', '--cpu-quota', '20000', '--cpu-period', '100000', 'by-hand-demo');
  await expect(containerRow(page, 'by-hand-demo')).toContainText('CPU ≤ 20 % of a core');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo');
  await lab.docker('update', '--cpu-quota', '10000', '--cpu-period', '100000', 'by-hand-demo');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo', 'limit');
  await lab.docker('rm', '--force', 'by-hand-demo', 'by-hand-hello');
  await expectTicked(page, 'connect', 'hello-world', 'cpu-demo', 'limit', 'clean-up');
});

async function openLesson(page: Page): Promise<void> {
  await palette(page, 'Hello Containers: Open the Lesson');
  await expect(step(page, 'connect')).toBeVisible();
}

async function backToLesson(page: Page): Promise<void> {
  await page.locator('.tab', { hasText: 'Walkthrough' }).click();
  await expect(step(page, 'connect')).toBeVisible();
}

function step(page: Page, id: StepId): Locator {
  return page.locator(`.getting-started-step[data-step-id="hello-containers.hello-containers#intro#${id}"]`);
}

async function selectStep(page: Page, id: StepId): Promise<void> {
  await step(page, id).locator('.step-title').click();
  await expect(step(page, id)).toHaveClass(/\bexpanded\b/);
  // The step takes the focus after its click, which would close a list that opens meanwhile.
  await expect(step(page, id)).toBeFocused();
}

/** Opens a step and presses its button. */
async function press(page: Page, id: StepId, button: string): Promise<void> {
  await selectStep(page, id);
  await step(page, id).locator('.monaco-button', { hasText: button }).click();
}

async function closePanel(page: Page): Promise<void> {
  await page.locator('.part.panel .codicon-panel-close').click();
  await expect(page.locator('.part.panel')).toBeHidden();
}

/** These steps have their tick, and no other has. */
async function expectTicked(page: Page, ...ids: StepId[]): Promise<void> {
  for (const id of [...ids, ...stepIds.filter((other) => !ids.includes(other))]) {
    await expect(page.locator(`[data-done-step-id="hello-containers.hello-containers#intro#${id}"]`), id).toHaveAttribute('aria-checked', String(ids.includes(id)));
  }
}
