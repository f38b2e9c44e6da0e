import type { Locator, Page } from '@playwright/test';
import { clearNotifications, containerRow, livePage, notification } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import type { StepId } from '../../src/lesson/steps';
import { expect, test } from './fixtures';
import { expectConnected } from './support/view';

/** In order; the last three are for those who have another machine or another engine, or want to see more. */
const stepIds: readonly StepId[] = [
  'connect', 'containers-and-vms', 'image-container-host', 'architecture', 'hello-world', 'follow-the-run', 'a-process',
  'cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand', 'cpu-demo', 'limit', 'watch', 'clean-up', 'remote-engine', 'other-runtime', 'swarm',
];
const optional: readonly StepId[] = ['remote-engine', 'other-runtime', 'swarm'];

/*
 * VS Code keeps a walkthrough's ticks in the browser's own storage, and so each test, with its fresh browser, begins with none.
 */

test('a newcomer goes from connecting to the report, and each step is ticked when the engine or the kernel says so', async ({ lab, workbench: { page } }) => {
  test.setTimeout(600_000);
  // Connected before the walkthrough was ever opened: its key has changed by then.
  await expectConnected(page, lab.engine.host);
  await openLesson(page);
  const ticked: StepId[] = ['connect'];
  const expectAlso = async (...ids: StepId[]): Promise<void> => {
    ticked.push(...ids);
    await expectTicked(page, ...ticked);
    await clearNotifications(page);
  };
  await expectAlso();

  // Looking at a step is not doing it. What was ticked by a click would be ticked by the time that the next one is.
  for (const id of stepIds) { await selectStep(page, id); }

  await press(page, 'containers-and-vms', 'Ask a container for its kernel');
  await expectAlso('containers-and-vms');
  await press(page, 'image-container-host', 'Make two containers and change one');
  await expectAlso('image-container-host');
  await press(page, 'architecture', 'Which address does your client use?');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: lab.engine.host }).click();
  await expectAlso('architecture');
  await press(page, 'hello-world', 'Run hello-world');
  // The engine told of that run as it went.
  await expectAlso('hello-world', 'follow-the-run');
  await closePanel(page);
  await press(page, 'a-process', 'Look into a running container');
  await expectAlso('a-process', 'cpu-demo');

  await press(page, 'cpu-program', 'Open the exercise');
  const exercise = await inFrame(page, (frame) => frame.locator('.task').first().isVisible(), 60_000);
  for (const task of ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch', 'stop', 'remove-group']) {
    const row = exercise.locator(`.task[data-task="${task}"]`);
    if (task !== 'watch') { await row.getByText('Do it for me', { exact: true }).click(); }
    await expect(row).toHaveAttribute('data-done', 'true');
  }
  await backToLesson(page);
  await expectAlso('cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand');

  await press(page, 'limit', 'Limit CPU to 10%');
  await expect(containerRow(page, 'cpu-demo')).toContainText('CPU ≤ 10 % of a core');
  await expectAlso('limit');
  await press(page, 'watch', 'Watch live CPU');
  const live = await livePage(page);
  await expect(live.locator('.tile-throttled')).toContainText(/\d\s%/);
  await backToLesson(page);
  await expectAlso('watch');

  await press(page, 'clean-up', 'Clean up');
  await expect(page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'cpu-demo' })).toBeVisible();
  // Seeing the list is not enough.
  await page.keyboard.press('Escape');
  await press(page, 'clean-up', 'Clean up');
  await expect(page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'cpu-demo' })).toBeVisible();
  await expectAlso();
  await page.keyboard.press('Enter');
  await expect(notification(page, 'Cleaned up')).toBeVisible();
  await expectAlso('clean-up');
  expect([...ticked, ...optional].toSorted()).toEqual([...stepIds].toSorted());

  await press(page, 'clean-up', 'Write the lab report');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Without names' }).click();
  await expect(page.locator('.view-lines')).toContainText('15 of 15 steps done');
});

test('the same steps done in a terminal are ticked too', async ({ lab, workbench: { page } }) => {
  await expectConnected(page, lab.engine.host);
  await openLesson(page);
  await expectTicked(page, 'connect');
  await lab.docker('run', '--name', 'by-hand-hello', 'hello-world');
  await expectTicked(page, 'connect', 'hello-world', 'follow-the-run');
  // As the step's text says, with a program of one's own.
  await lab.docker('run', '--detach', '--name', 'by-hand-demo', '--label', 'hello-containers.role=cpu-demo', 'busybox', 'sh', '-c', 'while true; do :; done');
  await expectTicked(page, 'connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo');
  await lab.docker('update', '--cpu-quota', '20000', '--cpu-period', '100000', 'by-hand-demo');
  await expect(containerRow(page, 'by-hand-demo')).toContainText('CPU ≤ 20 % of a core');
  await expectTicked(page, 'connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo');
  await lab.docker('update', '--cpu-quota', '10000', '--cpu-period', '100000', 'by-hand-demo');
  await expectTicked(page, 'connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo', 'limit');
  await lab.docker('rm', '--force', 'by-hand-demo', 'by-hand-hello');
  await expectTicked(page, 'connect', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo', 'limit', 'clean-up');
});

async function openLesson(page: Page): Promise<void> {
  await palette(page, 'Hello Containers: Open the Lesson');
  await expect(step(page, 'connect')).toBeVisible();
}

async function backToLesson(page: Page): Promise<void> {
  await page.locator('.tab', { hasText: /Walkthrough|Welcome/ }).click();
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
