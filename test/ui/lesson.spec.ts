import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { chooseFromMenu, clearNotifications, notification, viewPane } from '../../lab/drive.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import type { StepId } from '../../src/lesson/steps';
import { expect, pictures, test } from './fixtures';
import { expectConnected } from './support/view';

/*
 * The lesson in its own view, from a fresh profile to the report. On this machine's own kernel the group is "demo", as the lesson calls it.
 */

/** In order; those that are the learner's own business come last. */
const stepIds: readonly StepId[] = [
  'connect', 'containers-and-vms', 'image-container-host', 'architecture', 'hello-world', 'follow-the-run', 'a-process',
  'cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand', 'cpu-demo', 'limit', 'watch', 'clean-up', 'remote-engine', 'other-runtime', 'swarm',
];

test.beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

test('a newcomer goes through all steps, each is done when the engine or the kernel says so, and the report proves it', async ({ lab, workbench: { page, folder } }) => {
  test.setTimeout(600_000);
  await expectConnected(page, lab.engine.host);
  await expectState(page, 'connect', 'done');
  for (const id of ['containers-and-vms', 'image-container-host', 'architecture', 'hello-world', 'follow-the-run', 'cpu-program', 'cpu-demo'] as const) { await expectState(page, id, 'not done'); }

  // Three hints, each saying more; the last one is what to type.
  await chooseFromMenu(row(page, 'containers-and-vms'), 'Show a Hint');
  await notification(page, '').getByRole('button', { name: 'Tell Me More' }).click();
  await notification(page, '').getByRole('button', { name: 'Tell Me More' }).click();
  await expect(page.getByRole('dialog')).toContainText('uname -r');
  await page.keyboard.press('Escape');

  for (const id of ['containers-and-vms', 'image-container-host'] as const) { await solve(page, id); }

  // A wrong answer is none; the right one is this machine's own.
  await chooseFromMenu(row(page, 'architecture'), 'Answer the Question');
  await option(page, 'https://registry').click();
  await expect(notification(page, 'Not that')).toBeVisible();
  await expectState(page, 'architecture', 'not done');
  await clearNotifications(page);
  await chooseFromMenu(row(page, 'architecture'), 'Answer the Question');
  await option(page, lab.engine.host).click();
  await expect(notification(page, 'Right')).toBeVisible();
  await expectState(page, 'architecture', 'done');
  await clearNotifications(page);

  for (const id of ['hello-world', 'follow-the-run', 'a-process', 'cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand', 'cpu-demo', 'limit', 'watch'] as const) { await solve(page, id); }
  await page.screenshot({ path: `${pictures}/lesson.png` });

  // Undone is not done any more, and done again.
  await chooseFromMenu(row(page, 'image-container-host'), 'Reset This Step');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
  await expectState(page, 'image-container-host', 'not done');
  await solve(page, 'image-container-host');

  await chooseFromMenu(row(page, 'clean-up'), 'Do It for Me');
  await expect(page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'cpu-demo' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expectState(page, 'clean-up', 'done');
  await expectState(page, 'hello-world', 'was done');
  await clearNotifications(page);

  await palette(page, 'Hello Containers: Write the Lab Report…');
  await option(page, 'Without names').click();
  await notification(page, 'This is your lab report').getByRole('button', { name: 'Save…' }).click();
  await expect(page.locator('.quick-input-widget input')).toHaveValue(/lab-report\.md$/);
  await page.screenshot({ path: `${pictures}/report.png` });
  await page.keyboard.press('Enter');
  const file = join(folder, 'lab-report.md');
  await expect.poll(() => { try { return readFileSync(file, 'utf8'); } catch { return ''; } }).toContain('15 of 15 steps done');
  const report = readFileSync(file, 'utf8');
  expect(report).not.toContain(lab.engine.host);
  // As the report tells an instructor to check it.
  const command = /`(sed .*sha256sum)`/.exec(report)?.[1]?.replace('REPORT.md', file) ?? '';
  const hash = /^SHA-256: ([0-9a-f]{64})$/m.exec(report)?.[1] ?? '';
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(`${hash}  -\n`);
  expect(createHash('sha256').update('').digest('hex')).not.toBe(hash);
});

test('the lesson begins anew when the learner wants', async ({ lab, workbench: { page } }) => {
  await expectConnected(page, lab.engine.host);
  await lab.docker('run', '--name', 'mine', '--label', 'hello-containers.role=hello-world', 'hello-world');
  await expectState(page, 'hello-world', 'done');
  await palette(page, 'Hello Containers: Reset the Lesson…');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
  await expectState(page, 'hello-world', 'not done');
  expect(await lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role')).toBe('');
});

function row(page: Page, id: StepId): Locator {
  return viewPane(page, 'Lesson').locator(`.monaco-list-row[aria-level="1"][aria-label^="${stepIds.indexOf(id) + 1}. "]`);
}

async function expectState(page: Page, id: StepId, state: 'done' | 'not done' | 'was done' | 'not known'): Promise<void> {
  await scrollTo(page, id);
  await expect(row(page, id), id).toHaveAttribute('aria-label', new RegExp(`, ${state}: `), { timeout: 90_000 });
}

async function solve(page: Page, id: StepId): Promise<void> {
  await scrollTo(page, id);
  await chooseFromMenu(row(page, id), 'Do It for Me');
  await expectState(page, id, 'done');
  await clearNotifications(page);
}

/** Rows that are not seen do not exist. */
async function scrollTo(page: Page, id: StepId): Promise<void> {
  const list = viewPane(page, 'Lesson').locator('.monaco-list');
  await list.focus();
  await page.keyboard.press('Home');
  for (let at = 0; at < stepIds.indexOf(id); at += 1) { await page.keyboard.press('ArrowDown'); }
  await expect(row(page, id)).toBeVisible();
}

function option(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
}
