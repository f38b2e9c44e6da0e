// Live sampling of 1, 10 and 100 containers, five times a second each, as live pages do it: CPU of our process and of the engine, beside
// `docker stats` of the same containers (client, daemon, containerd and its shims).
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '../../../lab/engine.mjs';
import { findProcesses, run, waitUntil } from '../../../lab/processes.mjs';
import { atMost, spread } from '../figures.mjs';
import { cpuSeconds } from '../processes.mjs';
import { bundleSource, enginesAt, silentLog } from '../source.mjs';
import { inParallel } from '../thousand.mjs';

const NAME = 'bench-sampling';
const COUNTS = [1, 10, 100];
const SECONDS = 10;
const [HZ, MOST_MISSING] = [5, 0.5];
const [MOST_PERCENT, MOST_OF_STATS] = [1, 0.1];

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  const lab = await openEngine({ name: NAME, fresh: true, keepImages: true, log });
  const engines = await enginesAt(ours, lab.host, folder);
  try {
    const ids = [];
    const figures = [];
    for (const count of COUNTS) {
      log(`${count} containers`);
      ids.push(...await inParallel(Array.from({ length: count - ids.length }), 4, async () => (await run('docker', ['--host', lab.host, 'run', '--detach', '--network', 'none', 'busybox', 'sleep', '100000'])).trim()));
      await sleep(3_000);
      const { host: idle } = await shares();
      const sampled = await sampling(ours, engines, ids);
      const stats = await dockerStats(lab.host);
      // Without them the shares below would flatter us.
      figures.push({
        what: `live sampling of ${count} containers: of 5 samples a second of each, how many did not come`, unit: '', ours: spread(HZ - sampled.perSecond), goal: atMost(`under ${MOST_MISSING}`, MOST_MISSING, HZ - sampled.perSecond),
      });
      figures.push({
        what: `live sampling of ${count} containers at 5 Hz, share of a core: ours with the engine's part`, unit: '%', ours: spread(sampled.host + sampled.engine), beside: { what: 'docker stats, client and engine', value: spread(stats) },
        goal: atMost(`≤ ${MOST_OF_STATS} × docker stats`, MOST_OF_STATS, (sampled.host + sampled.engine) / stats),
      });
      figures.push({
        what: `live sampling of ${count} containers at 5 Hz, share of a core: our process alone`, unit: '%', ours: spread(sampled.host), beside: { what: 'the same process without them', value: spread(idle) },
        ...count === 10 && { goal: atMost(`under ${MOST_PERCENT} % for 10`, MOST_PERCENT, sampled.host) },
      });
    }
    return figures;
  } finally {
    engines.dispose();
    await lab.close({ remove: true });
    remove();
  }
}

/** Percent of a core that this process, and the engine, take for sessions of live pages. */
async function sampling(ours, engines, ids) {
  const { connection, limits } = engines.used;
  let samples = 0;
  const begun = new Set();
  const sessions = ids.map((containerId) => {
    const session = new ours.LiveSession({ connection, limits, containerId, host: new ours.LocalHost(), clock: ours.systemClock, log: silentLog, l10nBundle: undefined });
    session.onMessage((message) => { if (message.type === 'samples') { samples += 1; begun.add(containerId); } });
    return session;
  });
  // What a session asks once, at its start, is not sampling; a hundred that begin at once ask for seconds.
  if (!await waitUntil(() => begun.size === ids.length, 60_000)) { throw new Error(`only ${begun.size} of ${ids.length} sessions have begun`); }
  await sleep(2_000);
  samples = 0;
  const { seconds, ...used } = await shares();
  for (const session of sessions) { session.dispose(); }
  return { ...used, perSecond: samples / ids.length / seconds };
}

/** Percent of a core that this process, and the engine, take for some seconds. */
async function shares() {
  const [from, before, engineBefore] = [performance.now(), process.cpuUsage(), engineSeconds()];
  await sleep(SECONDS * 1_000);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - from) / 1_000;
  return { seconds, host: (user + system) / 1e4 / seconds, engine: (engineSeconds() - engineBefore) * 100 / seconds };
}

/** The same for the command and all of the engine. */
async function dockerStats(host) {
  const stats = spawn('docker', ['--host', host, 'stats'], { stdio: 'ignore' });
  await sleep(3_000);
  const [from, before] = [performance.now(), engineSeconds() + cpuSeconds(stats.pid)];
  await sleep(SECONDS * 1_000);
  const share = (engineSeconds() + cpuSeconds(stats.pid) - before) * 100 / ((performance.now() - from) / 1_000);
  stats.kill();
  return share;
}

/** CPU seconds of the daemon, its containerd and the shims. */
function engineSeconds() {
  const parts = findProcesses(({ program, args }) => /^(dockerd|containerd)/.test(program) && args.some((arg) => arg.includes(NAME)));
  return parts.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}
