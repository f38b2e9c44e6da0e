// npm run bench: with five contexts of which three are dead, when each live engine is shown after it was asked for, and what the
// extension host costs at rest. Prints a table; passes no judgement.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkbench, showContainersView, viewPane } from '../../lab/drive.mjs';
import { openEngine } from '../../lab/engine.mjs';
import { serveExtension } from '../../lab/extension.mjs';
import { run } from '../../lab/processes.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';

/** Clock ticks of /proc/PID/stat a second: a constant of the kernel's interface (man 5 proc). */
const TICKS = 100;
const REST_SECONDS = 60;
/** A dead engine is tried again after 1, 2, 4, 8, 16 and then every 30 seconds. */
const SETTLE_SECONDS = 35;

const log = (line) => console.error(line);
const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
const [near, other] = [await openEngine({ name: 'bench-near', fresh: true, log }), await openEngine({ name: 'bench-other', fresh: true, log })];
const contexts = { other: other.host, gone: 'unix:///nowhere/docker.sock', refused: 'tcp://127.0.0.1:1', unknown: 'ssh://nobody.invalid' };
for (const [name, host] of Object.entries(contexts)) { await run('docker', ['--config', folder, 'context', 'create', name, '--docker', `host=${host}`]); }
const vscode = await serveExtension({ env: { DOCKER_HOST: near.host, DOCKER_CONFIG: folder }, log });
const browser = await openBrowser();
try {
  const { page } = browser;
  await openWorkbench(page, vscode.url);
  const host = extensionHost();
  // Not activated yet: what VS Code itself costs.
  const floor = await atRest(host);
  await showContainersView(page);
  const row = (name) => viewPane(page, 'Containers').locator('.monaco-list-row[aria-level="1"]').filter({ hasText: name });
  await Promise.all([near.host, other.host].map((address) => row(address).waitFor()));
  for (const name of ['gone', 'refused', 'unknown']) { await row(name).filter({ hasText: 'not reached' }).waitFor(); }
  const logged = logLines(folderOfLogs());
  const ours = await atRest(host);
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}\n`);
  console.log(['| figure | value |', '|---|---|',
    ...logged.map(({ address, millis }) => `| from the first look to connected, ${address.replace(/.*engines\//, '')} | ${millis} ms |`),
    `| extension host at rest before our extension is active, ${REST_SECONDS} s | ${(floor * 100).toFixed(2)} % of a core |`,
    `| extension host at rest, five contexts of which three are dead, ${REST_SECONDS} s | ${(ours * 100).toFixed(2)} % of a core |`,
    `| our part of it | ${((ours - floor) * 100).toFixed(2)} % of a core |`,
  ].join('\n'));
} finally {
  await browser.close();
  await vscode.close();
  await near.close({ remove: true });
  await other.close({ remove: true });
  rmSync(folder, { recursive: true, force: true });
}

/** The one Node process of VS Code that runs extensions. */
function extensionHost() {
  const pids = execFileSync('pgrep', ['--full', 'type=extensionHost'], { encoding: 'utf8' }).trim().split('\n').map(Number);
  if (pids.length !== 1) { throw new Error(`${pids.length} extension hosts run here; the bench wants one`); }
  return pids[0];
}

/** CPU seconds a second, once the noise of the beginning (and of the first, quick retries) is over. */
async function atRest(pid) {
  await sleep(SETTLE_SECONDS * 1_000);
  const before = cpuSeconds(pid);
  await sleep(REST_SECONDS * 1_000);
  return (cpuSeconds(pid) - before) / REST_SECONDS;
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function folderOfLogs() {
  return execFileSync('find', [tmpdir(), '-path', '*hc-vscode-*', '-name', '*Hello Containers.log'], { encoding: 'utf8' }).trim().split('\n')[0] ?? '';
}

/** What our own log says of when each engine was connected, since its first line. */
function logLines(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  const at = (line) => Date.parse(line.slice(0, 23).replace(' ', 'T'));
  return lines.filter((line) => line.includes('connected to ')).map((line) => ({ address: /connected to (\S+)/.exec(line)?.[1] ?? '', millis: at(line) - at(lines[0]) }));
}
