import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, spread } from './figures.mjs';
import { silentLog } from './source.mjs';

const LIMITS = [5, 10, 25, 50];
const SECONDS = 10;
const MOST_POINTS = 0.5;

/** CPU time in a cpu.stat of cgroup v2, in microseconds. Not by our own parser: it is what is measured. */
export function usageMicrosV2(text) {
  return Number(/^usage_usec (\d+)/m.exec(text)[1]);
}

/**
 * What the live page says that a container uses under each limit, beside what the kernel accounts for it in the same time.
 * @param {object} input
 * @param {Record<string, any>} input.ours
 * @param {any} input.engines that have the container's engine in use
 * @param {string} input.id of a container that uses all the CPU time it gets
 * @param {any} input.host where the live page reads files
 * @param {() => { micros: number, seconds: number } | Promise<{ micros: number, seconds: number }>} input.account the kernel's count of CPU time, and its machine's clock
 * @param {string} input.where
 */
export async function accuracy({ ours, engines, id, host, account, where }) {
  const { connection, limits } = engines.used;
  const figures = [];
  for (const percent of LIMITS) {
    await engines.setCpuLimit(engines.state.engine, id, percent / 100);
    // A new session, so that its account begins after the change.
    const session = new ours.LiveSession({ connection, limits, containerId: id, host, clock: ours.systemClock, log: silentLog, l10nBundle: undefined });
    const counted = (seconds) => new Promise((resolve) => { session.onMessage(() => { if ((session.figures().account?.seconds ?? -1) >= seconds) { resolve(); } }); });
    await counted(0);
    const before = await account();
    await sleep(SECONDS * 1_000);
    await counted(SECONDS);
    const { cores } = session.figures().account;
    const after = await account();
    session.dispose();
    const kernel = (after.micros - before.micros) / 1e4 / (after.seconds - before.seconds);
    figures.push({
      what: `limit of ${percent} %, ${where}: what we say is used over ${SECONDS} s`, unit: '%', ours: spread(cores * 100), beside: { what: 'the kernel\'s account', value: spread(kernel) },
      goal: atMost(`within ${MOST_POINTS} points`, MOST_POINTS, Math.abs(cores * 100 - kernel)),
    });
  }
  return figures;
}
