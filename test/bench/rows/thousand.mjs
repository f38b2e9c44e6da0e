// A thousand containers of which a hundred run: what the first view costs beside the bare list and the docker command, and how soon one
// change is on the screen and what is drawn for it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../lab/docker/http.mjs';
import { openWorkbench, showContainersView } from '../../../lab/drive.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, enginesAt } from '../source.mjs';
import { CONTAINERS, openThousand, rowsOf } from '../thousand.mjs';
import { inVscode, SETTLE_SECONDS } from '../window.mjs';

const LISTS = 15;
const CHANGES = 25;
/** How much slower than the bare list the first view may be. */
const [SLOWER, MORE_MS] = [1.2, 150];
const SCREEN_MS = 100;

export async function measure({ log }) {
  const thousand = await openThousand(log);
  const window = { env: { DOCKER_HOST: thousand.engine.host }, log };
  try {
    const figures = await firstView(thousand);
    figures.push(...await inVscode(window, opened));
    figures.push(...await inVscode(window, async (page) => {
      await sleep(SETTLE_SECONDS * 1_000);
      await showContainersView(page);
      await rowsOf(page).filter({ hasText: 'bench-' }).first().waitFor();
      return oneChange(page, thousand);
    }));
    return figures;
  } finally {
    await thousand.close();
  }
}

/** From nothing to all containers known: the bare list, the docker command, and our engines as the extension host runs them. */
async function firstView({ engine, folder, docker }) {
  const { ours: source, remove } = await bundleSource();
  const ours = async () => {
    const engines = await enginesAt(source, engine.host, folder);
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
  remove();
  const most = quantile(millis.raw, 0.5) * SLOWER + MORE_MS;
  const first = { what: `${CONTAINERS} containers: from nothing to all of them known`, unit: 'ms', ours: spread(millis.ours) };
  return [
    { ...first, beside: { what: 'GET /containers/json?all=1', value: spread(millis.raw) }, goal: atMost(`≤ ${SLOWER} × the list + ${MORE_MS} ms`, most, quantile(millis.ours, 0.5)) },
    { ...first, beside: { what: 'docker ps --all', value: spread(millis.cli) } },
  ];
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
  return [{ what: `${CONTAINERS} containers: from the click on our icon to the first row on the screen, activation in it`, unit: 'ms', ours: spread(millis) }];
}

/** From the engine's own time of an event to the changed row on the screen, beside `docker events`. */
async function oneChange(page, { engine, api }) {
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
  const what = `${CONTAINERS} containers: one changes`;
  return [
    { what: `${what}: from the engine's event to the screen`, unit: 'ms', ours: spread(screen), beside: { what: 'to a line of docker events', value: spread(command) }, goal: atMost(`< ${SCREEN_MS} ms`, SCREEN_MS, quantile(screen, 0.5)) },
    { what: `${what}: rows drawn anew`, unit: '', ours: spread(drawn), goal: atMost('one', 1, quantile(drawn, 0.5)) },
  ];
}
