import { cpus } from 'node:os';

/** What the figures of a bench were taken on. */
export const machine = () => `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}`;

/** Median, least and most of some milliseconds, in words. @param {number[]} values */
export function spread(values) {
  return [quantile(values, 0.5), Math.min(...values), Math.max(...values)].map((value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`);
}

/** @param {number[]} values @param {number} share 0.5 is the median */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
