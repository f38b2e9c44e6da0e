import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Frame, Page } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import type { Kinds } from '../../src/webviews/pageMessages';
import { expect, test } from './fixtures';

/** What a protocol lets its page say. */
function kindsOf(protocol: string): Kinds {
  const { kinds } = Object.values(createRequire(import.meta.url)(`../../src/webviews/${protocol}`) as Record<string, { kinds?: Kinds }>).find((exported) => exported.kinds !== undefined) ?? {};
  if (kinds === undefined) { throw new Error(`${protocol} has no messages`); }
  return kinds;
}

/** Each page of ours: how it is opened, what is in it once it is there, and what it may say. */
const pages: Record<string, { open(page: Page): Promise<void>; shows: string; kinds: Kinds }> = {
  'live': { open: (page) => chooseFromMenu(containerRow(page, 'shown'), 'Watch Live CPU'), shows: 'h1', kinds: kindsOf('protocol') },
  'X-ray': { open: (page) => chooseFromMenu(containerRow(page, 'shown'), 'X-ray'), shows: '.layers', kinds: kindsOf('xrayProtocol') },
  'control groups': { open: (page) => chooseFromMenu(containerRow(page, 'shown'), 'Show Control Groups'), shows: 'h1', kinds: kindsOf('cgroupProtocol') },
  'overview': { open: (page) => palette(page, 'Hello Containers: Show All Running Containers'), shows: '#root > *', kinds: kindsOf('overviewProtocol') },
  'architecture': { open: (page) => palette(page, 'Hello Containers: Show the Live Architecture'), shows: '.box-card', kinds: kindsOf('architectureProtocol') },
  'run': { open: (page) => palette(page, 'Hello Containers: Follow a Run Through the Components'), shows: 'svg', kinds: kindsOf('runProtocol') },
  'measure': { open: (page) => palette(page, 'Hello Containers: Measure Containers Beside Virtual Machines'), shows: 'h1', kinds: kindsOf('measureProtocol') },
  'exercise': { open: (page) => palette(page, 'Hello Containers: Limit a Process by Hand'), shows: 'h1', kinds: kindsOf('exerciseProtocol') },
};

/** All that any page may say, and some that none may. */
const types = ['exec', 'command', 'open', 'toString', 'READY', ...new Set(Object.values(pages).flatMap(({ kinds }) => Object.keys(kinds)))];

/** Keeps, in each page that opens from now on, what VS Code gives it to speak with: so that the page can be made to lie. */
const listenIn = `(() => {
  let real, api;
  const spied = window.spied = { api: undefined, answers: 0 };
  const acquire = () => {
    if (api === undefined) {
      // VS Code writes the page into the window anew, which takes away who listened before.
      window.addEventListener('message', () => { spied.answers += 1; });
      spied.api = api = real();
    }
    return api;
  };
  Object.defineProperty(window, 'acquireVsCodeApi', { configurable: true, set: (made) => { real = made; }, get: () => real && acquire });
})()`;

test('no page of ours can run, load, send or embed anything that is not ours', async ({ lab, workbench: { page, consoleErrors } }) => {
  test.setTimeout(400_000);
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
  });
  server.on('upgrade', (request, socket) => {
    hits.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await lab.docker('run', '--detach', '--name', 'shown', 'busybox', 'sleep', '1000');
  try {
    for (const [name, { open, shows }] of Object.entries(pages)) {
      await test.step(name, async () => {
        const frame = await openOne(page, open, shows);
        const { worked, refused } = await frame.evaluate<{ worked: string[]; refused: string[] }>(inPage('tryEverything', address));
        console.log(`${name}: ${refused.length} directives refused: ${refused.join(' ')}`);
        expect(worked).toEqual([]);
        expect(refused).toEqual(['base-uri', 'connect-src', 'frame-src', 'img-src', 'media-src', 'object-src', 'script-src', 'script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem', 'worker-src']);
        consoleErrors.length = 0;
        await frame.evaluate(inPage('tryForm', address));
        await expect.poll(() => consoleErrors.filter((text) => /form data.*form-action 'none'/.test(text)).length).toBe(1);
        await closeTab(page);
      });
    }
    await test.step('nor can one be left for elsewhere', async () => {
      const frame = await openOne(page, pages.measure?.open ?? (() => Promise.reject(new Error('no page'))), 'h1');
      consoleErrors.length = 0;
      await frame.evaluate(`setTimeout(() => location.assign('${address}/navigation'))`);
      await expect.poll(() => consoleErrors.filter((text) => text.includes(`Framing '${address}`)).length).toBe(1);
    });
    expect(hits).toEqual([]);
  } finally {
    server.close();
    await lab.docker('rm', '--force', 'shown');
  }
});

test('a page that lies gets nothing done', async ({ lab, workbench: { page } }) => {
  test.setTimeout(400_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate('navigator.clipboard.writeText("mine")');
  await page.addInitScript(listenIn);
  await lab.docker('run', '--detach', '--name', 'shown', 'busybox', 'sleep', '1000');
  try {
    for (const [name, { open, shows, kinds }] of Object.entries(pages)) {
      await test.step(name, async () => {
        const frame = await openOne(page, open, shows);
        const told = await frame.evaluate<number>(inPage('lie', { kinds, others: types.filter((type) => !(type in kinds)) }));
        // It listens still: what it may ask is answered, after all the lies.
        await expect.poll(() => frame.evaluate<number>('window.spied.answers')).toBeGreaterThan(told);
        await expect(page.locator('.notifications-toasts .notification-list-item')).toHaveCount(0);
        await expect(page.locator('.monaco-dialog-box')).toHaveCount(0);
        await expect(page.locator('.quick-input-widget')).toBeHidden();
        await expect(page.locator('.editor-group-container .tab')).toHaveCount(1);
        await expect(page.locator('.terminal-wrapper')).toHaveCount(0);
        await closeTab(page);
      });
    }
    // Only a window that has the focus may read it.
    await page.mouse.click(700, 500);
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('mine');
    expect(await lab.docker('inspect', '--format', '{{.State.Status}} {{.HostConfig.CpuQuota}} {{.HostConfig.NanoCpus}}', 'shown')).toBe('running 0 0');
    expect(await lab.docker('ps', '--all', '--format', '{{.Names}}')).toBe('shown');
  } finally {
    await lab.docker('rm', '--force', 'shown');
  }
});

async function openOne(page: Page, open: (page: Page) => Promise<void>, shows: string): Promise<Frame> {
  await clearNotifications(page);
  await open(page);
  return inFrame(page, (frame) => frame.locator(shows).first().isVisible(), 60_000);
}

/** Closes the only tab. */
async function closeTab(page: Page): Promise<void> {
  await page.locator('.tab.active .codicon-close').click();
  await expect(page.locator('.editor-group-container .tab')).toHaveCount(0);
  await expect.poll(() => page.frames().filter((frame) => frame.url().includes('/webview/browser/pre/')).length).toBe(0);
}

/** A call of a function of hostilePage.js, to be evaluated in a page. */
function inPage(name: 'tryEverything' | 'tryForm' | 'lie', argument: unknown): string {
  return `(() => { ${readFileSync(join(import.meta.dirname, 'support/hostilePage.js'), 'utf8')}\nreturn ${name}(${JSON.stringify(argument)}); })()`;
}
