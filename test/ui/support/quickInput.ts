import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures';

/** The box that VS Code asks with. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget');
}

/** Its title, or what it asks. */
export async function expectAsked(page: Page, question: string): Promise<void> {
  await expect(quickInput(page)).toContainText(question);
}

/** The rows of its list. */
export function choices(page: Page): Locator {
  return page.locator('.quick-input-list .monaco-list-row');
}

export async function choose(page: Page, label: string): Promise<void> {
  await choices(page).filter({ hasText: label }).first().click();
}

export async function type(page: Page, text: string): Promise<void> {
  await quickInput(page).locator('input[type="text"]').fill(text);
  await page.keyboard.press('Enter');
}
