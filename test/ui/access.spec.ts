/**
 * Each page in a real browser without VS Code (test/ui/preview/): by keyboard, for screen readers, narrow and wide, in every theme, and in a
 * language that is not English.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { expect, test as base, type Page } from '@playwright/test';
import { openBrowser } from '../../lab/vscode/browser.mjs';
import { servePages, shown } from './preview/server.mjs';
import { themes } from './preview/themes.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const bundle = JSON.parse(readFileSync('l10n/bundle.l10n.json', 'utf8')) as Record<string, string>;
const languages = { 'qps-ploc': getL10nPseudoLocalized(bundle) as Record<string, string> };

const test = base.extend<{ show(scenario: string, options?: { theme?: string; width?: number; language?: string }): Promise<Page> }, { served: { origin: string; page: Page } }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs from here
  served: [async ({}, use) => {
    const server = await servePages('dist', languages);
    const browser = await openBrowser();
    try {
      await use({ origin: server.origin, page: browser.page });
    } finally {
      await browser.close();
      server.close();
    }
  }, { scope: 'worker' }],
  show: async ({ served: { origin, page } }, use) => {
    await use(async (scenario, { theme = 'dark-modern', width = 1000, language = 'en' } = {}) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${origin}/?theme=${theme}&scenario=${scenario}&language=${language}`);
      await page.locator('#root > *').waitFor();
      return page;
    });
  },
});

const scenarios = Object.keys(shown);
/** One of each page, with everything in it. */
const full = ['limited', 'exercise', 'cgroup', 'run', 'architecture', 'xray', 'measure', 'overview'];

for (const scenario of scenarios) {
  test(`${scenario}: nothing keeps anybody out, in any theme, narrow or wide`, async ({ show }) => {
    for (const theme of Object.keys(themes)) {
      for (const width of [320, 1600]) {
        const page = await show(scenario, { theme, width });
        await page.evaluate(axe);
        const violations = await page.evaluate<{ id: string; html: string[] }[]>('axe.run(document, { resultTypes: ["violations"], rules: { "landmark-one-main": { enabled: true } } }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, html: nodes.slice(0, 3).map(({ html }) => html) })))');
        expect(violations, `${theme}, ${width} px`).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${theme}, ${width} px: scrolls sideways`).toBeLessThanOrEqual(0);
        expect(await page.evaluate('preview.refused')).toEqual([]);
      }
    }
  });
}

test('every control of each page is reached with the Tab key, once, and shows that it is', async ({ show }) => {
  for (const scenario of full) {
    const page = await show(scenario);
    // What can be pressed, chosen or scrolled. Of a group of radio buttons one is a stop.
    const controls = await page.evaluate<number>(`[...document.querySelectorAll('vscode-button:not([disabled]), select, summary, a[href], button, [tabindex="0"]')]
      .filter((control) => control.checkVisibility() && !control.closest('vscode-radio-group') && !control.parentElement.closest('vscode-button')).length + document.querySelectorAll('vscode-radio-group').length`);
    const reached: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate<string | null>(`(() => {
        const control = document.activeElement;
        if (control === null || control === document.body) { return null; }
        control.dataset.stop ??= String(Math.random());
        return control.dataset.stop;
      })()`);
      if (at === null || reached.includes(at)) { break; }
      reached.push(at);
      expect(await page.evaluate(`(() => {
        const control = document.activeElement;
        const inside = control.shadowRoot?.activeElement ?? control;
        const marks = [control, ...control.children, ...(control.shadowRoot?.querySelectorAll('*') ?? [])].map((one) => getComputedStyle(one));
        return inside.matches(':focus-visible') && marks.some(({ outlineStyle, outlineWidth, stroke, borderColor, boxShadow }) => (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || stroke === 'rgb(0, 120, 212)' || borderColor === 'rgb(0, 120, 212)');
      })()`), `${scenario}: ${await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 200)')}`).toBe(true);
    }
    expect(reached.length, scenario).toBe(controls);
  }
});

test('what changes is said to who does not see it', async ({ show }) => {
  const said = async (page: Page): Promise<string> => (await page.locator('[role="status"], [role="alert"], [aria-live="polite"]').allTextContents()).join('\n');
  const live = await show('limited');
  await live.evaluate('preview.say({ type: "state", state: "paused" })');
  expect(await said(live)).toContain('Container: paused');
  const exercise = await show('exercise');
  await exercise.evaluate('preview.say({ ...preview.messages[0], tasks: preview.messages[0].tasks.map((task) => task.id === "limit-10" ? { ...task, done: true, reason: "cpu.max holds 10000 100000." } : task) })');
  expect(await said(exercise)).toContain('Change that to 10 %, done: cpu.max holds 10000 100000.');
  const groups = await show('cgroup-ended');
  expect(await said(groups)).toContain('The process has ended');
  const run = await show('run');
  await run.getByText('Next', { exact: true }).click();
  expect(await said(run)).toContain('1 of 6: The client asks the daemon, observed');
  const xray = await show('xray-gone');
  expect(await said(xray)).toContain('does not run (any more)');
  const measure = await show('measure-working');
  expect(await said(measure)).toContain('Start 2 of 5');
  const overview = await show('overview');
  const before = await said(overview);
  expect(before).toContain('5 running, with a limit: 2');
  // Each second's figures are not said: that would never end.
  await overview.evaluate('preview.say({ type: "second", samples: { b: { cores: 0.5, throttledShare: null, capCores: null, memoryBytes: 1 } } })');
  expect(await said(overview)).toBe(before);
});

test('nothing moves by itself for who does not want that', async ({ show }) => {
  for (const scenario of full) {
    const page = await show(scenario);
    const running = (): Promise<string[]> => page.evaluate<string[]>('document.getAnimations().filter(({ playState }) => playState === "running").map((one) => `${one.animationName ?? one.transitionProperty} of ${one.effect.target.outerHTML.slice(0, 80)}`)');
    if (scenario === 'architecture') { expect(await running()).not.toEqual([]); }
    await page.emulateMedia({ reducedMotion: 'reduce' });
    // What the toolkit fades in as it loads has its end.
    await expect.poll(running, scenario).toEqual([]);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.evaluate('document.body.classList.add("vscode-reduce-motion")');
    await expect.poll(running, `${scenario}, VS Code's own setting`).toEqual([]);
  }
});

test('each page speaks VS Code\'s language in all its words', async ({ show }) => {
  for (const scenario of scenarios) {
    const page = await show(scenario, { language: 'qps-ploc' });
    // Words that came from the host are in its messages; what pseudo-localization has touched has letters that no English word has.
    const untranslated = await page.evaluate<string[]>(`(() => {
      const sent = JSON.stringify(preview.messages.map(({ l10n, ...message }) => message)).normalize();
      const texts = [];
      const walker = document.createTreeWalker(document.getElementById('root'), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) { texts.push(walker.currentNode.nodeValue); }
      for (const element of document.querySelectorAll('[aria-label], [title]')) { texts.push(element.getAttribute('aria-label') ?? '', element.getAttribute('title') ?? ''); }
      // A label may be put together of several.
      return texts.flatMap((text) => text.split(/ · |\\n/)).map((text) => text.trim())
        .filter((text) => /[a-z]{2}/i.test(text) && !/[^\\x00-\\x7f–…‘’“”✓○·\\u00a0\\u202f]/.test(text) && !sent.includes(JSON.stringify(text).slice(1, -1)));
    })()`);
    await expect(page.locator('h1')).toHaveText(scenario.startsWith('cgroup') || scenario.startsWith('xray') || isLive(scenario) ? /^[a-z]/ : /[^ -~]/);
    expect([...new Set(untranslated)].filter((text) => !names.test(text)), scenario).toEqual([]);
  }
});

const isLive = (scenario: string): boolean => (shown as Record<string, { page: string }>)[scenario]?.page === 'live';

/** The same in every language: cited pages' titles, numbers with their units, kinds of the kernel's. */
const names = /^(Docker: What is a container\?|Firecracker: Specification|[\d.,:]+ ?(AM|PM)?|\d+\/tcp|v1 [\w,]+(, v1 \w+)*|[A-Z]\w+( [A-Z_]+)*)$/;
