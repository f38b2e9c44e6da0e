// The view is open on an engine with a few containers, and nothing happens: CPU and wake-ups of the extension host beside the same before
// we were active, and timers of ours that were set or fired meanwhile.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { showContainersView } from '../../../lab/drive.mjs';
import { openEngine } from '../../../lab/engine.mjs';
import { findProcesses, run } from '../../../lab/processes.mjs';
import { atMost, spread } from '../figures.mjs';
import { cpuSeconds, voluntarySwitches } from '../processes.mjs';
import { rowsOf } from '../thousand.mjs';
import { inVscode } from '../window.mjs';

const SECONDS = 60;
/** The last that we do by ourselves after a start, a look for the walkthrough, comes 40 seconds after it. */
const SETTLE_SECONDS = 45;

export async function measure({ log }) {
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
  const probe = join(folder, 'probe');
  const engine = await openEngine({ name: 'bench-idle', fresh: true, keepImages: true, log });
  const before = extensionHosts();
  try {
    for (const name of ['one', 'two', 'three']) { await run('docker', ['--host', engine.host, 'run', '--detach', '--name', `idle-${name}`, 'busybox', 'sleep', '100000']); }
    const env = { DOCKER_HOST: engine.host, NODE_OPTIONS: `--require ${join(import.meta.dirname, '../hostProbe.cjs')}`, HELLO_CONTAINERS_PROBE: probe, HELLO_CONTAINERS_PROBE_TIMERS: '1' };
    return await inVscode({ env, log }, async (page) => {
      await sleep(SETTLE_SECONDS * 1_000);
      const host = extensionHosts().find((pid) => !before.includes(pid));
      const floor = await atRest(host);
      await showContainersView(page);
      await rowsOf(page).filter({ hasText: 'idle-three' }).waitFor();
      await sleep(SETTLE_SECONDS * 1_000);
      const from = Date.now();
      const ours = await atRest(host);
      const timers = (existsSync(probe) ? readFileSync(probe, 'utf8') : '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)).filter(({ kind, at }) => (kind === 'set' || kind === 'fired') && at >= from && at < from + SECONDS * 1_000);
      for (const frame of new Set(timers.map((line) => `${line.millis} ms ${line.frame.trim()}`))) { log(frame); }
      return [
        { what: `idle ${SECONDS} s, view open: timers of ours set or fired`, unit: '', ours: spread(timers.length), goal: atMost('none', 0, timers.length) },
        { what: `idle ${SECONDS} s, view open: extension host, share of a core`, unit: '%', ours: spread(ours.percent), beside: { what: 'before we are active', value: spread(floor.percent) } },
        { what: `idle ${SECONDS} s, view open: wake-ups a second of its main thread`, unit: '', ours: spread(ours.wakeups), beside: { what: 'before we are active', value: spread(floor.wakeups) } },
      ];
    });
  } finally {
    await engine.close({ remove: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of other VS Codes on this machine are among them. */
function extensionHosts() {
  return findProcesses(({ args }) => args.includes('--type=extensionHost')).map(({ pid }) => pid);
}

async function atRest(pid) {
  const [cpu, switches] = [cpuSeconds(pid), voluntarySwitches(pid)];
  await sleep(SECONDS * 1_000);
  return { percent: (cpuSeconds(pid) - cpu) * 100 / SECONDS, wakeups: (voluntarySwitches(pid) - switches) / SECONDS };
}
