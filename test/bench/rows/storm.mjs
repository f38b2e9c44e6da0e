// A thousand containers, and a storm of 2,000 events in ten seconds from an engine that is a script (dockerd itself cannot keep up): what
// the view shows at the end beside `docker ps --all`, and how long the extension host was held up meanwhile.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkbench, showContainersView, viewPane } from '../../../lab/drive.mjs';
import { serveExtension } from '../../../lab/extension.mjs';
import { run } from '../../../lab/processes.mjs';
import { openBrowser } from '../../../lab/vscode/browser.mjs';
import { atMost, spread } from '../figures.mjs';
import { ScriptedEngine } from '../scriptedEngine.mjs';

const CONTAINERS = 1_000;
const RUNNING = 100;
const ROUNDS = 5;
/** The goal for the extension host. */
const HELD_UP_MS = 50;
const STORM = { events: 2_000, seconds: 10 };
/** Until the extension host of a window that is on the screen has done all that it does at its start. */
const SETTLE_SECONDS = 15;
/** So many looks through all rows, and what is wrong then stays wrong. */
const LOOKS = 12;

export async function measure({ log }) {
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
  const delays = join(folder, 'delays');
  const heldUp = (from, until) => heldUpIn(delays, from, until);
  const engine = new ScriptedEngine(join(folder, 'docker.sock'));
  await engine.listen();
  for (let index = 0; index < CONTAINERS; index += 1) { engine.create(`bench-${String(index).padStart(4, '0')}`, index < CONTAINERS - RUNNING ? 'created' : 'running'); }
  const running = [...engine.containers.values()].filter(({ state }) => state === 'running').map(({ id }) => id);
  const vscode = await serveExtension({ env: { DOCKER_HOST: engine.host, NODE_OPTIONS: `--require ${join(import.meta.dirname, '../loopDelay.cjs')}`, HELLO_CONTAINERS_LOOP_DELAY: delays }, log });
  const browser = await openBrowser();
  try {
    const { page } = browser;
    await openWorkbench(page, vscode.url);
    await showContainersView(page);
    await viewPane(page, 'Containers').locator('.monaco-list-row').filter({ hasText: 'bench-' }).first().waitFor();
    await sleep(SETTLE_SECONDS * 1_000);
    const calmFrom = Date.now();
    await sleep(STORM.seconds * 1_000);
    const calm = heldUp(calmFrom);
    const storms = [];
    for (let round = 0; round < ROUNDS; round += 1) { storms.push(await storm(page, round, { engine, running, log, heldUp })); }
    const held = storms.flatMap((one) => one.held);
    const what = `${STORM.events} events in ${STORM.seconds} s, ${CONTAINERS} containers`;
    const wrong = storms.map((one) => one.wrong);
    const own = held.map(({ wall, cpu }) => Math.min(wall, cpu));
    const longest = (delaysOf) => spread(delaysOf.map(({ wall }) => wall));
    return [
      { what: `${what}: rows that are not what docker ps --all says`, unit: '', ours: spread(wrong), goal: atMost('none', 0, Math.max(...wrong)) },
      { what: `${what}: until a look through all rows finds just these`, unit: 'ms', ours: spread(storms.map(({ settled }) => settled)) },
      { what: `${what}: extension host held up, longest in each tenth of a second`, unit: 'ms', ours: longest(held), beside: { what: 'before the storm', value: longest(calm) } },
      { what: `${what}: of it by its own doing, at most (CPU time meanwhile)`, unit: 'ms', ours: spread(own), goal: atMost(`≤ ${HELD_UP_MS} ms`, HELD_UP_MS, Math.max(...own)) },
    ];
  } finally {
    await browser.close();
    await vscode.close();
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Renames, mostly; containers come, go, and change their state among them. */
async function storm(page, round, { engine, running, log, heldUp }) {
  const [from, before] = [Date.now(), engine.events];
  const made = [];
  while (engine.events - before < STORM.events) {
    const turn = engine.events - before;
    if (turn > STORM.events * (Date.now() - from) / STORM.seconds / 1_000) {
      await sleep(4);
      continue;
    }
    const id = running[turn % running.length];
    if (turn % 100 === 0) { made.push(engine.create(`storm-${round}-${turn}`)); }
    else if (turn % 100 === 50 && made.length > 2) { engine.destroy(made.shift()); }
    else if (turn % 100 === 90) { engine.pause(id); }
    else { engine.rename(id, `stormy-${round}-${turn}`); }
  }
  const until = Date.now();
  const wanted = (await run('docker', ['--host', engine.host, 'ps', '--all', '--no-trunc', '--format', '{{.Names}} {{.State}}'])).trim().split('\n').sort();
  let shown = [];
  for (let look = 0; look < LOOKS && JSON.stringify(shown) !== JSON.stringify(wanted); look += 1) { shown = await everyRow(page); }
  const wrong = wanted.filter((line) => !shown.includes(line)).length + shown.filter((line) => !wanted.includes(line)).length;
  const settled = Date.now() - until;
  log(`storm ${round + 1}: ${wrong} rows are wrong after ${settled} ms`);
  return { millis: until - from, wrong, settled, held: heldUp(from, until + 3_000) };
}

/** Scrolls through the whole list: names and states of its rows. */
async function everyRow(page) {
  const list = viewPane(page, 'Containers').locator('.monaco-list');
  await list.focus();
  await page.keyboard.press('Home');
  const seen = new Map();
  // The first of these keys only goes to the end of what is seen.
  for (let still = 0; still < 4; still += 1) {
    const before = seen.size;
    const found = await list.locator('.monaco-list-row').evaluateAll((elements) => elements.map((element) => [Number(element.getAttribute('data-index')), element.querySelector('.label-name')?.textContent ?? '', element.querySelector('.label-description')?.textContent ?? '']));
    for (const [index, name, description] of found) { seen.set(index, `${name} ${/^\w+/.exec(description)?.[0] ?? ''}`); }
    if (seen.size > before) { still = 0; }
    await page.keyboard.press('PageDown');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
  return [...seen.values()].sort();
}

/** How long the extension host was held up in each tenth of a second between two moments, and its CPU time. */
function heldUpIn(delays, from, until = Infinity) {
  const lines = readFileSync(delays, 'utf8').trim().split('\n').map((line) => line.split(' ').map(Number));
  return lines.filter(([at]) => at >= from && at <= until).map(([, wall, cpu]) => ({ wall, cpu }));
}
