// npm run bench: a thousand containers of which a hundred run. What the first view costs beside the bare list and the docker command;
// how soon one change is on the screen, and what is drawn for it. Prints a table; passes no judgement.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { request } from '../../lab/docker/http.mjs';
import { openWorkbench, showContainersView, viewPane } from '../../lab/drive.mjs';
import { openEngine } from '../../lab/engine.mjs';
import { serveExtension } from '../../lab/extension.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';
import { machine, quantile, spread } from './figures.mjs';

const CONTAINERS = 1_000;
const RUNNING = 100;
const LISTS = 15;
const CHANGES = 25;
/** Until the extension host of a window that is on the screen has started, too. */
const SETTLE_SECONDS = 15;

const log = (line) => console.error(line);
const folder = mkdtempSync(join(process.cwd(), 'node_modules/.hc-bench-'));
const rows = [];
const row = (figure, ...values) => rows.push(`| ${figure} | ${values.join(' | ')} |`);
const engine = await openEngine({ name: 'bench-thousand', fresh: true, keepImages: true, log });
const api = async (method, path, body) => {
  const answer = await request({ socketPath: engine.socket }, path, { method, ...body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }, timeoutMs: 60_000 });
  if (answer.status >= 400) { throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`); }
  return answer.body === '' ? undefined : JSON.parse(answer.body);
};
const create = async (name) => (await api('POST', `/containers/create?name=${name}`, { Image: 'busybox', Cmd: ['sleep', '1000000'], Labels: { 'com.docker.compose.project': `project-${name.length}` } })).Id;
const docker = (...args) => execFileSync('docker', ['--host', engine.host, ...args], { encoding: 'utf8', maxBuffer: 64e6 });

try {
  log(`making ${CONTAINERS} containers`);
  const ids = await inParallel(Array.from({ length: CONTAINERS }, (_, index) => `bench-${String(index).padStart(4, '0')}`), 4, create);
  // The newest run: they come first in the view.
  const running = ids.slice(-RUNNING);
  await inParallel(running, 2, (id) => api('POST', `/containers/${id}/start`));

  await firstView();
  await inVscode(opened);
  // Another one: the windows of the first have extension hosts that live on for a while.
  await inVscode(async (page) => {
    await sleep(SETTLE_SECONDS * 1_000);
    await showContainersView(page);
    await rowsOf(page).filter({ hasText: 'bench-' }).first().waitFor();
    await oneChange(page);
  });
  console.log(`${machine()}, Docker ${(await api('GET', '/version')).Version}; ${CONTAINERS} containers, ${RUNNING} running\n`);
  console.log(['| figure | median | least | most |', '|---|---|---|---|', ...rows].join('\n'));
} finally {
  await engine.close({ remove: true });
  rmSync(folder, { recursive: true, force: true });
}

/** From nothing to all containers known: the bare list, the docker command, and our engines as the extension host runs them. */
async function firstView() {
  const outfile = join(folder, 'engines.mjs');
  await build({
    stdin: {
      contents: 'export { connect } from "./src/engine/connect"; export { Engines } from "./src/engine/engines"; export { systemClock } from "./src/base/clock";',
      resolveDir: process.cwd(), loader: 'ts',
    },
    bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile, logLevel: 'error',
  });
  const { connect, Engines, systemClock } = await import(pathToFileURL(outfile).href);
  const ours = async () => {
    const engines = new Engines({
      finderInput: () => ({ choice: undefined, setting: engine.host, env: {}, platform: process.platform, homeDir: folder }),
      connect: (endpoint, signal) => connect(endpoint, { signal, ssh: { path: 'ssh', env: process.env } }), clock: systemClock, log: { debug() { }, info() { }, warn() { }, error() { } },
    });
    const there = new Promise((resolve) => engines.onDidChangeContainers(({ change }) => { if (change.kind === 'reset') { resolve(); } }));
    engines.start();
    await there;
    if ([...engines.containers].length !== CONTAINERS) { throw new Error('not all of them'); }
    engines.dispose();
  };
  const raw = async () => JSON.parse((await request({ socketPath: engine.socket }, '/containers/json?all=1')).body);
  const cli = () => docker('ps', '--all', '--no-trunc');
  const millis = { raw: [], cli: [], ours: [] };
  for (let round = 0; round < LISTS; round += 1) {
    for (const [name, work] of Object.entries({ raw, cli, ours })) {
      const from = performance.now();
      await work();
      millis[name].push(performance.now() - from);
    }
  }
  row('GET /containers/json?all=1, bare', ...spread(millis.raw));
  row('docker ps --all', ...spread(millis.cli));
  row('ours: from nothing to every container known (connection, version, facts, events, list)', ...spread(millis.ours));
  row('ours may take: 1.2 × the bare list + 150 ms', `${(quantile(millis.raw, 0.5) * 1.2 + 150).toFixed(0)} ms`, '', '');
}

async function inVscode(work) {
  const vscode = await serveExtension({ env: { DOCKER_HOST: engine.host }, log });
  const browser = await openBrowser();
  try {
    await openWorkbench(browser.page, vscode.url);
    await work(browser.page, vscode.url);
  } finally {
    await browser.close();
    await vscode.close();
  }
}

/** From the click to the screen, in windows whose extension host is ready. */
async function opened(page, url) {
  const millis = [];
  for (let window = 0; window < 5; window += 1) {
    await openWorkbench(page, url);
    await sleep(SETTLE_SECONDS * 1_000);
    const from = Date.now();
    await showContainersView(page);
    await rowsOf(page).filter({ hasText: 'bench-' }).first().waitFor();
    millis.push(Date.now() - from);
  }
  row('from the click on our icon to the first container on the screen, activation in it', ...spread(millis));
}

/** From the engine's own time of an event to the changed row on the screen, beside `docker events`. */
async function oneChange(page) {
  const name = await rowsOf(page).nth(2).locator('.label-name').innerText();
  await page.evaluate(() => {
    window.drawn = [];
    const pane = [...document.querySelectorAll('.split-view-view > .pane')].find((element) => element.querySelector('h3.title')?.textContent === 'Containers');
    new MutationObserver((mutations) => {
      const at = Date.now();
      const changed = new Set(mutations.map(({ target }) => (target instanceof Element ? target : target.parentElement)?.closest('.monaco-list-row')?.getAttribute('data-index')).filter((index) => index != null));
      if (changed.size > 0) { window.drawn.push({ at, rows: [...changed] }); }
    }).observe(pane, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['aria-label'] });
  });
  const events = spawn('docker', ['--host', engine.host, 'events', '--format', '{{.TimeNano}} {{.Action}}'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told = [];
  createInterface({ input: events.stdout }).on('line', (line) => told.push({ at: Date.now(), engineAt: Number(BigInt(line.split(' ')[0]) / 1_000n) / 1_000, action: line.split(' ')[1] }));
  const [screen, command, drawn] = [[], [], []];
  for (let change = 0; change < CHANGES; change += 1) {
    // Long enough that VS Code takes it for a change of its own, and we do.
    await sleep(600);
    await page.evaluate(() => { window.drawn = []; });
    told.length = 0;
    const action = change % 2 === 0 ? 'pause' : 'unpause';
    await api('POST', `/containers/${name}/${action}`);
    await page.waitForFunction(() => window.drawn.length > 0);
    await sleep(400);
    const seen = await page.evaluate(() => window.drawn);
    const event = told.find((line) => line.action === action);
    screen.push(seen[0].at - event.engineAt);
    command.push(event.at - event.engineAt);
    drawn.push(new Set(seen.flatMap(({ rows: changed }) => changed)).size);
  }
  events.kill();
  row('one change: from the engine\'s event to the screen', ...spread(screen));
  row('one change: from the engine\'s event to a line of docker events', ...spread(command));
  row('one change: rows drawn anew', quantile(drawn, 0.5), Math.min(...drawn), Math.max(...drawn));
}

function rowsOf(page) { return viewPane(page, 'Containers').locator('.monaco-list-row'); }

async function inParallel(items, atOnce, work) {
  const results = [];
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  }));
  return results;
}
