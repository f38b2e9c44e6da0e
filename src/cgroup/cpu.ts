/*
 * The kernel's CPU files of a control group, parsed and written. Pure. What is malformed reads as undefined or 0, never throws:
 * a counter that cannot be read is a gap in a chart, not an error.
 */

/** Counters of one control group. All only ever grow. */
export interface CpuCounters {
  /** CPU time used, in microseconds, of all processes and cores together. */
  usageMicros: number;
  /** Enforcement periods that have passed with something to run. 0 while there never was a limit. */
  nrPeriods: number;
  /** Periods in which the group was stopped because its quota was used up. */
  nrThrottled: number;
  throttledMicros: number;
}

/** A limit: so much CPU time in each period. */
export interface CpuMax {
  quotaMicros: number;
  periodMicros: number;
}

/**
 * Reads cpu.max of cgroup v2: "10000 100000", or "max 100000" for none.
 * @returns null when there is no limit, undefined when the text is something else
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
 */
export function parseCpuMax(text: string): CpuMax | null | undefined {
  const match = /^(max|\d+)(?: (\d+))?\s*$/.exec(text);
  if (match === null) { return undefined; }
  if (match[1] === 'max') { return null; }
  return cpuMax(Number(match[1]), Number(match[2] ?? 100_000));
}

/** The text for cpu.max of cgroup v2; null lifts the limit. */
export function formatCpuMax(max: CpuMax | null): string {
  return max === null ? 'max' : `${max.quotaMicros} ${max.periodMicros}`;
}

/**
 * Reads cpu.cfs_quota_us and cpu.cfs_period_us of cgroup v1; a quota of -1 is none.
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function parseCfs(quota: string, period: string): CpuMax | null | undefined {
  if (!/^-?\d+\s*$/.test(quota) || !/^\d+\s*$/.test(period)) { return undefined; }
  return Number(quota) < 0 ? null : cpuMax(Number(quota), Number(period));
}

/** The texts for cpu.cfs_quota_us and cpu.cfs_period_us of cgroup v1; null lifts the limit and leaves the kernel's own period. */
export function formatCfs(max: CpuMax | null): { quota: string; period: string } {
  return max === null ? { quota: '-1', period: '100000' } : { quota: String(max.quotaMicros), period: String(max.periodMicros) };
}

function cpuMax(quotaMicros: number, periodMicros: number): CpuMax | undefined {
  return Number.isSafeInteger(quotaMicros) && Number.isSafeInteger(periodMicros) && periodMicros > 0 ? { quotaMicros, periodMicros } : undefined;
}

/** The limit in cores: 0.1 is 10 % of one core. */
export function coresOf({ quotaMicros, periodMicros }: CpuMax): number {
  return quotaMicros / periodMicros;
}

/** Reads cpu.stat of cgroup v2. */
export function parseCpuStatV2(text: string): CpuCounters {
  const field = fieldsOf(text);
  return { usageMicros: field('usage_usec'), nrPeriods: field('nr_periods'), nrThrottled: field('nr_throttled'), throttledMicros: field('throttled_usec') };
}

/** Reads cpu.stat (throttled_time in nanoseconds) and cpuacct.usage (nanoseconds) of cgroup v1. */
export function parseCpuStatV1(cpuStat: string, cpuacctUsage: string): CpuCounters {
  const field = fieldsOf(cpuStat);
  return { usageMicros: wholeNumber(cpuacctUsage.trim()) / 1000, nrPeriods: field('nr_periods'), nrThrottled: field('nr_throttled'), throttledMicros: field('throttled_time') / 1000 };
}

function fieldsOf(text: string): (name: string) => number {
  const fields = new Map(text.split('\n').map((line) => {
    const [name = '', value = ''] = line.split(' ');
    return [name, wholeNumber(value)];
  }));
  return (name) => fields.get(name) ?? 0;
}

/** The kernel counts in 64 bits: 20 digits. */
function wholeNumber(text: string): number {
  return /^\d{1,20}$/.test(text) ? Number(text) : 0;
}
