import type { Locator, Page } from '@playwright/test';
import { viewPane } from '../../../lab/drive.mjs';
import { expect } from '../fixtures';

/** What the containers view says over its rows: why there is no engine. */
export function viewMessage(page: Page): Locator {
  return viewPane(page, 'Containers').locator('.tree-explorer-viewlet-tree-view .message');
}

/** What the containers view says in the place of rows: that there is nothing yet, and what to begin with. */
export function viewWelcome(page: Page): Locator {
  return viewPane(page, 'Containers').locator('.welcome-view-content');
}

/** All rows of the containers view. */
export function viewRows(page: Page): Locator {
  return viewPane(page, 'Containers').locator('.monaco-list-row');
}

/** The row of an engine, where there are several. */
export function engineRow(page: Page, name: string): Locator {
  return viewRows(page).and(page.locator('[aria-level="1"]')).filter({ has: page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }) });
}

/** A row that offers something to do about a failed connection. */
export function fixRow(page: Page, label: string): Locator {
  return viewRows(page).filter({ hasText: label });
}

/** The view is connected to that engine: its title says the address. */
export async function expectConnected(page: Page, address: string): Promise<void> {
  await expect(viewPane(page, 'Containers').locator('.pane-header .description')).toHaveText(address);
}
