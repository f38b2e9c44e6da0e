import { expect } from 'vitest';
import { figure, percent } from '../engine/bench';
import { pause } from '../engine/until';
import { account } from './machine';

/** Enforcement periods in one look: more than 50, and so many that the one at each end is of no weight. */
const periods = 100;
/** Looks. An emulated processor that this machine lets wait runs up debts that the kernel collects only in later periods. */
const looks = 3;

interface Look {
  cores: number;
  nrPeriods: number;
  throttled: number;
}

/** CPU seconds per second over so many periods, by the kernel's counters and the machine's clock. */
async function look(dir: string, what: string): Promise<Look> {
  const from = await account(dir);
  for (;;) {
    await pause(1_000);
    const to = await account(dir);
    const nrPeriods = to.nrPeriods - from.nrPeriods;
    if (nrPeriods < periods) { continue; }
    const seconds = to.seconds - from.seconds;
    const cores = (to.usageMicros - from.usageMicros) / 1e6 / seconds;
    const throttled = to.nrThrottled - from.nrThrottled;
    figure(`cgroup v2, ${what}: ${percent(cores)} of a core over ${seconds.toFixed(1)} s, throttled in ${throttled} of ${nrPeriods} periods`);
    return { cores, nrPeriods, throttled };
  }
}

/** The kernel's own account of a group that may use a tenth of a core is within half a point of it. */
export async function expectTenth(dir: string, what: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const { cores, nrPeriods, throttled } = await look(dir, what);
    if (Math.abs(cores - 0.1) > 0.005 && tried < looks) { continue; }
    expect(cores).toBeGreaterThanOrEqual(0.095);
    expect(cores).toBeLessThanOrEqual(0.105);
    expect(nrPeriods).toBeGreaterThanOrEqual(50);
    expect(throttled).toBeGreaterThan(nrPeriods / 2);
    return;
  }
}
