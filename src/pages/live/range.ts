/** Lengths of the time axis that can be chosen, minutes. */
export const RANGES = [2, 5, 10] as const;

export type RangeMinutes = typeof RANGES[number];

/** The length that the page has kept as its state, or the default. The state is whatever an older version left. */
export function parseRange(state: unknown): RangeMinutes {
  const minutes = typeof state === 'object' && state !== null ? (state as { rangeMinutes?: unknown }).rangeMinutes : undefined;
  return RANGES.find(range => range === minutes) ?? RANGES[0];
}
