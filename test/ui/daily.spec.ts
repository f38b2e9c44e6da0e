import type { Locator, Page } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow, notification, terminalText, viewPane } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import { expect, type Lab, pictures, test } from './fixtures';
import { expectAccessible } from './support/axe';
import { choices, choose, expectAsked, quickInput, type } from './support/quickInput';
import { inEachTheme } from './support/themes';
import { expectConnected, viewRows } from './support/view';

/** Containers of a test's own, gone after it: `docker run` with this label. */
const mine = ['--label', 'why=daily'];

test.beforeEach(async ({ lab, workbench: { page } }) => expectConnected(page, lab.engine.host));
test.afterEach(async ({ lab }) => {
  const ids = (await lab.docker('ps', '--all', '--quiet', '--filter', 'label=why=daily')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) { await lab.docker('rm', '--force', '--volumes', ...ids); }
});

const sleeper = (lab: Lab, name: string, ...options: string[]): Promise<string> => lab.docker('run', '--detach', '--init', '--name', name, ...mine, ...options, 'busybox', 'sleep', '1000');

test('containers are grouped, sorted and filtered, and the next window remembers it', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'shop-web', '--label', 'com.docker.compose.project=shop');
  await sleeper(lab, 'shop-db', '--label', 'com.docker.compose.project=shop');
  await lab.docker('create', '--name', 'alone', ...mine, 'busybox');
  await expect(containerRow(page, 'alone')).toBeVisible();
  expect((await rowNames(page)).at(-1)).toBe('alone');

  await palette(page, 'Hello Containers: Group Containers…');
  await choose(page, 'By Compose project');
  await expect(viewRows(page).first()).toContainText('shop');
  await palette(page, 'Hello Containers: Sort Containers…');
  await choose(page, 'By name');
  await expect.poll(() => rowNames(page)).toEqual(['shop', 'shop-db', 'shop-web', 'in no project', 'alone']);
  await expect(viewRows(page).filter({ hasText: 'in no project' })).toContainText('1, 0 running');

  await palette(page, 'Hello Containers: Filter Containers…');
  await quickInput(page).locator('input[type="text"]').fill('SHOP web');
  await expect.poll(() => rowNames(page)).toEqual(['shop', 'shop-web']);
  await page.keyboard.press('Enter');
  await expect(viewPane(page, 'Containers')).toContainText('SHOP web');

  // VS Code in a browser puts away what an extension remembers some seconds later.
  await expect.poll(() => isPutAway(page, 'SHOP web')).toBe(true);
  await page.reload();
  await expectConnected(page, lab.engine.host);
  await expect.poll(() => rowNames(page)).toEqual(['shop', 'shop-web']);
  await palette(page, 'Hello Containers: Clear the Filter');
  await expect(containerRow(page, 'alone')).toBeVisible();
  // Escape takes back what was typed.
  await palette(page, 'Hello Containers: Filter Containers…');
  await quickInput(page).locator('input[type="text"]').fill('nothing at all');
  await expect(containerRow(page, 'alone')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(containerRow(page, 'alone')).toBeVisible();
  await palette(page, 'Hello Containers: Group Containers…');
  await choose(page, 'Not at all');
  await palette(page, 'Hello Containers: Sort Containers…');
  await choose(page, 'What runs first');
  await expect.poll(() => rowNames(page)).toEqual(['shop-db', 'shop-web', 'alone']);
});

test('an action on several containers is one progress, and what failed is told once', async ({ lab, workbench: { page } }) => {
  for (const name of ['one', 'two']) { await lab.docker('create', '--name', name, ...mine, 'busybox', 'sleep', '1000'); }
  await lab.docker('create', '--name', 'broken', ...mine, 'busybox', 'no-such-program');
  await expect(containerRow(page, 'broken')).toBeVisible();
  await containerRow(page, 'broken').click();
  for (const name of ['one', 'two']) { await containerRow(page, name).click({ modifiers: ['ControlOrMeta'] }); }
  await chooseFromMenu(containerRow(page, 'two'), 'Start');
  await expect(notification(page, 'Start: done for 2 of 3 containers. Not for broken (')).toContainText('no-such-program');
  for (const name of ['one', 'two']) { await expect(containerRow(page, name)).toContainText('running'); }
  await clearNotifications(page);

  await containerRow(page, 'one').click();
  await containerRow(page, 'two').click({ modifiers: ['ControlOrMeta'] });
  await chooseFromMenu(containerRow(page, 'two'), 'Limit CPU to 10%');
  for (const name of ['one', 'two']) { await expect(containerRow(page, name)).toContainText('CPU ≤ 10 % of a core'); }
  await notification(page, 'Each of').getByRole('button', { name: 'Undo' }).click();
  for (const name of ['one', 'two']) { await expect(containerRow(page, name)).not.toContainText('CPU ≤'); }

  await containerRow(page, 'one').click();
  await containerRow(page, 'two').click({ modifiers: ['ControlOrMeta'] });
  await page.keyboard.press('Delete');
  await expect(page.locator('.monaco-dialog-box')).toContainText('Remove 2 containers?');
  await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Stop and Remove' }).click();
  await expect.poll(() => rowNames(page)).toEqual(['broken']);
});

test('a shell is opened over the API, says its exit code, and ends with its container; without a shell there is a reason', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'house');
  await expect(containerRow(page, 'house')).toContainText('running');
  await chooseFromMenu(containerRow(page, 'house'), 'Open a Shell');
  await expect.poll(() => terminalText(page)).toContain('#');
  await page.keyboard.type('echo $((40 + 2)); hostname; exit 3\n');
  await expect.poll(() => terminalText(page)).toContain('The shell in house ended with exit code 3.');
  expect(await terminalText(page)).toMatch(/^42$/m);

  await chooseFromMenu(containerRow(page, 'house'), 'Open a Shell');
  await expect.poll(() => terminalText(page)).toMatch(/#\s*$/);
  await lab.docker('rm', '--force', 'house');
  await expect.poll(() => terminalText(page)).toMatch(/The shell (ended with its container|in house ended with exit code 137)\./);

  await sleeper(lab, 'bare');
  await lab.docker('exec', 'bare', 'sh', '-c', 'mkdir /only && mv /bin/sh /only/renamed');
  await expect(containerRow(page, 'bare')).toContainText('running');
  await chooseFromMenu(containerRow(page, 'bare'), 'Open a Shell');
  await expect(notification(page, 'bare has no shell')).toBeVisible();
});

test('a log is shown with times and from when on, keeps its colours, and is left out in part when it comes too fast', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'talks', ...mine, 'busybox', 'sh', '-c', 'printf "\\033[31mred\\033[0m\\nplain\\n"');
  await expect(containerRow(page, 'talks')).toContainText('exited');
  await chooseFromMenu(containerRow(page, 'talks'), 'Show Logs with Options…');
  await expectAsked(page, 'Show logs');
  await choose(page, 'Timestamps');
  await page.keyboard.press('Enter');
  await choose(page, 'Everything');
  await expect.poll(() => terminalText(page)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z plain$/m);
  await expect.poll(() => terminalText(page)).toContain('The log ends here');
  await expect(page.locator('.terminal-wrapper.active .xterm-rows span.xterm-fg-1', { hasText: 'red' })).toBeVisible();

  // What was chosen is remembered, and is the first of the list.
  await chooseFromMenu(containerRow(page, 'talks'), 'Show Logs with Options…');
  await expect(quickInput(page)).toContainText('2 Selected');
  await page.keyboard.press('Enter');
  await expect(choices(page).first()).toContainText('Everything');
  await page.keyboard.press('Escape');

  await lab.docker('run', '--detach', '--name', 'floods', ...mine, 'busybox', 'sh', '-c', 'yes a line that comes again and again | head -c 100000000; echo the end');
  await expect(containerRow(page, 'floods')).toContainText('exited', { timeout: 120_000 });
  await chooseFromMenu(containerRow(page, 'floods'), 'Show Logs with Options…');
  await expect(quickInput(page)).toContainText('2 Selected');
  await page.keyboard.press('Enter');
  await choose(page, 'Everything');
  await expect.poll(() => terminalText(page), { timeout: 120_000 }).toMatch(/the end[^]*The log ends here/);

  await sleeper(lab, 'silent', '--log-driver', 'none');
  await expect(containerRow(page, 'silent')).toContainText('running');
  await chooseFromMenu(containerRow(page, 'silent'), 'Show Logs');
  await expect(notification(page, 'configured logging driver does not support reading')).toBeVisible();
});

test('a container gets another name, or a reason why not', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'first');
  await lab.docker('create', '--name', 'taken', ...mine, 'busybox');
  await expect(containerRow(page, 'taken')).toBeVisible();
  // VS Code tells of a selection a moment after it: a key that comes before asks which container is meant.
  await expect(async () => {
    if (await quickInput(page).isVisible()) { await page.keyboard.press('Escape'); }
    await containerRow(page, 'first').click();
    await page.keyboard.press('F2');
    await expect(quickInput(page)).toContainText('Rename first', { timeout: 3_000 });
  }).toPass();
  await type(page, 'taken');
  await expect(quickInput(page)).toContainText('Another container has this name.');
  await type(page, 'second');
  await expect(containerRow(page, 'second')).toBeVisible();
  await expect(containerRow(page, 'first')).toHaveCount(0);

  await chooseFromMenu(containerRow(page, 'second'), 'Rename…');
  await lab.docker('rm', '--force', 'second');
  await expect(containerRow(page, 'second')).toHaveCount(0);
  await type(page, 'third');
  await expect(notification(page, 'No such container')).toBeVisible();
});

test('a signal reaches a container; one that there is not is refused', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'listens', ...mine, 'busybox', 'sh', '-c', 'trap "exit 5" USR1; while :; do sleep 0.1; done');
  await expect(containerRow(page, 'listens')).toContainText('running');
  await chooseFromMenu(containerRow(page, 'listens'), 'Send a Signal…');
  await choose(page, 'Another signal…');
  await type(page, 'nosuch');
  await expect(notification(page, 'NOSUCH')).toBeVisible();
  await chooseFromMenu(containerRow(page, 'listens'), 'Send a Signal…');
  await choose(page, 'SIGUSR1');
  await expect(containerRow(page, 'listens')).toContainText('exited (5)');
});

test('what is stopped is listed and removed; one that was started meanwhile stays', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'runs');
  for (const name of ['old', 'older', 'wakes']) { await lab.docker('create', '--name', name, ...mine, 'busybox', 'sleep', '1000'); }
  await expect(containerRow(page, 'wakes')).toBeVisible();
  await palette(page, 'Hello Containers: Remove Stopped Containers…');
  await expect(choices(page)).toHaveCount(3);
  await lab.docker('start', 'wakes');
  await expect(containerRow(page, 'wakes')).toContainText('running');
  await page.keyboard.press('Enter');
  await expect(notification(page, 'Remove: done for 2 of 3 containers. Not for wakes (')).toBeVisible();
  await expect.poll(async () => (await rowNames(page)).sort()).toEqual(['runs', 'wakes']);
  await palette(page, 'Hello Containers: Remove Stopped Containers…');
  await expect(notification(page, 'There is nothing to remove')).toBeVisible();
});

test('a published port is opened in the browser; without one there is a reason', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'closed');
  await palette(page, 'Hello Containers: Open Port in Browser');
  await expect(notification(page, 'No running container publishes a port.')).toBeVisible();
  await lab.docker('run', '--detach', '--name', 'serves', ...mine, '--publish', '127.0.0.1:18089:80', 'busybox', 'sh', '-c', 'mkdir /www; echo hello > /www/index.html; httpd -f -p 80 -h /www');
  await expect(containerRow(page, 'serves')).toContainText('running');
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    (async () => {
      await chooseFromMenu(containerRow(page, 'serves'), 'Open Port in Browser');
      await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Open', exact: true }).click({ timeout: 10_000 }).catch(() => undefined);
    })(),
  ]);
  await expect(opened.locator('body')).toContainText('hello');
  await opened.close();
});

test('memory, processes and shares are limited, read back from engine and kernel, and lifted again', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'eats', ...mine, '--shm-size', '64m', 'busybox', 'sh', '-c', 'dd if=/dev/zero of=/dev/shm/x bs=1M count=40; sleep 1000');
  await expect(containerRow(page, 'eats')).toContainText('running');
  const of = (field: string): Promise<string> => lab.docker('inspect', '--format', `{{.HostConfig.${field}}}`, 'eats');
  const limit = async (what: string, value: string): Promise<void> => {
    await clearNotifications(page);
    await chooseFromMenu(containerRow(page, 'eats'), 'Limit Memory, Processes or Shares…');
    await choose(page, what);
    await type(page, value);
  };

  await limit('memory', '96m');
  await expect(notification(page, 'eats may use 96 MiB of memory.')).toContainText('memory.limit_in_bytes says 100663296');
  expect(await of('Memory')).toBe('100663296');
  await limit('processes', '50');
  await expect(notification(page, 'eats may use 50 processes.')).toContainText('pids.max says 50');
  await notification(page, '50 processes').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => of('PidsLimit')).toMatch(/^(0|-1|<nil>)$/);
  await limit('CPU shares', '512');
  await expect(notification(page, '512 CPU shares')).toContainText('cpu.shares says 512');
  await limit('CPU shares', '');
  await expect(notification(page, 'no limit of CPU shares any more')).toContainText('cpu.shares says 1024');

  // What is in use cannot be taken away: the question says so, and then the engine.
  await limit('memory', '5m');
  await expect(quickInput(page)).toContainText('at least 6m');
  await type(page, '8m');
  const dialog = page.locator('.monaco-dialog-box');
  await expect(dialog).toContainText('more than the new limit of 8 MiB');
  await dialog.getByRole('button', { name: 'Limit Nevertheless' }).click();
  await expect(notification(page, /memory/i).filter({ hasText: /limit|busy/i }).first()).toBeVisible();
  await expect.poll(() => of('Memory')).toBe('100663296');
});

test('CPU and memory stand beside running containers when asked for', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'busy', ...mine, 'busybox', 'sh', '-c', 'while :; do :; done');
  await lab.docker('create', '--name', 'idle', ...mine, 'busybox');
  await expect(containerRow(page, 'busy')).toContainText('running');
  await expect(containerRow(page, 'busy')).not.toContainText('MiB');
  lab.setSettings({ 'helloContainers.showUsage': true });
  await expect(containerRow(page, 'busy')).toContainText(/[\d.]+ % · [\d.]+ MiB/);
  await expect(containerRow(page, 'idle')).not.toContainText('MiB');
  await lab.docker('pause', 'busy');
  await expect(containerRow(page, 'busy')).not.toContainText('MiB');
  await lab.docker('unpause', 'busy');
  await expect(containerRow(page, 'busy')).toContainText('MiB');
  lab.setSettings({});
  await expect(containerRow(page, 'busy')).not.toContainText('MiB');
});

test('images are pulled, tagged, looked into and removed; what is in use stays', async ({ lab, workbench: { page } }) => {
  await sleeper(lab, 'uses');
  const images = await openView(page, 'Images');
  await expect(images.filter({ hasText: 'busybox:latest' })).toBeVisible();
  await palette(page, 'Hello Containers: Pull an Image…');
  await type(page, 'hello-world');
  await expect(notification(page, 'hello-world is here.')).toBeVisible();
  await expect(images.filter({ hasText: 'hello-world:latest' })).toBeVisible();
  await clearNotifications(page);
  await palette(page, 'Hello Containers: Pull an Image…');
  await type(page, 'busybox:no-such-tag');
  await expect(page.locator('.notifications-toasts .notification-list-item.expanded, .notifications-toasts .notification-list-item').filter({ hasText: /no-such-tag|not found|manifest/i }).first()).toBeVisible();
  await clearNotifications(page);

  await chooseFromMenu(images.filter({ hasText: 'hello-world:latest' }), 'Tag…');
  await type(page, 'my/hello:1');
  await expect(images.filter({ hasText: 'my/hello:1' })).toBeVisible();
  await chooseFromMenu(images.filter({ hasText: 'my/hello:1' }), 'Show Layers');
  await expectAsked(page, 'Layers of my/hello:1');
  await expect(choices(page).first()).toContainText(/hello|CMD|COPY/i);
  await page.keyboard.press('Escape');
  await removeRow(images.filter({ hasText: 'my/hello:1' }), 'Remove the image my/hello:1?');
  await expect(images.filter({ hasText: 'my/hello:1' })).toHaveCount(0);
  await expect(images.filter({ hasText: 'hello-world:latest' })).toBeVisible();

  await removeRow(images.filter({ hasText: 'busybox:latest' }), 'Remove the image busybox:latest?');
  await expect(notification(page, 'busybox:latest was not removed')).toBeVisible();
  await expect(images.filter({ hasText: 'busybox:latest' })).toBeVisible();
  await closeView(page, 'Images');
});

test('volumes and networks are shown as they come and go, inspected and removed; what is in use stays', async ({ lab, workbench: { page } }) => {
  const volumes = await openView(page, 'Volumes');
  for (const name of ['kept', 'spare']) { await lab.docker('volume', 'create', name); }
  await sleeper(lab, 'holds', '--volume', 'kept:/data');
  await expect(volumes.filter({ hasText: 'spare' })).toBeVisible();
  await chooseFromMenu(volumes.filter({ hasText: 'spare' }), 'Inspect');
  await expect(page.locator('.monaco-editor .view-lines').first()).toContainText('"Mountpoint"');
  await removeRow(volumes.filter({ hasText: 'spare' }), 'All that is in it is lost');
  await expect(volumes.filter({ hasText: 'spare' })).toHaveCount(0);
  await removeRow(volumes.filter({ hasText: 'kept' }), 'All that is in it is lost');
  await expect(notification(page, 'kept was not removed')).toBeVisible();
  await expect(volumes.filter({ hasText: 'kept' })).toBeVisible();
  await closeView(page, 'Volumes');
  await clearNotifications(page);

  const networks = await openView(page, 'Networks');
  for (const name of ['inner', 'unused']) { await lab.docker('network', 'create', name); }
  await sleeper(lab, 'joined', '--network', 'inner');
  await removeRow(networks.filter({ hasText: 'unused' }), 'Remove the network unused?');
  await expect(networks.filter({ hasText: 'unused' })).toHaveCount(0);
  await removeRow(networks.filter({ hasText: 'inner' }), 'Remove the network inner?');
  await expect(notification(page, 'inner was not removed')).toBeVisible();
  await closeView(page, 'Networks');
  await lab.docker('rm', '--force', 'joined', 'holds');
  await lab.docker('network', 'rm', 'inner');
  await lab.docker('volume', 'rm', 'kept');
});

/** Whether VS Code has written this text into one of its stores. */
function isPutAway(page: Page, text: string): Promise<boolean> {
  return page.evaluate<boolean>(`(async () => {
    const answer = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      try {
        for (const store of database.objectStoreNames) {
          const values = await answer(database.transaction(store).objectStore(store).getAll());
          if (values.some((value) => typeof value === 'string' && value.includes(${JSON.stringify(text)}))) { return true; }
        }
      } finally {
        database.close();
      }
    }
    return false;
  })()`);
}

test('all that runs is drawn on one page: the busiest first, each with its cap, and limited from there', async ({ lab, workbench: { page, consoleErrors } }) => {
  await lab.docker('run', '--detach', '--name', 'capped', ...mine, '--cpu-quota', '10000', '--cpu-period', '100000', 'busybox', 'sh', '-c', 'while :; do :; done');
  await lab.docker('run', '--detach', '--name', 'busy', ...mine, '--cpu-quota', '40000', '--cpu-period', '100000', 'busybox', 'sh', '-c', 'while :; do :; done');
  await sleeper(lab, 'idle');
  await expect(containerRow(page, 'idle')).toContainText('running');
  await palette(page, 'Hello Containers: Show All Running Containers');
  const overview = await inFrame(page, (frame) => frame.getByRole('heading', { name: 'Running containers' }).isVisible());
  const card = (name: string): Locator => overview.locator('.card').filter({ has: overview.getByRole('button', { name: `Watch ${name} live` }) });
  const names = (): Promise<string[]> => overview.locator('.card-name').allInnerTexts();
  await expect(card('busy')).toContainText(/limit 40\s?%/);
  await expect(card('capped')).toContainText(/throttled in (9\d|100)\s?% of the periods/);
  await expect(card('idle')).toContainText('no limit');
  await page.mouse.move(2, 2);
  await expect.poll(names).toEqual(['busy', 'capped', 'idle']);
  await expect(overview.getByRole('status')).toContainText('3 running');
  await overview.getByLabel('Sort by').selectOption({ label: 'Name' });
  await expect.poll(names).toEqual(['busy', 'capped', 'idle']);
  await overview.getByLabel('Sort by').selectOption({ label: 'Share of their own limit' });
  expect((await names()).at(-1)).toBe('idle');
  await expectAccessible(overview);

  await card('idle').getByRole('button', { name: 'Limit to 10 %: idle' }).click();
  await expect(card('idle')).toContainText(/limit 10\s?%/);
  expect(await lab.docker('inspect', '--format', '{{.HostConfig.CpuQuota}}', 'idle')).toBe('10000');
  await card('idle').getByRole('button', { name: 'Remove limit: idle' }).click();
  await expect(card('idle')).toContainText('no limit');
  await lab.docker('rm', '--force', 'idle');
  await expect(card('idle')).toHaveCount(0);
  await clearNotifications(page);
  for await (const { file } of inEachTheme(page)) { await page.screenshot({ path: `${pictures}/overview-${file}.png` }); }
  await (await inFrame(page, (frame) => frame.getByRole('heading', { name: 'Running containers' }).isVisible())).getByRole('button', { name: 'Watch capped live' }).click();
  await expect(page.locator('.tab', { hasText: 'Live CPU: capped' })).toBeVisible();
  expect(consoleErrors.filter((error) => /content security policy/i.test(error))).toEqual([]);
});

function rowNames(page: Page): Promise<string[]> {
  return viewRows(page).locator('.label-name').allInnerTexts();
}

/** Removes what a row stands for, and agrees when asked with these words. */
async function removeRow(row: Locator, question: string): Promise<void> {
  const page = row.page();
  await chooseFromMenu(row, 'Remove…');
  await expect(page.locator('.monaco-dialog-box')).toContainText(question);
  await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Remove' }).click();
}

/** Unfolds one of the views that come folded. */
async function openView(page: Page, name: 'Images' | 'Volumes' | 'Networks'): Promise<Locator> {
  const pane = viewPane(page, name);
  if (await pane.locator('.pane-header').getAttribute('aria-expanded') !== 'true') { await pane.locator('.pane-header').click(); }
  return pane.locator('.monaco-list-row');
}

async function closeView(page: Page, name: 'Images' | 'Volumes' | 'Networks'): Promise<void> {
  await viewPane(page, name).locator('.pane-header').click();
}
