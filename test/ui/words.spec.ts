import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { DRIVE_SETTINGS } from '../../lab/drive.mjs';
import { openBrowser, waitWorkbench } from '../../lab/vscode/browser.mjs';
import { installVscode } from '../../lab/vscode/install.mjs';
import { installExtension, makeProfile, startServer } from '../../lab/vscode/server.mjs';
import { expect, type Lab, pictures, removeOurs, test } from './fixtures';

/*
 * The whole window in a language that nobody speaks: what pseudo-localization has touched has letters that no English word has. The
 * pages have such a test of their own (access.spec.ts).
 */

/** In the place of one that we speak: VS Code asks for the files of a language by its name, and knows none for what nobody speaks. */
const language = 'zh-cn';

type Texts = Record<string, string>;
const pseudo = (texts: Texts): Texts => getL10nPseudoLocalized(texts) as Texts;
const read = (file: string): Texts => JSON.parse(readFileSync(file, 'utf8')) as Texts;
/** Paths of files are no words. */
const manifest = Object.fromEntries(Object.entries(read('package.nls.json')).map(([key, text]) => [key, text.endsWith('.md') ? text : pseudo({ [key]: text })[key] ?? '']));

/** What is nobody's to translate: names of things, of programs and of files, addresses, and figures with their units. */
const names = /^(shop|[\w./-]+:[\w.-]+|hello-world|busybox|docker|docker_gwbridge|default|unix:\/\/\S+|[\d.]+ [kM]?B|bridge|host|none|local|null)$/;

test('the window speaks VS Code\'s language in all our words', async ({ lab }) => {
  test.setTimeout(300_000);
  await lab.docker('pull', '--quiet', 'busybox');
  await lab.docker('run', '--detach', '--name', 'shop', '--label', 'hello-containers.role=test', '--cpu-quota', '10000', 'busybox', 'sleep', '1000');
  await inLanguage(lab, async (page) => {
    const untranslated: string[] = [];
    const look = async (what: string, texts: Locator): Promise<void> => {
      await expect(texts.first(), what).toBeVisible();
      const found = (await texts.allInnerTexts()).flatMap((text) => text.split(/ · |\n/)).map((text) => text.replaceAll('\u00a0', ' ').trim());
      // Each look has words of ours: else it looked at something else.
      expect(found.some((text) => /[^ -~]/.test(text)), what).toBe(true);
      untranslated.push(...found.filter((text) => /[a-z]{2}/i.test(text) && !/[^ -~\u2013\u2026\u2018-\u201d\u2264\u00b7]/.test(text) && !names.test(text)).map((text) => `${what}: ${text}`));
    };
    await page.locator(`.activitybar .action-label[aria-label^="${pseudo({ text: 'Hello Containers' }).text ?? ''}"]`).first().click();
    const sidebar = page.locator('.part.sidebar');
    await expect(sidebar).toContainText('shop');
    const folded = sidebar.locator('.pane-header[aria-expanded="false"]');
    while (await folded.count() > 0) { await folded.first().click(); }
    await look('titles of the views', sidebar.locator('.pane-header h3.title'));
    await look('rows', sidebar.locator('.monaco-list-row .label-description, .monaco-list-row .label-name'));

    await sidebar.locator('.monaco-list-row').filter({ hasText: 'shop' }).first().click({ button: 'right' });
    await look('the menu of a container', page.locator('.monaco-menu .action-label:not(.separator)'));
    await page.keyboard.press('Escape');

    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.fill(`>${pseudo({ text: 'Hello Containers' }).text ?? ''}`);
    await look('the command palette', page.locator('.quick-input-list .monaco-list-row .quick-input-list-row .label-name').filter({ hasText: /\S/ }));
    await input.fill(`>${manifest['command.openWalkthrough'] ?? ''}`);
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
    await look('the walkthrough', page.locator('.gettingStartedContainer .step-title, .gettingStartedContainer .gettingStartedDetailsContent .category-title'));
    await page.screenshot({ path: `${pictures}/words-pseudo.png` });
    expect(untranslated).toEqual([]);
  });
  await lab.docker('rm', '--force', 'shop');
  await removeOurs(lab);
});

/** Does the work in a window of a VS Code whose language is the one that nobody speaks, with our extension in it. */
async function inLanguage(lab: Lab, work: (page: Page) => Promise<void>): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'hc-words-'));
  const vscode = await installVscode({});
  const profile = makeProfile(join(temporary, 'profile'), DRIVE_SETTINGS);
  await installExtension('hello-containers.vsix', { vscode, profile });
  const ours = readdirSync(join(profile, 'extensions')).find((name) => name.startsWith('hello-containers.hello-containers')) ?? '';
  writeFileSync(join(profile, 'extensions', ours, `package.nls.${language}.json`), JSON.stringify(manifest));
  writeFileSync(join(profile, 'extensions', ours, `l10n/bundle.l10n.${language}.json`), JSON.stringify(pseudo(read('l10n/bundle.l10n.json'))));
  // A pack of VS Code's own language, in which nothing of VS Code itself is translated.
  const pack = join(temporary, 'pack.json');
  writeFileSync(pack, JSON.stringify({ contents: {} }));
  writeFileSync(join(profile, 'data/languagepacks.json'), JSON.stringify({ [language]: { hash: 'pseudo', extensions: [{ extensionIdentifier: { id: 'hello-containers.pseudo' }, version: '0.0.1' }], translations: { vscode: pack }, label: language } }));
  const server = await startServer({ vscode, profile, env: { DOCKER_HOST: lab.engine.host, DOCKER_CONFIG: lab.dockerConfig }, args: ['--locale', language] });
  const folder = join(temporary, 'folder');
  mkdirSync(folder);
  const browser = await openBrowser();
  try {
    await browser.page.goto(`${server.url}/?folder=${folder}`);
    await waitWorkbench(browser.page);
    await work(browser.page);
  } catch (error) {
    await browser.page.screenshot({ path: `${pictures}/failed-words.png` }).catch(() => undefined);
    throw error;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}
