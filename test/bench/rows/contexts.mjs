// Five contexts of which three are dead: when each live engine is shown after it was asked for, and what the extension host costs at rest.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkbench, showContainersView, viewPane } from '../../../lab/drive.mjs';
import { openEngine } from '../../../lab/engine.mjs';
import { serveExtension } from '../../../lab/extension.mjs';
import { findProcesses, run, waitUntil } from '../../../lab/processes.mjs';
import { openBrowser } from '../../../lab/vscode/browser.mjs';
import { spread } from '../figures.mjs';
import { cpuSeconds } from '../processes.mjs';

const REST_SECONDS = 60;
/** A dead engine is tried again after 1, 2, 4, 8, 16 and then every 30 seconds. */
const SETTLE_SECONDS = 35;

export async function measure({ log }) {
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
  const before = extensionHosts();
  const [near, other] = [await openEngine({ name: 'bench-near', fresh: true, log }), await openEngine({ name: 'bench-other', fresh: true, log })];
  const contexts = { other: other.host, gone: 'unix:///nowhere/docker.sock', refused: 'tcp://127.0.0.1:1', unknown: 'ssh://nobody.invalid' };
  for (const [name, host] of Object.entries(contexts)) { await run('docker', ['--config', folder, 'context', 'create', name, '--docker', `host=${host}`]); }
  const vscode = await serveExtension({ env: { DOCKER_HOST: near.host, DOCKER_CONFIG: folder }, log });
  const browser = await openBrowser();
  try {
    const { page } = browser;
    await openWorkbench(page, vscode.url);
    // The window is there before its extension host is.
    let host;
    if (!await waitUntil(() => (host = extensionHosts().find((pid) => !before.includes(pid))) !== undefined, 30_000)) { throw new Error('there is no extension host'); }
    // Not activated yet: what VS Code itself costs.
    const floor = await atRest(host);
    await showContainersView(page);
    const row = (name) => viewPane(page, 'Containers').locator('.monaco-list-row[aria-level="1"]').filter({ hasText: name });
    await Promise.all([near.host, other.host].map((address) => row(address).waitFor()));
    for (const name of ['gone', 'refused', 'unknown']) { await row(name).filter({ hasText: 'not reached' }).waitFor(); }
    const logged = logLines(ownLog(tmpdir()));
    const ours = await atRest(host);
    const percent = (share) => spread(share * 100);
    return [
      ...logged.map(({ address, millis }, index) => ({ what: `five contexts, three dead: from the first look to connected, ${index === 0 ? 'the first' : `the ${address.includes('other') ? 'other' : 'next'}`}`, unit: 'ms', ours: spread(millis) })),
      { what: `five contexts, three dead: extension host at rest, ${REST_SECONDS} s, share of a core`, unit: '%', ours: percent(ours), beside: { what: 'before we are active', value: percent(floor) } },
    ];
  } finally {
    await browser.close();
    await vscode.close();
    await near.close({ remove: true });
    await other.close({ remove: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of other VS Codes on this machine are among them. */
function extensionHosts() {
  return findProcesses(({ args }) => args.includes('--type=extensionHost')).map(({ pid }) => pid);
}

/** CPU seconds a second, once the noise of the beginning (and of the first, quick retries) is over. */
async function atRest(pid) {
  await sleep(SETTLE_SECONDS * 1_000);
  const before = cpuSeconds(pid);
  await sleep(REST_SECONDS * 1_000);
  return (cpuSeconds(pid) - before) / REST_SECONDS;
}

/** What our own log says of when each engine was connected, since its first line. */
function logLines(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  const at = (line) => Date.parse(line.slice(0, 23).replace(' ', 'T'));
  return lines.filter((line) => line.includes('connected to ')).map((line) => ({ address: /connected to (\S+)/.exec(line)?.[1] ?? '', millis: at(line) - at(lines[0]) }));
}

/** The newest log of our extension below a lab's VS Code's folder. */
function ownLog(parent) {
  const found = readdirSync(parent).filter((name) => name.startsWith('hc-vscode-')).flatMap((name) => readdirSync(join(parent, name), { recursive: true }).filter((file) => file.endsWith('Hello Containers.log')).map((file) => join(parent, name, file)));
  return found.sort().at(-1) ?? '';
}
