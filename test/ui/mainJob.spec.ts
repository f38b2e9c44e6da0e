import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFromMenu, clearNotifications, containerRow, livePage, notification, terminalText } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import { expect, test } from './fixtures';
import { expectAccessible } from './support/axe';
import { expectConnected, fixRow, viewMessage } from './support/view';

test('hello-world runs from the palette: output, exit code and times are shown, and its container can be removed', async ({ lab, workbench: { page } }) => {
  // Its pull is part of what is shown.
  await lab.docker('image', 'rm', '--force', 'hello-world');
  await palette(page, 'Hello Containers: Run hello-world');
  await expect.poll(() => terminalText(page)).toContain('The container is kept');
  const text = await terminalText(page);
  expect(text).toMatch(/Container (\S+) of image hello-world ended with exit code 0\./);
  expect(text).toMatch(/Milliseconds: look \d+ · pull \d+ · create \d+ · attach \d+ · start \d+ · wait \d+ · inspect \d+/);
  const name = /Container (\S+) of/.exec(text)?.[1] ?? '';
  expect(text).toContain('Hello from Docker!');

  const row = containerRow(page, name);
  await expect(row).toContainText('exited (0)');
  await chooseFromMenu(row, 'Remove…');
  await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Remove' }).click();
  await expect(row).toHaveCount(0);
  expect(await lab.docker('ps', '--all', '--quiet', '--filter', `name=${name}`)).toBe('');
});

test('the CPU demo is limited from the tree, and the live page shows cause and effect', async ({ lab, workbench: { page, consoleErrors } }) => {
  await palette(page, 'Hello Containers: Start the CPU Demo');
  const row = containerRow(page, 'cpu-demo');
  await expect(row).toContainText('running', { timeout: 60_000 });
  await clearNotifications(page);

  await chooseFromMenu(row, 'Watch Live CPU');
  const live = await livePage(page);
  await expect(live.locator('body')).toContainText('5 readings a second');
  // A few lines without a limit, to compare with.
  await expect(tile(live, 'Now')).toContainText(/[1-9][\d.]* calculations/, { timeout: 30_000 });
  await expect(tile(live, 'Limit')).toContainText('no limit');

  // Predict, then see.
  await live.getByRole('button', { name: 'Guess its rate at 10 %…' }).click();
  const guess = page.locator('.quick-input-widget input[type="text"]');
  await guess.fill('a lot');
  await expect(page.locator('.quick-input-widget')).toContainText('A number, please');
  await guess.fill('1.5');
  await page.keyboard.press('Enter');
  await expect(tile(live, 'Your guess')).toContainText('now set the limit');

  await chooseFromMenu(row, 'Limit CPU to 10%');
  await expect(row).toContainText('CPU ≤ 10 % of a core');
  await expect(notification(page, '10 % of one core')).toBeVisible();
  await expect(tile(live, 'Limit')).toContainText(/10\s%/);
  await expect(tile(live, 'Now / before')).toContainText(/0\.\d+/, { timeout: 40_000 });
  await expect(tile(live, 'Throttled')).toContainText(/(9\d|100)\s%/);
  await expect(tile(live, 'Your guess')).toContainText(/1\.50? calculations\/s\s*in theory [\d.]+, measured [\d.]+/);
  await expect(live.getByRole('button', { name: 'Guess its rate at 10 %…' })).toBeDisabled();
  await expect(live.getByRole('button', { name: 'Remove limit' })).toBeEnabled();
  await expectAccessible(live);

  // Hidden and shown again: the page is new, and knows everything. A page without its history would have to wait for a new line.
  const before = await tile(live, 'Before').locator('.tile-value').innerText();
  await palette(page, 'Hello Containers: Open the Lesson');
  await page.locator('.gettingStartedContainer').waitFor();
  await page.locator('.tab', { hasText: 'Live CPU' }).click();
  const again = await livePage(page);
  await expect(tile(again, 'Before').locator('.tile-value')).toHaveText(before);

  await clearNotifications(page);
  await again.getByRole('button', { name: 'Remove limit' }).click();
  await expect(row).not.toContainText('CPU ≤');
  await notification(page, 'no CPU limit any more').getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('CPU ≤ 10 % of a core');
  expect(await lab.docker('inspect', '--format', '{{.HostConfig.CpuQuota}}/{{.HostConfig.CpuPeriod}}', 'cpu-demo')).toBe('10000/100000');
  expect(consoleErrors.filter((error) => /content security policy/i.test(error))).toEqual([]);
});

test('another limit is chosen from the list or typed', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'busy', '--label', 'hello-containers.role=cpu-demo', 'busybox', 'sleep', '1000');
  const row = containerRow(page, 'busy');
  await expect(row).toContainText('running');
  await chooseFromMenu(row, 'Limit CPU…');
  const input = page.locator('.quick-input-widget input[type="text"]');
  await input.fill('37.5');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '37.5 % of a core' }).waitFor();
  await page.keyboard.press('Enter');
  await expect(row).toContainText('CPU ≤ 37.5 % of a core');
  await chooseFromMenu(row, 'Limit CPU…');
  await expect(page.locator('.quick-input-list .monaco-list-row').first()).toContainText('5 % of a core');
  // A list that has just opened does not have the keys yet.
  await expect(async () => {
    await page.keyboard.press('Escape');
    await input.waitFor({ state: 'hidden', timeout: 1_000 });
  }).toPass();
  await chooseFromMenu(row, 'Remove CPU Limit');
  await expect(row).not.toContainText('CPU ≤');
});

test('cleaning up lists what was made and removes it', async ({ lab, workbench: { page } }) => {
  await palette(page, 'Hello Containers: Run hello-world');
  await expect.poll(() => terminalText(page)).toContain('The container is kept');
  await lab.docker('run', '--detach', '--name', 'not-ours', 'busybox', 'sleep', '1000');
  await palette(page, 'Hello Containers: Clean Up');
  const list = page.locator('.quick-input-list .monaco-list-row');
  await expect(list.filter({ hasText: 'hello-world' }).first()).toBeVisible();
  await expect(list.filter({ hasText: 'not-ours' })).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(notification(page, 'Cleaned up')).toBeVisible();
  expect(await lab.docker('ps', '--all', '--format', '{{.Names}}')).toBe('not-ours');
  await lab.docker('rm', '--force', 'not-ours');
});

function tile(live: Awaited<ReturnType<typeof livePage>>, label: string): ReturnType<typeof live.locator> {
  return live.locator('.tile').filter({ has: live.getByText(label, { exact: true }) });
}

test('a recorded run is replayed and marked as such, and a run of one\'s own is saved and replayed', async ({ lab, workbench: { page, folder } }) => {
  lab.setSettings({ 'helloContainers.endpoint': 'unix:///nowhere/docker.sock' });
  await expect(viewMessage(page)).toContainText('There is no socket at');
  await fixRow(page, 'Replay a recorded run').click();
  await expect.poll(() => terminalText(page)).toContain('RECORDED');
  await expect.poll(() => terminalText(page)).toMatch(/The daemon streamed[^]*RECORDED: container \S+ of image hello-world ended with exit code 0/);
  // It is drawn, too, and said to be no run of now.
  const drawn = await inFrame(page, (frame) => frame.getByText('RECORDED', { exact: true }).isVisible());
  await expect(drawn.getByText('Nothing runs on your engine now.')).toBeVisible();
  await expect(drawn.locator('.stage[data-stage="shim"]')).toHaveAttribute('data-certainty', 'observed');
  lab.setSettings({});
  await expectConnected(page, lab.engine.host);

  await palette(page, 'Hello Containers: Run hello-world');
  await expect.poll(() => terminalText(page)).toContain('The container is kept');
  const name = /Container (\S+) of/.exec(await terminalText(page))?.[1] ?? '';
  await palette(page, 'Hello Containers: Save the Last Run as a Recording…');
  await expect(page.locator('.quick-input-widget input')).toHaveValue(/hello-world-run\.json$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => existsSync(join(folder, 'hello-world-run.json'))).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, 'hello-world-run.json'), 'utf8'))).toMatchObject({ format: 'hello-containers-run/1', name, exitCode: 0 });
});
