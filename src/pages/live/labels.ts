/** A label that wants to start at `left`; all lengths in the same unit. */
export interface LabelWish { left: number; width: number }

/** Where a label goes: its row (0 is nearest to the chart) and how wide it may be. */
export interface LabelPlace { left: number; row: number; width: number }

/**
 * Places labels, given from left to right, in at most two rows without overlap. A label that would leave the band at
 * the right moves left. If both rows are taken, the labels before give way: they are cut where the next one begins.
 */
export function placeLabels(wishes: readonly LabelWish[], bandWidth: number, gap: number): LabelPlace[] {
  const places: LabelPlace[] = [];
  const rows: [LabelPlace[], LabelPlace[]] = [[], []];
  const isFree = (row: readonly LabelPlace[], left: number): boolean => {
    const last = row.at(-1);
    return last === undefined || last.left + last.width + gap <= left;
  };
  for (const wish of wishes) {
    const width = Math.min(wish.width, bandWidth);
    const left = Math.max(0, Math.min(wish.left, bandWidth - width));
    let row = rows.findIndex(labels => isFree(labels, left));
    if (row < 0) {
      // The row whose last label began earlier loses less.
      row = (rows[0].at(-1)?.left ?? 0) <= (rows[1].at(-1)?.left ?? 0) ? 0 : 1;
      // A label that was moved left from the edge may have passed more than one neighbour.
      for (const label of rows[row] ?? []) { label.width = Math.min(label.width, Math.max(0, left - gap - label.left)); }
    }
    const place = { left, row, width };
    rows[row]?.push(place);
    places.push(place);
  }
  return places;
}

/** The longest beginning of a text, with an ellipsis, that fits; empty when not even two characters do. */
export function clipText(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) { return text; }
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  for (let kept = characters.length - 1; kept >= 2; kept--) {
    const clipped = characters.slice(0, kept).join('').trimEnd() + '…';
    if (measure(clipped) <= width) { return clipped; }
  }
  return '';
}
