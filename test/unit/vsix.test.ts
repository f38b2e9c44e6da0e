import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('the .vsix holds what the extension needs and nothing else', () => {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'ignore' });
  const files = execFileSync(join(root, 'node_modules/.bin/vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').sort();
  expect(files).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/exercise.css',
    'dist/exercise.js',
    'dist/extension.js',
    'dist/live.css',
    'dist/live.js',
    'docs/live-cpu.png',
    'l10n/bundle.l10n.json',
    'media/activity.svg',
    'media/client-daemon-registry.svg',
    'media/factorials.py',
    'media/icon.png',
    'media/quota.svg',
    'media/run-order.svg',
    'media/tab-dark.svg',
    'media/tab-light.svg',
    'package.json',
    'package.nls.json',
    'walkthroughs/clean-up.md',
    'walkthroughs/cpu-demo.md',
    'walkthroughs/watch.md',
  ]);
}, 60_000);
