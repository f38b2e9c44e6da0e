/** A share (of one core, of a machine) in percent, with at most one decimal: 0.125 is 12.5. */
export function inPercent(share: number): number {
  return Number((share * 100).toFixed(1));
}
