// Module load and activate() in the extension host, in cold starts, beside an extension that does nothing, in the same extension hosts; and
// what activate() touches of disk, network and processes by its own calls.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkbench, showContainersView } from '../../../lab/drive.mjs';
import { packageExtension, projectRoot } from '../../../lab/extension.mjs';
import { run, waitUntil } from '../../../lab/processes.mjs';
import { openBrowser } from '../../../lab/vscode/browser.mjs';
import { installVscode } from '../../../lab/vscode/install.mjs';
import { installExtension, makeProfile, startServer } from '../../../lab/vscode/server.mjs';
import { atMost, quantile, spread } from '../figures.mjs';

const STARTS = 10;
const MORE_MS = 25;

export async function measure({ log }) {
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
  const probe = join(folder, 'probe');
  const vscode = await installVscode({ log });
  const profile = makeProfile(join(folder, 'profile'));
  for (const vsix of [await packageExtension(), await packageEmpty(folder)]) { await installExtension(vsix, { vscode, profile }); }
  const server = await startServer({ vscode, profile, env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', NODE_OPTIONS: `--require ${join(import.meta.dirname, '../hostProbe.cjs')}`, HELLO_CONTAINERS_PROBE: probe } });
  const browser = await openBrowser();
  const activated = (name) => (existsSync(probe) ? readFileSync(probe, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : []).filter((line) => line.kind === 'activated' && line.name === name);
  const [ours, empty] = ['hello-containers.hello-containers', 'hello-containers.empty'];
  try {
    for (let start = 1; start <= STARTS; start += 1) {
      // Each window has an extension host of its own.
      await openWorkbench(browser.page, server.url);
      await showContainersView(browser.page);
      if (!await waitUntil(() => [ours, empty].every((name) => activated(name).length >= start), 60_000)) { throw new Error('the extensions were not activated'); }
      log(`start ${start}`);
    }
    const total = ({ loadMillis, activateMillis }) => loadMillis + activateMillis;
    const [mine, floor] = [activated(ours), activated(empty)];
    const more = quantile(mine.map(total), 0.5) - quantile(floor.map(total), 0.5);
    const touched = mine.map((line) => line.touched.length);
    if (Math.max(...touched) > 0) { log(`touched: ${[...new Set(mine.flatMap((line) => line.touched))].join(', ')}`); }
    const beside = (part) => ({ what: 'an empty extension', value: spread(floor.map(part)) });
    return [
      { what: 'activation, cold: module load and activate()', unit: 'ms', ours: spread(mine.map(total)), beside: beside(total), goal: atMost(`under ${MORE_MS} ms more`, MORE_MS, more) },
      { what: 'activation, cold: module load alone, in CPU time of the extension host', unit: 'ms', ours: spread(mine.map(({ loadCpuMillis }) => loadCpuMillis)), beside: beside(({ loadCpuMillis }) => loadCpuMillis) },
      { what: 'activation, cold: activate() alone', unit: 'ms', ours: spread(mine.map(({ activateMillis }) => activateMillis)), beside: beside(({ activateMillis }) => activateMillis) },
      { what: 'activate(): calls of ours to disk, network or processes', unit: '', ours: spread(touched), goal: atMost('none', 0, Math.max(...touched)) },
    ];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What any extension costs. @returns {Promise<string>} its .vsix */
async function packageEmpty(parent) {
  const folder = join(parent, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', publisher: 'hello-containers', version: '0.0.1', engines: { vscode: '^1.100.0' }, main: './empty.js', activationEvents: ['onStartupFinished'] }));
  writeFileSync(join(folder, 'empty.js'), 'exports.activate = () => {};\n');
  const vsix = join(parent, 'empty.vsix');
  await run(join(projectRoot, 'node_modules/.bin/vsce'), ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix], { cwd: folder });
  return vsix;
}
