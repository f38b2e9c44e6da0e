// Pictures of the pages in VS Code's themes, without VS Code, for whoever works on its looks.
//   node test/ui/preview/preview.mjs OUTDIR [DIST]    writes PNGs; fails on a refused resource or a sideways scroll
//   node test/ui/preview/preview.mjs --serve [DIST]   serves the pages for a browser of yours
// With LANGUAGE_OF_PAGES=zh-cn in that language.
// DIST is where the built pages are, dist/ by default. CHROMIUM names another browser than /usr/bin/chromium.
/* global innerWidth -- in functions that run in the page */
import { chromium } from '@playwright/test';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherPages } from './otherPages.mjs';
import { scenarios } from './scenarios.mjs';
import { servePages, shown } from './server.mjs';
import { themes } from './themes.mjs';

const [target, dist = 'dist'] = process.argv.slice(2);
if (!target) {
  console.error('usage: node test/ui/preview/preview.mjs OUTDIR|--serve [DIST]');
  process.exit(2);
}
const language = process.env.LANGUAGE_OF_PAGES ?? 'en';
const pages = await servePages(dist, language === 'en' ? {} : { [language]: JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8')) });
if (target === '--serve') {
  for (const theme of Object.keys(themes)) {
    for (const scenario of Object.keys(shown)) { console.log(`${pages.origin}/?theme=${theme}&scenario=${scenario}`); }
  }
} else {
  mkdirSync(target, { recursive: true });
  process.exitCode = await takePictures(target) ? 0 : 1;
  pages.close();
}

async function takePictures(folder) {
  const shots = [
    ...Object.keys(themes).map(theme => ({ theme, scenario: 'limited', width: 1000 })),
    ...Object.keys(scenarios).filter(scenario => scenario !== 'limited').map(scenario => ({ theme: 'dark-modern', scenario, width: 1000 })),
    ...[320, 480, 640, 1600].map(width => ({ theme: 'light-modern', scenario: 'limited', width })),
    { theme: 'hc-dark', scenario: 'names', width: 320 },
    { theme: 'hc-light', scenario: 'no-rates', width: 480 },
    { theme: 'dark-modern', scenario: 'limited', width: 640, scale: 2 },
    { theme: 'dark-modern', scenario: 'limited', width: 1000, name: 'pointed', act: page => page.hover('.u-over >> nth=1', { position: { x: 500, y: 60 } }) },
    { theme: 'light-modern', scenario: 'limited', width: 1000, name: 'keyboard', act: page => pressAll(page, ['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'ArrowLeft', 'Shift+ArrowLeft']) },
    { theme: 'dark-modern', scenario: 'long', width: 1000, name: 'ten-minutes', act: page => page.click('vscode-radio >> nth=2') },
    // Each page wide, narrow, and at a zoom of 200 %, in each theme.
    ...Object.keys(otherPages).flatMap(scenario => Object.keys(themes).flatMap(theme => [320, 1600].map(width => ({ theme, scenario, width })))),
    ...Object.keys(otherPages).map(scenario => ({ theme: 'dark-modern', scenario, width: 640, scale: 2 })),
    { theme: 'dark-modern', scenario: 'limited', width: 1000, name: 'recolored', act: page => page.evaluate(changeTheme, themes['light-modern']) },
  ];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  let good = true;
  for (const { theme, scenario, width, scale = 1, name, act } of shots) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, deviceScaleFactor: scale, timezoneId: 'UTC' });
    const complaints = [];
    page.on('pageerror', error => complaints.push(String(error)));
    await page.goto(`${pages.origin}/?theme=${theme}&scenario=${scenario}&language=${language}`);
    await page.waitForSelector('#root > *');
    await settle(page);
    await act?.(page);
    await settle(page);
    complaints.push(...await page.evaluate(() => window.preview.refused));
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) { complaints.push('scrolls sideways'); }
    const file = [name ?? scenario, theme, width, ...scale === 1 ? [] : [`${scale}x`]].join('-') + '.png';
    await page.screenshot({ path: join(folder, file), fullPage: true });
    console.log(complaints.length === 0 ? file : `${file}: ${complaints.join('; ')}`);
    good &&= complaints.length === 0;
    await page.close();
  }
  await browser.close();
  return good;
}

/** Two frames: one in which a resize is seen, one in which it is drawn. */
function settle(page) {
  return page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))));
}

async function pressAll(page, keys) {
  for (const key of keys) { await page.keyboard.press(key); }
}

/** In the page: what VS Code does when another theme is chosen. */
function changeTheme(theme) {
  for (const [name, value] of Object.entries(theme.variables)) { document.documentElement.style.setProperty('--vscode-' + name, value); }
  document.body.className = `vscode-body ${theme.kind}`;
  document.body.dataset.vscodeThemeKind = theme.kind;
}
