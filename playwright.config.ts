import { defineConfig } from '@playwright/test';

/** The ui tier: the packaged extension in the lab's VS Code, in Chromium. */
export default defineConfig({
  testDir: 'test/ui',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/ui',
  // One VS Code and one engine serve all tests.
  workers: 1,
  // Bringing up the lab on a new machine is part of the first test's time.
  timeout: 240_000,
  expect: { timeout: 45_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/ui.json' }]],
});
