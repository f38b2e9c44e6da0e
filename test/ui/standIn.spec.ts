import type { Page } from '@playwright/test';
import { clearNotifications, containerRow, notification, terminalText } from '../../lab/drive.mjs';
import { startDockerd } from '../../lab/docker/dockerd.mjs';
import { openEngine } from '../../lab/engine.mjs';
import { freePort } from '../../lab/ports.mjs';
import { run } from '../../lab/processes.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import { engineName, expect, test } from './fixtures';
import { expectConnected } from './support/view';

test('without a registry, hello-world offers the bundled image, and says everywhere that it is the stand-in', async ({ lab, workbench: { page } }) => {
  // Nothing listens where its mirror should be, and Docker Hub is out of reach of the lab.
  const dockerd = await startDockerd({ name: `${engineName}-offline`, mirror: `http://127.0.0.1:${await freePort()}`, fresh: true });
  try {
    lab.setSettings({ 'helloContainers.endpoint': dockerd.host });
    await expectConnected(page, dockerd.host);
    await palette(page, 'Hello Containers: Run hello-world');
    const failure = notification(page, 'cannot reach the image\'s registry');
    await expect(failure).toContainText('Hello Containers carries a tiny image of its own that needs no registry.');
    await failure.getByRole('button', { name: 'Run the Bundled Image' }).click();

    await expect.poll(() => terminalText(page)).toContain('The container is kept');
    // A long line goes on in the terminal's next row.
    const text = (await terminalText(page)).replaceAll('\n', '');
    expect(text).toContain(`Running hello-containers/hello-world:bundled, the bundled stand-in for hello-world, on ${dockerd.host}`);
    const name = /Container (\S+) of image hello-containers\/hello-world:bundled ended with exit code 0\./.exec(text)?.[1] ?? 'none';
    await expect(containerRow(page, name)).toContainText('exited (0)');
    await expect(containerRow(page, name)).toContainText('(bundled stand-in)');
    await expect(terminalTab(page)).toContainText('bundled stand-in');

    await clearNotifications(page);
    await palette(page, 'Hello Containers: Clean Up');
    const list = page.locator('.quick-input-list .monaco-list-row');
    await expect(list.filter({ hasText: name })).toContainText('hello-containers/hello-world:bundled');
    await expect(list.filter({ hasText: 'the bundled stand-in' })).toContainText('hello-containers/hello-world:bundled');
    await page.keyboard.press('Enter');
    await expect(notification(page, 'Cleaned up. Removed: 2.')).toBeVisible();
    expect(await run('docker', ['--host', dockerd.host, 'images', '--all', '--quiet'])).toBe('');
  } finally {
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await dockerd.stop({ remove: true });
  }
});

test('a pull shows how far it is, and cancelling it leaves nothing behind', async ({ lab, workbench: { page } }) => {
  const slow = await openEngine({ name: `${engineName}-slow`, fresh: true, bytesPerSecond: 300_000 });
  const docker = async (...args: string[]): Promise<string> => (await run('docker', ['--host', slow.host, ...args])).trim();
  try {
    lab.setSettings({ 'helloContainers.endpoint': slow.host });
    await expectConnected(page, slow.host);
    await palette(page, 'Hello Containers: Start the CPU Demo');
    const progress = notification(page, 'Start the CPU demo');
    await expect(progress).toContainText(/Pulling python:3-alpine: Downloading, \d+ of \d+ layers, [1-9][\d.]* of \d+\.\d MB/);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await expect(progress).toHaveCount(0);
    // A command after it is answered after it: no message of its failure is still to come.
    await palette(page, 'Hello Containers: Clean Up');
    await expect(notification(page, 'There is nothing to clean up')).toBeVisible();
    await expect(page.locator('.notification-list-item .codicon-error')).toHaveCount(0);
    expect(await docker('ps', '--all', '--quiet')).toBe('');
    expect(await docker('images', '--all', '--quiet')).toBe('');
  } finally {
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await slow.close({ remove: true });
  }
});

/** The name of the terminal that is shown: a single terminal has it in the panel's title. */
function terminalTab(page: Page): ReturnType<Page['locator']> {
  return page.locator('.part.panel .single-terminal-tab');
}
