import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from './support/tempDir';

const root = join(import.meta.dirname, '../..');

it('the .vsix holds what the extension needs and nothing else', () => {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'ignore' });
  // What pages share is named by its content.
  const files = execFileSync(join(root, 'node_modules/.bin/vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').filter((file) => !/^dist\/shared-\w+\.js$/.test(file)).sort();
  expect(files).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'THIRD-PARTY-NOTICES.txt',
    'dist/a-process.zh-cn.svg',
    'dist/architecture.css',
    'dist/architecture.js',
    'dist/cgroup.css',
    'dist/cgroup.js',
    'dist/client-daemon-registry.zh-cn.svg',
    'dist/containers-vs-vms.zh-cn.svg',
    'dist/exercise.css',
    'dist/exercise.js',
    'dist/extension.js',
    'dist/image-containers.zh-cn.svg',
    'dist/live.css',
    'dist/live.js',
    'dist/measure.css',
    'dist/measure.js',
    'dist/overview.css',
    'dist/overview.js',
    'dist/quota.zh-cn.svg',
    'dist/run-order.zh-cn.svg',
    'dist/run.css',
    'dist/run.js',
    'dist/xray.css',
    'dist/xray.js',
    'l10n/bundle.l10n.zh-cn.json',
    'media/a-process.svg',
    'media/activity.svg',
    'media/client-daemon-registry.svg',
    'media/containers-vs-vms.svg',
    'media/factorials.py',
    'media/icon.png',
    'media/image-containers.svg',
    'media/quota.svg',
    'media/recorded-run.json',
    'media/run-order.svg',
    'media/tab-dark.svg',
    'media/tab-light.svg',
    'media/view-containers.svg',
    'media/view-images.svg',
    'media/view-lesson.svg',
    'media/view-networks.svg',
    'media/view-swarm.svg',
    'media/view-volumes.svg',
    'package.json',
    'package.nls.json',
    'package.nls.zh-cn.json',
    'walkthroughs/clean-up-by-hand.md',
    'walkthroughs/clean-up.md',
    'walkthroughs/connect.md',
    'walkthroughs/cpu-demo.md',
    'walkthroughs/cpu-program.md',
    'walkthroughs/hello-world.md',
    'walkthroughs/limit-by-hand.md',
    'walkthroughs/other-runtime.md',
    'walkthroughs/remote-engine.md',
    'walkthroughs/slow-down.md',
    'walkthroughs/swarm.md',
    'walkthroughs/watch.md',
    'walkthroughs/zh-cn/clean-up-by-hand.md',
    'walkthroughs/zh-cn/clean-up.md',
    'walkthroughs/zh-cn/connect.md',
    'walkthroughs/zh-cn/cpu-demo.md',
    'walkthroughs/zh-cn/cpu-program.md',
    'walkthroughs/zh-cn/hello-world.md',
    'walkthroughs/zh-cn/limit-by-hand.md',
    'walkthroughs/zh-cn/other-runtime.md',
    'walkthroughs/zh-cn/remote-engine.md',
    'walkthroughs/zh-cn/slow-down.md',
    'walkthroughs/zh-cn/swarm.md',
    'walkthroughs/zh-cn/watch.md',
  ]);
}, 60_000);

it('the .vsix is small, and the same bytes in whatever folder, time zone and with whatever file modes and times it is built', () => {
  const here = packed({ TZ: 'UTC' });
  expect(packed({ TZ: 'Asia/Kathmandu' }, 'a longer name of a folder', 0o077).equals(here)).toBe(true);
  expect(here.length).toBeLessThan(400_000);
  // The commit's time is part of it.
  expect(packed({ SOURCE_DATE_EPOCH: '1700000000' }).equals(here)).toBe(false);
}, 120_000);

/** Builds the .vsix of the files as they are, in a folder of their own. */
function packed(env: NodeJS.ProcessEnv, name = 'a', umask = 0o022): Buffer {
  const folder = join(tempDir(), name);
  const before = process.umask(umask);
  try {
    const unneeded = new Set(['.git', 'node_modules', 'dist', 'out', 'test', 'lab', 'test-results'].map((file) => join(root, file)));
    cpSync(root, folder, { recursive: true, filter: (file) => !unneeded.has(file) && !file.endsWith('.vsix') });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, ['packaging/vsix.mjs'], { cwd: folder, stdio: 'ignore', env: { ...process.env, SOURCE_DATE_EPOCH: '1800000000', ...env } });
    return readFileSync(join(folder, 'hello-containers.vsix'));
  } finally {
    process.umask(before);
  }
}
