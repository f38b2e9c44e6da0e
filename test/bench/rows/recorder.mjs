// What the flight recorder costs: 1,000 lists of an engine's containers with it beside 1,000 without it, in blocks that take turns.
import { openEngine } from '../../../lab/engine.mjs';
import { run } from '../../../lab/processes.mjs';
import { spread } from '../figures.mjs';
import { bundleSource } from '../source.mjs';

const CALLS = 1_000;
const BLOCK = 50;
const CONTAINERS = 20;

export async function measure({ log }) {
  const { ours: { connect, FlightRecorder, systemClock }, remove } = await bundleSource();
  const lab = await openEngine({ name: 'bench-recorder', fresh: true, log });
  try {
    await run('docker', ['--host', lab.host, 'pull', '--quiet', 'busybox']);
    for (let index = 0; index < CONTAINERS; index += 1) { await run('docker', ['--host', lab.host, 'create', 'busybox', 'true']); }
    const endpoint = { kind: 'unix', path: lab.socket };
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
    const figure = (what, unit, values) => ({ what: `${CALLS} lists of ${CONTAINERS} containers with the flight recorder: ${what}`, unit, ours: spread(values.with), beside: { what: 'without it', value: spread(values.without) } });
    return [figure('one list', 'ms', millis), figure('CPU of our process', 'ms', cpu)];
  } finally {
    await lab.close({ remove: true });
    remove();
  }
}
