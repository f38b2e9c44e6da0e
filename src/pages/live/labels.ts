/** A label that wants to start at `left`; all lengths in the same unit. */
export interface LabelWish { left: number; width: number }

/** Where a label goes: its row (0 is nearest to the chart) and how wide it may be. */
export interface LabelPlace { left: number; row: number; width: number }

/**
 * Places labels, given from left to right, in at most two rows without overlap. A label that would leave the band at
 * the right moves left. If both rows are taken, the neighbour before gives way: it is cut where the next one begins.
 */
export function placeLabels(wishes: readonly LabelWish[], bandWidth: number, gap: number): LabelPlace[] {
  const places: LabelPlace[] = [];
  const lastOfRow: (LabelPlace | undefined)[] = [undefined, undefined];
  const freeFrom = (row: number): number => {
    const last = lastOfRow[row];
    return last === undefined ? -Infinity : last.left + last.width + gap;
  };
  for (const wish of wishes) {
    const width = Math.min(wish.width, bandWidth);
    const left = Math.max(0, Math.min(wish.left, bandWidth - width));
    let row = freeFrom(0) <= left ? 0 : 1;
    if (freeFrom(row) > left) {
      // The row whose last label began earlier loses less.
      row = (lastOfRow[0]?.left ?? 0) <= (lastOfRow[1]?.left ?? 0) ? 0 : 1;
      const last = lastOfRow[row];
      if (last) { last.width = Math.max(0, left - gap - last.left); }
    }
    const place = { left, row, width };
    lastOfRow[row] = place;
    places.push(place);
  }
  return places;
}

/** The longest beginning of a text, with an ellipsis, that fits; empty when not even two characters do. */
export function clipText(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) { return text; }
  const characters = [...text];
  for (let kept = characters.length - 1; kept >= 2; kept--) {
    const clipped = characters.slice(0, kept).join('').trimEnd() + '…';
    if (measure(clipped) <= width) { return clipped; }
  }
  return '';
}
