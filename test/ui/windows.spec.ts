import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFromMenu, containerRow, openWorkbench, showContainersView } from '../../lab/drive.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { expect, test } from './fixtures';
import { demoGroups, expectDone, extensionHosts, openExercise, programs, takeAwayExercise, task } from './support/exercise';

/*
 * Several windows on one engine and one machine, each with an extension host of its own.
 */

test.beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });
test.afterEach(takeAwayExercise);

test('a second window sees the first one\'s exercise, does not fight over it, and its end takes nothing away', async ({ lab, workbench: { page, folder } }) => {
  test.setTimeout(300_000);
  const exercise = await openExercise(page);
  for (const id of ['start', 'make-group', 'limit-10', 'move'] as const) {
    await task(exercise, id).getByText('Do it for me', { exact: true }).click();
    await expect(task(exercise, id)).toHaveAttribute('data-done', 'true');
  }
  const [program] = await programs();
  const first = await extensionHosts(lab.serverPid);

  const second = await page.context().newPage();
  await openWorkbench(second, `${lab.url}/?folder=${folder}`);
  await showContainersView(second);
  const same = await openExercise(second);
  // What the other window did is done here, too: the kernel says so.
  for (const id of ['start', 'make-group', 'limit-10', 'move'] as const) { await expect(task(same, id)).toHaveAttribute('data-done', 'true'); }
  expect(await programs()).toEqual([program]);
  // It ends without a word, and a third begins: the things of a window that lives are left alone.
  const others = (await extensionHosts(lab.serverPid)).filter((pid) => !first.includes(pid));
  expect(others).toHaveLength(1);
  for (const pid of others) { process.kill(pid, 'SIGKILL'); }
  await second.close();
  const third = await page.context().newPage();
  await openWorkbench(third, `${lab.url}/?folder=${folder}`);
  await showContainersView(third);
  const again = await openExercise(third);
  // To be watched comes before the end: what a window has not seen, it does not tick.
  for (const id of ['move', 'watch'] as const) { await expect(task(again, id)).toHaveAttribute('data-done', 'true'); }
  expect(await programs()).toEqual([program]);

  // Whoever ends it, it is ended for both.
  for (const id of ['stop', 'remove-group'] as const) {
    await task(again, id).getByText('Do it for me', { exact: true }).click();
    await expect(task(again, id)).toHaveAttribute('data-done', 'true');
  }
  await page.bringToFront();
  await expect(task(exercise, 'remove-group')).toHaveAttribute('data-done', 'true');
  expect(demoGroups()).toEqual([]);
  expect(await programs()).toEqual([]);
});

test('a limit that one window sets is seen in the other, and undone there', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--label', 'hello-containers.role=test', '--name', 'shared', 'busybox', 'sleep', '600');
  const second = await page.context().newPage();
  await openWorkbench(second, lab.url);
  await showContainersView(second);
  await chooseFromMenu(containerRow(page, 'shared'), 'Limit CPU to 10%');
  for (const window of [page, second]) { await expect(containerRow(window, 'shared')).toContainText('CPU ≤ 10 % of a core'); }
  await chooseFromMenu(containerRow(second, 'shared'), 'Remove CPU Limit');
  for (const window of [page, second]) { await expect(containerRow(window, 'shared')).not.toContainText('CPU ≤'); }
});

test('in a workspace of several folders the program goes into the first, and once', async ({ lab, workbench: { page, folder } }) => {
  for (const name of ['one', 'two']) { mkdirSync(join(folder, name)); }
  const file = join(folder, 'both.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }));
  test.setTimeout(240_000);
  // Now and then VS Code comes up with the workspace's name, and its own Explorer says that it has no folder: one loads the window again.
  await expect(async () => {
    await openWorkbench(page, `${lab.url}/?workspace=${file}`);
    await page.keyboard.press('Control+Shift+e');
    await expect(page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'two' })).toBeVisible({ timeout: 10_000 });
  }).toPass({ timeout: 200_000 });
  await showContainersView(page);
  const exercise = await openExercise(page);
  await expectDone(exercise, []);
  expect(readdirSync(join(folder, 'one'))).toEqual(['factorials.py']);
  expect(readdirSync(join(folder, 'two'))).toEqual([]);
});
