import type { Page } from '@playwright/test';
import { palette } from '../../../lab/vscode/browser.mjs';
import { expect } from '../fixtures';

const themes = [
  { file: 'light', label: 'Light Modern', base: 'vs' },
  { file: 'contrast-dark', label: 'Dark High Contrast', base: 'hc-black' },
  { file: 'contrast-light', label: 'Light High Contrast', base: 'hc-light' },
  // The last one: README's picture is made in it.
  { file: 'dark', label: 'Dark Modern', base: 'vs-dark' },
] as const;

/** The themes, one after the other, each put on before its turn. */
export async function* inEachTheme(page: Page): AsyncGenerator<typeof themes[number]> {
  for (const theme of themes) {
    await putOn(page, theme);
    yield theme;
  }
}

async function putOn(page: Page, { label, base }: typeof themes[number]): Promise<void> {
  // An editor that has just opened takes the focus, and the list of themes closes when it loses it.
  await expect(async () => {
    await palette(page, 'Preferences: Color Theme');
    await page.locator('.quick-input-widget input[placeholder*="Theme"]').fill(label, { timeout: 5_000 });
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first().click({ timeout: 5_000 });
    await expect(page.locator('.monaco-workbench')).toHaveClass(new RegExp(`(^|\\s)${base}(\\s|$)`), { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
}
