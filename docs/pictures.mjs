/**
 * npm run pictures: the README's picture and its animated demo, made from the real product on an engine of the lab's own. It takes a
 * minute or two, and rewrites docs/live-cpu.png and docs/demo.gif: look at both before you commit them.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit, takeAllDown } from '../lab/cleanup.mjs';
import { chooseFromMenu, clearNotifications, containerRow, DRIVE_SETTINGS, livePage, notification, openWorkbench, showContainersView, terminalText } from '../lab/drive.mjs';
import { openEngine } from '../lab/engine.mjs';
import { serveExtension } from '../lab/extension.mjs';
import { ensurePackages } from '../lab/packages.mjs';
import { run, waitUntil } from '../lab/processes.mjs';
import { openBrowser, palette } from '../lab/vscode/browser.mjs';

/** As wide as a large screen shows a README. */
const size = { width: 1_280, height: 800 };
/** Width of the demo in pixels, its frames per second, and its colours: what is sharp enough to read, and small enough to load. */
const gif = { width: 1_000, perSecond: 5, colours: 128 };
/** How long the eye gets for what has just come, in milliseconds. */
const look = 2_500;

/** Where the pointer is over nothing that speaks: x and y. */
const nowhere = /** @type {[number, number]} */ ([900, 60]);

const log = (/** @type {string} */ line) => console.log(`  ${line}`);
const docs = import.meta.dirname;

try {
  await main();
} finally {
  await takeAllDown();
}

async function main() {
  await ensurePackages({ ffmpeg: 'ffmpeg', pngquant: 'pngquant' }, { log });
  const temporary = mkdtempSync(join(tmpdir(), 'hc-pictures-'));
  onExit(() => rmSync(temporary, { recursive: true, force: true }));
  const engine = await openEngine({ name: 'pictures', fresh: true, log });
  onExit(() => engine.close({ remove: true }));
  // An address that could be anybody's.
  const place = join(tmpdir(), 'hello');
  mkdirSync(place);
  onExit(() => rmSync(place, { recursive: true }));
  symlinkSync(engine.socket, join(place, 'docker.sock'));
  // What a learner's machine has beside the lesson's.
  const docker = (/** @type {string[]} */ ...args) => run('docker', ['--host', engine.host, ...args]);
  for (const image of ['busybox', 'python:3-alpine']) await docker('pull', '--quiet', image);
  for (const [name, service] of [['shop-web-1', 'web'], ['shop-db-1', 'db']]) {
    await docker('run', '--detach', '--name', name, '--label', 'com.docker.compose.project=shop', '--label', `com.docker.compose.service=${service}`, 'busybox', 'sleep', '10000');
  }
  const vscode = await serveExtension({
    env: { DOCKER_HOST: `unix://${join(place, 'docker.sock')}` }, log,
    settings: { ...DRIVE_SETTINGS, 'workbench.colorTheme': 'Default Dark Modern', 'workbench.startupEditor': 'none', 'window.commandCenter': false, 'workbench.layoutControl.enabled': false },
  });
  onExit(() => vscode.close());
  const folder = join(temporary, 'containers');
  mkdirSync(folder);
  const browser = await openBrowser({ ...size, log });
  onExit(() => browser.close());
  const { page } = browser;
  page.setDefaultTimeout(60_000);
  await openWorkbench(page, `${vscode.url}/?folder=${encodeURIComponent(folder)}`);
  await showContainersView(page);
  await containerRow(page, 'shop-web-1').waitFor();
  await widenSideBar(page);

  const frames = await film(page, join(temporary, 'frames'), () => story(page));
  log(`${frames.length} frames, ${((frames.at(-1)?.at ?? 0) - (frames[0]?.at ?? 0)).toFixed(0)} s`);
  const still = join(temporary, 'still.png');
  await page.screenshot({ path: still });
  await run('pngquant', ['--force', '--speed', '1', '--output', join(docs, 'live-cpu.png'), still]);
  await animate(frames, join(temporary, 'frames.txt'), join(docs, 'demo.gif'));
}

/** So wide that a row says all that it has to say. @param {import('@playwright/test').Page} page */
async function widenSideBar(page) {
  const edge = await page.locator('.part.sidebar').boundingBox();
  if (!edge) throw new Error('There is no side bar.');
  const x = edge.x + edge.width;
  await page.mouse.move(x, nowhere[1]);
  await page.mouse.down();
  await page.mouse.move(440, nowhere[1], { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(...nowhere);
}

/**
 * What the demo shows: hello-world, the CPU demo, its live page, and the limit from the context menu.
 * @param {import('@playwright/test').Page} page
 */
async function story(page) {
  await palette(page, 'Hello Containers: Run hello-world');
  if (!(await waitUntil(async () => (await terminalText(page)).includes('The container is kept'), 60_000))) throw new Error('hello-world did not end.');
  await page.waitForTimeout(look);
  await page.keyboard.press('Control+j');
  await clearNotifications(page);

  await palette(page, 'Hello Containers: Start the CPU Demo');
  await notification(page, 'cpu-demo is running').waitFor();
  await clearNotifications(page);
  const row = containerRow(page, /^cpu-demo$/);
  await row.filter({ hasText: 'running' }).waitFor();
  await chooseFromMenu(row, 'Watch Live CPU');
  const live = await livePage(page);
  /** Over how much the kernel's account was taken. */
  const counted = async (/** @type {'s' | 'periods'} */ unit) => Number(new RegExp(`over (\\d+) ${unit}`).exec(await live.locator('.tile-account').innerText())?.[1] ?? 0);
  if (!(await waitUntil(async () => (await counted('s')) >= 10, 60_000))) throw new Error('The live page has nothing to show.');

  await row.click({ button: 'right' });
  const entry = page.locator('.monaco-menu .action-item').filter({ has: page.getByText('Limit CPU to 10%', { exact: true }) });
  await entry.hover();
  await page.waitForTimeout(look);
  await page.keyboard.press('Escape');
  await chooseFromMenu(row, 'Limit CPU to 10%');
  await row.filter({ hasText: 'CPU ≤ 10 % of a core' }).waitFor();
  await page.waitForTimeout(look);
  await clearNotifications(page);
  await page.mouse.move(...nowhere);
  if (!(await waitUntil(async () => (await counted('periods')) >= 120, 60_000))) throw new Error('The kernel has counted nothing under the limit.');
}

/**
 * Takes a picture whenever something on the screen has changed.
 * @param {import('@playwright/test').Page} page
 * @param {string} into a folder
 * @param {() => Promise<void>} action
 * @returns {Promise<{ file: string, at: number }[]>} at: in seconds
 */
async function film(page, into, action) {
  mkdirSync(into);
  /** @type {{ file: string, at: number }[]} */
  const frames = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    const file = join(into, `${String(frames.length).padStart(5, '0')}.png`);
    writeFileSync(file, Buffer.from(data, 'base64'));
    frames.push({ file, at: metadata.timestamp ?? Date.now() / 1_000 });
    // An answer may come after the end.
    devtools.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await devtools.send('Page.startScreencast', { format: 'png' });
  try {
    await action();
  } finally {
    await devtools.send('Page.stopScreencast');
    await devtools.detach();
  }
  return frames;
}

/**
 * @param {{ file: string, at: number }[]} frames
 * @param {string} list where ffmpeg is to find them
 * @param {string} to the file
 */
async function animate(frames, list, to) {
  const lines = frames.map(({ file, at }, index) => `file '${file}'\nduration ${((frames[index + 1]?.at ?? at + look / 1_000) - at).toFixed(3)}`);
  // ffmpeg's list holds the last one only when it is named twice.
  writeFileSync(list, `ffconcat version 1.0\n${lines.join('\n')}\nfile '${frames.at(-1)?.file ?? ''}'\n`);
  const filter = `fps=${gif.perSecond},scale=${gif.width}:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=${gif.colours}:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle`;
  await run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list, '-vf', filter, '-loop', '0', to]);
}
