/**
 * npm run demo: drives the real UI, without a screen, through hello-world, the CPU demo, the context menu's "Limit CPU to 10%" and
 * the live page; saves pictures; prints hello-world's output and what the limit did. Exits non-zero with the reason when it does
 * not do what the lesson says.
 *   --engine own        the lab's own engine, even if another answers
 *   --engine ssh|tls    an engine of the lab's on another machine
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit, takeAllDown } from './cleanup.mjs';
import { request } from './docker/http.mjs';
import { openRemote } from './docker/remote.mjs';
import { chooseFromMenu, clearNotifications, containerRow, DRIVE_SETTINGS, livePage, notification, openWorkbench, showContainersView, terminalText } from './drive.mjs';
import { openEngine } from './engine.mjs';
import { projectRoot, serveExtension } from './extension.mjs';
import { waitUntil } from './processes.mjs';
import { reachableEngine } from './reachable.mjs';
import { openBrowser, palette } from './vscode/browser.mjs';

/** Enforcement periods over which the kernel's account decides. */
const PERIODS = 60;
/** Percentage points of a core that the account may be off. */
const TOLERANCE = 0.5;
/** Lines of the program's output before and after the limit. */
const LINES = 6;

const pictures = join(projectRoot, 'demo-pictures');
const log = (/** @type {string} */ line) => console.log(`  ${line}`);

try {
  await demo();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await takeAllDown();
}

async function demo() {
  const engine = await openEngineFor(process.argv[process.argv.indexOf('--engine') + 1]);
  onExit(() => engine.close());
  log(`engine: ${engine.env.DOCKER_HOST}`);
  const vscode = await serveExtension({ env: engine.env, settings: { ...DRIVE_SETTINGS, ...engine.settings, 'workbench.colorTheme': 'Default Dark Modern' }, log });
  onExit(() => vscode.close());
  const folder = mkdtempSync(join(tmpdir(), 'hc-demo-'));
  onExit(() => rmSync(folder, { recursive: true, force: true }));
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures);
  const browser = await openBrowser({ height: 1_150, log });
  onExit(() => browser.close());
  const { page } = browser;
  page.setDefaultTimeout(60_000);
  await openWorkbench(page, `${vscode.url}/?folder=${encodeURIComponent(folder)}`);
  await showContainersView(page);
  try {
    await runThrough(page, engine.socket);
  } catch (error) {
    await page.screenshot({ path: join(pictures, 'failed.png') });
    throw error;
  }
}

/**
 * @param {string} kind of engine that the arguments ask for
 * @returns {Promise<{ env: NodeJS.ProcessEnv, settings?: Record<string, unknown>, socket: string | undefined, close(): Promise<void> | void }>} socket: where the account can be
 *   taken without the extension
 */
async function openEngineFor(kind) {
  if (kind === 'ssh' || kind === 'tls') {
    const remote = await openRemote({ name: 'demo-remote', log });
    const close = () => remote.close({ remove: true });
    const { socket } = remote.dockerd;
    return kind === 'ssh'
      // By its path: VS Code gives its extensions the PATH of a login shell.
      ? { env: { DOCKER_HOST: remote.sshd.destination + socket }, settings: { 'helloContainers.ssh.path': remote.sshd.program }, socket, close }
      : { env: { DOCKER_HOST: remote.tlsHost, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: remote.certificates.client }, socket, close };
  }
  const reachable = kind === 'own' ? undefined : await reachableEngine();
  if (reachable) {
    const { protocol, pathname } = new URL(reachable.host);
    return { env: { DOCKER_HOST: reachable.host }, socket: protocol === 'unix:' ? decodeURIComponent(pathname) : undefined, close: () => {} };
  }
  const own = await openEngine({ name: 'demo', fresh: true, log });
  return { env: { DOCKER_HOST: own.host }, socket: own.socket, close: () => own.close({ remove: true }) };
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string | undefined} socket
 */
async function runThrough(page, socket) {
  const picture = (/** @type {string} */ name) => page.screenshot({ path: join(pictures, `${name}.png`) });
  log('Run hello-world');
  await palette(page, 'Hello Containers: Run hello-world');
  if (!(await waitUntil(async () => (await terminalText(page)).includes('The container is kept'), 120_000))) throw new Error('hello-world did not end.');
  const hello = await terminalText(page);
  await picture('1-hello-world');

  log('Start the CPU Demo');
  await palette(page, 'Hello Containers: Start the CPU Demo');
  // The newest is the first, and earlier demos may be there.
  const started = notification(page, /cpu-demo(-\d+)? is running, from the image/);
  await started.waitFor({ timeout: 300_000 });
  const name = /cpu-demo(-\d+)?/.exec(await started.innerText())?.[0] ?? '';
  const row = containerRow(page, new RegExp(`^${name}$`));
  await row.filter({ hasText: 'running' }).waitFor();
  await clearNotifications(page);
  await page.keyboard.press('Control+j');

  log('Watch Live CPU');
  await chooseFromMenu(row, 'Watch Live CPU');
  const live = await livePage(page);
  const figure = async (/** @type {string} */ tile) => Number.parseFloat(await live.locator(`.tile-${tile} .tile-value`).innerText());
  await page.waitForTimeout(LINES * 1_000);
  const before = { rate: await figure('now'), cores: await figure('cpu') };
  await picture('2-without-a-limit');

  log('Limit CPU to 10% (the context menu of the container)');
  await chooseFromMenu(row, 'Limit CPU to 10%');
  await row.filter({ hasText: 'CPU ≤ 10 % of a core' }).waitFor();
  await clearNotifications(page);
  // Not the very first periods: the change itself falls into one.
  await page.waitForTimeout(1_000);
  const account = await kernelAccount(socket, name);
  await picture('3-limited-to-10-percent');
  const after = { rate: await figure('now'), ratio: await figure('ratio') };

  log('Clean Up…');
  await palette(page, 'Hello Containers: Clean Up');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().waitFor();
  await picture('4-clean-up');
  await page.keyboard.press('Enter');
  await notification(page, 'Cleaned up').waitFor();
  await row.waitFor({ state: 'detached' });
  await picture('5-cleaned-up');
  report(hello, before, after, account);
}

/**
 * The kernel's account of the container over at least PERIODS enforcement periods, asked of the engine and not of the extension.
 * @param {string | undefined} socketPath
 * @param {string} name
 */
async function kernelAccount(socketPath, name) {
  if (!socketPath) throw new Error('The account can only be taken of an engine behind a unix socket. Run: npm run demo -- --engine own');
  const read = async () => {
    const { body } = await request({ socketPath }, `/containers/${name}/stats?stream=false&one-shot=true`);
    const { read: at, cpu_stats: { cpu_usage: usage, throttling_data: throttling } } = JSON.parse(body);
    return { at: Date.parse(at), usageMillis: usage.total_usage / 1e6, periods: throttling.periods, throttled: throttling.throttled_periods };
  };
  const from = await read();
  let to = from;
  const reached = await waitUntil(async () => {
    to = await read();
    return to.periods - from.periods >= PERIODS;
  }, 60_000);
  if (!reached) throw new Error(`In a minute only ${to.periods - from.periods} enforcement periods ended: is the program running?`);
  return { percent: 100 * (to.usageMillis - from.usageMillis) / (to.at - from.at), periods: to.periods - from.periods, throttled: to.throttled - from.throttled };
}

/**
 * @param {string} hello
 * @param {{ rate: number, cores: number }} before
 * @param {{ rate: number, ratio: number }} after
 * @param {{ percent: number, periods: number, throttled: number }} account
 */
function report(hello, before, after, account) {
  console.log(`\n${hello.trim()}\n\nPictures: ${pictures}\n`);
  const isExact = Math.abs(account.percent - 10) <= TOLERANCE;
  const isUsual = after.ratio >= 0.07 && after.ratio <= 0.14;
  console.log(`Kernel's account under the limit: ${account.percent.toFixed(2)} % of a core over ${account.periods} periods, ${account.throttled} of them throttled`);
  console.log(`Calculations per second: ${before.rate} before, ${after.rate} after, ratio ${after.ratio.toFixed(3)}${isUsual ? '' : ` (0.07 to 0.14 on a quiet machine; without a limit the program got ${before.cores} of a core here, of ${cpus().length}: the machine was busy)`}`);
  if (!isExact) throw new Error(`the kernel accounts ${account.percent.toFixed(2)} % of a core, which is not 10 % to within ${TOLERANCE} points.`);
}
