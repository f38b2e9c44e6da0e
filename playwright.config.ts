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
  // An action that waits for something that never comes must say so while there is a page to look at.
  use: { actionTimeout: 60_000 },
  // A window of a whole VS Code in a browser now and then loses a click on a busy machine. What passes at its second try is
  // named in the run's last lines, so that it does not hide.
  retries: 1,
  reporter: [['list'], ['json', { outputFile: 'test-results/ui.json' }]],
});
