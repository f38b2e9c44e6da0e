import type { Locator } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow, livePage, terminalText } from '../../lab/drive.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import { expect, test } from './fixtures';
import { type HostileContainer, serveHostile } from './support/hostileEngine';
import { pathOf, sendJson, serveHttp } from './support/fakeServer';
import { expectConnected, viewMessage, viewRows } from './support/view';

const link = '[click](command:workbench.action.toggleSidebarVisibility)';
const image = '<img src=x onerror="top.hacked=1">';

const containers: HostileContainer[] = [
  { id: 'a'.repeat(64), name: `html ${image}`, image: `<b class="injected">image</b>:1 ${link}`, command: `sh -c "${image} ${link} | a | \`b\`"`, state: 'running', status: 'Up <i class="injected">1</i> minute' },
  { id: 'b'.repeat(64), name: `link ${link}`, image: '**bold** $(trash) ![i](pixel.png)', command: '</li></ul><script>top.hacked=1</script>\n\n# heading', state: 'running', status: 'Up 1 minute' },
  { id: 'c'.repeat(64), name: 'bidi \u202egpj.exe\u202c \u2066x\u2069 \u200bhidden', image: 'bell\u0007 \u001b]0;title\u0007\u001b[31mred', command: 'null\u0000 tab\t \u001b]52;c;c3RvbGVu\u0007 \u001b]8;;command:workbench.action.terminal.new\u0007link\u001b]8;;\u0007', state: 'exited', status: 'Exited (0) \u202e1 minute ago' },
];

const refusal = `${link} ${image} the engine's own words`;

test('names, images and commands of a hostile engine are shown as text, wherever they show', async ({ lab, workbench: { page } }) => {
  const engine = await serveHostile(containers, refusal);
  const [html, markdown] = containers as [HostileContainer, HostileContainer, HostileContainer];
  try {
    lab.setSettings({ 'helloContainers.endpoint': engine.endpoint });
    await expectConnected(page, engine.endpoint);
    await expect(viewRows(page)).toHaveCount(3);
    const rows = { html: containerRow(page, html.name), markdown: containerRow(page, markdown.name), bidi: containerRow(page, 'bidi') };

    await test.step('rows', async () => {
      await expect(rows.html).toContainText(html.image);
      await expect(rows.markdown).toContainText(markdown.image);
      await expect(rows.bidi).toContainText('bidi \ufffdgpj.exe\ufffd \ufffdx\ufffd \ufffdhidden');
      await expect(rows.bidi).toContainText('bell\ufffd \ufffd]0;title\ufffd\ufffd[31mred');
      for (const row of Object.values(rows)) { await expectOnlyText(row); }
    });

    await test.step('tooltips', async () => {
      for (const [row, ...texts] of [
        [rows.html, html.name, html.image, image],
        [rows.markdown, markdown.name, markdown.image, '<script>top.hacked=1</script>'],
        [rows.bidi, 'bidi \ufffdgpj.exe', 'null\ufffd tab', '\ufffd]52;c;c3RvbGVu\ufffd'],
      ] as const) {
        const hover = page.locator('.workbench-hover .hover-contents').filter({ hasText: 'Command' }).filter({ hasText: texts[0] });
        // The tooltip of the row before may still be there, and while it goes no other comes.
        await expect(async () => {
          await page.mouse.move(600, 600);
          await row.hover();
          await expect(hover).toBeVisible({ timeout: 3_000 });
        }).toPass();
        for (const text of texts) { await expect(hover).toContainText(text); }
        await expectOnlyText(hover);
      }
      await page.mouse.move(0, 0);
    });

    await test.step('the live page', async () => {
      await chooseFromMenu(rows.html, 'Watch Live CPU');
      const live = await livePage(page);
      await expect(live.locator('h1')).toHaveText(html.name);
      await expect(live.locator('body')).toContainText(html.image);
      await expectOnlyText(live.locator('body'));
      await expect(page.locator('.tab.active')).toContainText(`Live CPU: ${html.name}`);
      await page.locator('.tab.active .codicon-close').click();
    });

    await test.step('messages: what the engine refused, with its words', async () => {
      await chooseFromMenu(rows.markdown, 'Limit CPU to 10%');
      const message = page.locator('.notifications-toasts .notification-list-item-message').filter({ hasText: 'the engine\'s own words' });
      await expect(message).toBeVisible();
      await expect(message).toContainText(image);
      await expectOnlyText(message);
      await clearNotifications(page);
    });

    await test.step('the question before a removal', async () => {
      await chooseFromMenu(rows.markdown, 'Remove…');
      const dialog = page.locator('.monaco-dialog-box');
      await expect(dialog).toContainText(markdown.name);
      await expectOnlyText(dialog.locator('.dialog-message-container'));
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    });

    await test.step('lists', async () => {
      await palette(page, 'Hello Containers: Show Logs');
      const list = page.locator('.quick-input-list');
      await expect(list).toContainText(html.name);
      await expect(list).toContainText(markdown.image);
      await expect(list).toContainText('bidi \ufffdgpj.exe');
      await expectOnlyText(list);
      await page.keyboard.press('Escape');
    });
    expect(await page.evaluate<boolean>('"hacked" in window')).toBe(false);
  } finally {
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await engine.close();
  }
});

test('a log\'s escape sequences colour its text and do nothing else', async ({ lab, workbench: { page } }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate('navigator.clipboard.writeText("mine")');
  const sequences = [
    String.raw`\033[31mred\033[0m plain\n`,
    // Title, clipboard ("stolen" in base64), a link, a question to the terminal, a screen of its own, the cursor home.
    String.raw`\033]0;stolen title\007one\n`,
    String.raw`\033]52;c;c3RvbGVu\007two\n`,
    String.raw`\033]8;;command:workbench.action.terminal.new\007three\033]8;;\007\n`,
    String.raw`\033[6n\033[?1049h\033[2J\033[Hfour\n`,
    String.raw`<img src=x onerror=top.hacked=1> [five](command:x)\n`,
  ].join('');
  await lab.docker('run', '--name', 'loud', 'busybox', 'printf', sequences);
  await chooseFromMenu(containerRow(page, 'loud'), 'Show Logs');
  await expect.poll(() => terminalText(page)).toContain('The log ends here');
  const lines = (await terminalText(page)).split('\n');
  expect(lines.slice(1, 7)).toEqual(['red plain', 'one', 'two', 'three', 'four', '<img src=x onerror=top.hacked=1> [five](command:x)']);

  const rows = page.locator('.terminal-wrapper.active .xterm-rows');
  await expect(rows.locator('span', { hasText: 'red' })).toHaveClass(/xterm-fg-1/);
  await expect(page.locator('.part.panel .single-terminal-tab')).toContainText('log: loud');
  await expect(rows.locator('[class*="xterm-underline"]')).toHaveCount(0);
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('mine');
  expect(await page.evaluate<boolean>('"hacked" in window')).toBe(false);
  await lab.docker('rm', 'loud');
});

test('an engine that never ends its answers is told of in words, and the window stays usable', async ({ lab, workbench: { page } }) => {
  let flood = false;
  const engine = await serveHttp((incoming, response) => {
    const path = pathOf(incoming);
    if (path === '/_ping') {
      sendJson(response, 'OK');
    } else if (path === '/events') {
      response.writeHead(200).flushHeaders();
    } else if (path === '/images/create') {
      // A byte a second, for ever.
      response.writeHead(200).write('{');
      const timer = setInterval(() => response.write(' '), 1_000);
      response.on('close', () => clearInterval(timer));
    } else if (path === '/containers/json' && flood) {
      response.writeHead(200).write('[{"Id":"');
      const send = (): void => { while (!response.destroyed && response.write('x'.repeat(1_000_000))); };
      response.on('drain', send);
      send();
    } else {
      sendJson(response, path === '/info' ? { ID: 'ENDLESS', Name: 'endless', NCPU: 1 } : []);
    }
  });
  try {
    lab.setSettings({ 'helloContainers.endpoint': engine.endpoint });
    await expectConnected(page, engine.endpoint);

    await test.step('a pull that drips can be cancelled', async () => {
      await palette(page, 'Hello Containers: Pull an Image');
      await page.locator('.quick-input-widget input').fill('busybox');
      await page.keyboard.press('Enter');
      const progress = page.locator('.notifications-toasts .notification-list-item').filter({ hasText: 'Pull busybox' });
      await progress.getByRole('button', { name: 'Cancel' }).click();
      await expect(progress).toHaveCount(0);
    });

    await test.step('a list without an end', async () => {
      flood = true;
      await palette(page, 'Hello Containers: Reconnect to the Engine');
      await expect(viewMessage(page)).toContainText('sent an answer of more than 1 MB, which no Docker engine does');
      await expect(viewMessage(page)).toContainText('Check which engine is at the address');
    });

    await test.step('another engine is reached all the same', async () => {
      lab.setSettings({});
      await expectConnected(page, lab.engine.host);
    });
  } finally {
    lab.setSettings({});
    await engine.close();
  }
});

/** No element was made of what the engine said, and nothing in it can be clicked. */
async function expectOnlyText(where: Locator): Promise<void> {
  await expect(where).toHaveCount(1);
  for (const made of ['img[src="x"]', 'img[src*="pixel"]', '.injected', 'script:not([nonce])', 'h1:has-text("heading")', 'strong:has-text("bold")', 'a[href*="command:"]', 'a[data-href*="command:"]', 'a:text-is("click")', '.codicon-trash:not(.action-label)']) {
    await expect(where.locator(made), made).toHaveCount(0);
  }
  // eslint-disable-next-line no-control-regex -- none of them may come through
  expect(await where.innerText()).not.toMatch(/[\u0000\u0007\u001b\u202a-\u202e\u2066-\u2069]/);
}
