import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFromMenu, containerRow, livePage, notification, showContainersView } from '../../lab/drive.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import type { TaskId } from '../../src/lesson/exercise';
import { expect, pictures, test } from './fixtures';
import { expectAccessible } from './support/axe';
import { demoGroups, expectDone, extensionHosts, openExercise, programs, takeAwayExercise, task, taskIds } from './support/exercise';

/*
 * On this machine's own kernel, in a group of our own: "demo", as the lesson calls it.
 */

test.beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

test.afterEach(takeAwayExercise);

for (const { way, button } of [{ way: 'done for the learner', button: 'Do it for me' }, { way: 'typed into the terminal', button: 'Run in terminal' }]) {
  test(`a process is limited by hand, each task ${way}, and ticked by the kernel`, async ({ workbench: { page, folder } }) => {
    const exercise = await openExercise(page);
    expect(existsSync(join(folder, 'factorials.py'))).toBe(true);
    const done: TaskId[] = [];
    for (const id of taskIds) {
      await expectDone(exercise, done);
      if (id !== 'watch') { await task(exercise, id).getByText(button, { exact: true }).click(); }
      done.push(id);
    }
    await expectDone(exercise, done);
    await expectAccessible(exercise);
    await page.screenshot({ path: `${pictures}/exercise-${button === 'Do it for me' ? 'done' : 'typed'}.png` });
    expect(await programs()).toEqual([]);
    expect(demoGroups()).toEqual([]);
  });
}

test('the exercise is done on the engine\'s machine, through a helper that shows what it may do before it starts', async ({ lab, workbench: { page } }) => {
  // Each look through the helper is a few commands in a container.
  test.setTimeout(480_000);
  const exercise = await openExercise(page);
  await exercise.getByText(/^On the machine of the engine/).click();
  await expect(task(exercise, 'start')).toContainText('Not known');
  await exercise.getByText('Start the helper…', { exact: true }).click();
  const consent = page.getByRole('dialog');
  await expect(consent).toContainText('docker run --detach --label hello-containers.role=cgroup-helper --pid=host --cgroupns=host --volume /sys/fs/cgroup:/sys/fs/cgroup:rw --cap-add SYS_NICE --network none --read-only --security-opt no-new-privileges --rm sha256:');
  await expect(consent).toContainText('The image is this engine\'s busybox:latest.');
  await page.screenshot({ path: `${pictures}/exercise-consent.png` });
  await consent.getByRole('button', { name: 'Cancel' }).click();
  await expect(task(exercise, 'start')).toContainText('Not known');
  expect(await lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role=cgroup-helper')).toBe('');

  await exercise.getByText('Start the helper…', { exact: true }).click();
  await consent.getByRole('button', { name: 'Start the Helper' }).click();
  await expect(task(exercise, 'start')).toContainText('No process runs factorials.py');
  const done: TaskId[] = [];
  for (const id of taskIds) {
    await expectDone(exercise, done);
    if (id !== 'watch') { await task(exercise, id).getByText('Do it for me', { exact: true }).click(); }
    if (id === 'move') { await page.screenshot({ path: `${pictures}/exercise-engine.png` }); }
    if (id === 'watch') {
      await task(exercise, id).getByText('Open the live page', { exact: true }).click();
      // Read through the helper, every two seconds.
      await expect((await livePage(page)).locator('.tile-throttled')).toContainText(/\d\s%/);
      await page.screenshot({ path: `${pictures}/exercise-engine-live.png` });
      await page.locator('.tab', { hasText: 'Live CPU' }).locator('.codicon-close').click();
    }
    done.push(id);
  }
  await expectDone(exercise, done);
  expect(demoGroups()).toEqual([]);
  await palette(page, 'View: Close Editor');
  await expect.poll(() => lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role')).toBe('');
});

test('killed in the middle of the exercise, the next start leaves no process and no group of ours', async ({ lab, workbench: { page } }) => {
  const exercise = await openExercise(page);
  for (const id of ['start', 'make-group', 'limit-10', 'move'] as const) {
    await task(exercise, id).getByText('Do it for me', { exact: true }).click();
    await expect(task(exercise, id)).toHaveAttribute('data-done', 'true');
  }
  expect(await programs()).toHaveLength(1);
  await killExtensionHosts(lab.serverPid);
  expect(await programs()).toHaveLength(1);
  expect(demoGroups()).not.toEqual([]);
  await page.reload();
  await showContainersView(page);
  await expect(page.getByText('its program was ended and its group removed').first()).toBeVisible({ timeout: 60_000 });
  await expect.poll(programs).toEqual([]);
  expect(demoGroups()).toEqual([]);
});

test('killed in the middle of it on the engine\'s machine, the next start ends the program and offers to remove the group', async ({ lab, workbench: { page } }) => {
  test.setTimeout(480_000);
  const exercise = await openExercise(page);
  await exercise.getByText(/^On the machine of the engine/).click();
  await exercise.getByText('Start the helper…', { exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start the Helper' }).click();
  for (const id of ['start', 'make-group', 'limit-10', 'move'] as const) {
    await expect(task(exercise, id)).not.toContainText('Not known');
    await task(exercise, id).getByText('Do it for me', { exact: true }).click();
    await expect(task(exercise, id)).toHaveAttribute('data-done', 'true');
  }
  await killExtensionHosts(lab.serverPid);
  expect(demoGroups()).not.toEqual([]);
  await page.reload();
  await showContainersView(page);
  await notification(page, 'is still on that machine').getByRole('button', { name: 'Remove…' }).click({ timeout: 60_000 });
  expect(await lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role')).toBe('');
  await page.getByRole('dialog').getByRole('button', { name: 'Start the Helper' }).click();
  await expect.poll(demoGroups).toEqual([]);
  await expect.poll(() => lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role')).toBe('');
});

test('a container\'s control groups are shown, with what each file says', async ({ lab, workbench: { page } }) => {
  const id = await lab.docker('run', '--detach', '--label', 'hello-containers.role=test', '--name', 'shown', '--cpu-quota', '25000', 'busybox', 'sleep', '600');
  await chooseFromMenu(containerRow(page, 'shown'), 'Show Control Groups');
  const groups = await inFrame(page, (frame) => frame.locator('.group').first().isVisible(), 60_000);
  await expect(groups.locator('.path').first()).toContainText(id);
  const row = groups.getByRole('row', { name: /^cpu\.(max|cfs_quota_us)/ });
  await expect(row).toContainText('25000');
  await expectAccessible(groups);
  await page.screenshot({ path: `${pictures}/cgroup.png` });
  await lab.docker('update', '--cpu-quota', '12000', 'shown');
  await expect(row).toContainText('12000');
  await lab.docker('rm', '--force', 'shown');
  await expect(groups.getByText('The process has ended')).toBeVisible();
});

async function killExtensionHosts(serverPid: number): Promise<void> {
  const hosts = await extensionHosts(serverPid);
  expect(hosts).not.toEqual([]);
  for (const pid of hosts) { process.kill(pid, 'SIGKILL'); }
}
