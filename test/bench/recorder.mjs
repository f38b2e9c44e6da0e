// npm run bench: what the flight recorder costs, as 1,000 lists of an engine's containers with it beside 1,000 without it, in blocks that
// take turns. Prints a table; passes no judgement.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { openEngine } from '../../lab/engine.mjs';
import { run } from '../../lab/processes.mjs';

const CALLS = 1_000;
const BLOCK = 50;
const CONTAINERS = 20;

const folder = mkdtempSync(join(process.cwd(), 'node_modules/.hc-bench-'));
const engineOfLab = await openEngine({ name: 'bench-recorder', fresh: true, log: (line) => console.error(line) });
try {
  const outfile = join(folder, 'engine.mjs');
  await build({
    stdin: { contents: 'export { connect } from "./src/engine/connect"; export { FlightRecorder } from "./src/engine/recorder"; export { systemClock } from "./src/base/clock";', resolveDir: process.cwd(), loader: 'ts' },
    bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile, logLevel: 'error',
  });
  const { connect, FlightRecorder, systemClock } = await import(pathToFileURL(outfile).href);
  await run('docker', ['--host', engineOfLab.host, 'pull', '--quiet', 'busybox']);
  for (let index = 0; index < CONTAINERS; index += 1) { await run('docker', ['--host', engineOfLab.host, 'create', 'busybox', 'true']); }
  const endpoint = { kind: 'unix', path: engineOfLab.socket };
  const engines = { without: await connect(endpoint), with: await connect(endpoint, { recorder: new FlightRecorder(systemClock) }) };
  for (const engine of Object.values(engines)) {
    await engine.negotiate();
    for (let call = 0; call < BLOCK; call += 1) { await engine.listContainers(); }
  }
  const millis = { without: [], with: [] };
  const cpu = { without: 0, with: 0 };
  for (let block = 0; block < CALLS / BLOCK; block += 1) {
    // Who comes first takes turns, too: an engine that is slow for a while is so for both.
    for (const name of block % 2 === 0 ? ['without', 'with'] : ['with', 'without']) {
      const before = process.cpuUsage();
      for (let call = 0; call < BLOCK; call += 1) {
        const from = performance.now();
        await engines[name].listContainers();
        millis[name].push(performance.now() - from);
      }
      const { user, system } = process.cpuUsage(before);
      cpu[name] += (user + system) / 1_000;
    }
  }
  for (const engine of Object.values(engines)) { engine.dispose(); }
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}, ${CONTAINERS} containers\n`);
  const row = (name) => `| ${CALLS} lists ${name} the recorder | ${median(millis[name]).toFixed(3)} ms | ${quantile(millis[name], 0.95).toFixed(3)} ms | ${cpu[name].toFixed(0)} ms |`;
  console.log(['| figure | median | 95 % | CPU of our process |', '|---|---|---|---|', row('without'), row('with'),
    `| difference | ${percent(median(millis.with) / median(millis.without))} | ${percent(quantile(millis.with, 0.95) / quantile(millis.without, 0.95))} | ${percent(cpu.with / cpu.without)} |`].join('\n'));
} finally {
  await engineOfLab.close({ remove: true });
  rmSync(folder, { recursive: true, force: true });
}

function median(values) { return quantile(values, 0.5); }

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function percent(ratio) { return `${((ratio - 1) * 100).toFixed(1)} %`; }
