import * as l10n from '@vscode/l10n';
import type uPlot from 'uplot';
import type { Format } from '../format';
import type { Snapshot } from './history';
import { clipText, placeLabels, type LabelPlace } from './labels';
import type { Palette } from './theme';

/** Height of a row of marker labels above the top chart, CSS pixels. */
export const LABEL_ROW = 17;
const FONT_SIZE = 11;
const LABEL_GAP = 10;

/** A marker with the place of its label; all lengths in CSS pixels from the left of the plotting area. */
export interface PlacedMarker { readonly at: number; readonly label: string; readonly place: LabelPlace }

/** Places the markers' labels over a time axis from `from` to `to`. `ctx` only measures. */
export function layOutMarkers(
  { markers, from, to }: Pick<Snapshot, 'markers' | 'from' | 'to'>, width: number, ctx: CanvasRenderingContext2D, palette: Palette,
): PlacedMarker[] {
  ctx.save();
  ctx.font = `${FONT_SIZE}px ${palette.fontFamily}`;
  const wishes = markers.map(({ at, label }) => ({
    left: (at - from) / (to - from) * width,
    width: Math.ceil(ctx.measureText(label).width) + 1,
  }));
  ctx.restore();
  const places = placeLabels(wishes, width, LABEL_GAP);
  return markers.flatMap(({ at, label }, index) => {
    const place = places[index];
    return place ? [{ at, label, place }] : [];
  });
}

/** Draws every marker's line, and in the top chart its label above the plotting area. */
export function drawMarkers(plot: uPlot, markers: readonly PlacedMarker[], palette: Palette, withLabels: boolean): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  // uPlot leaves its own dashes and alignment behind.
  ctx.setLineDash([]);
  ctx.textAlign = 'left';
  ctx.strokeStyle = palette.marker;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.font = font(palette);
  ctx.textBaseline = 'bottom';
  const bottomOf = (place: LabelPlace): number => bbox.top - place.row * LABEL_ROW * ratio;
  for (const { at, place } of markers) {
    // On the middle of a device pixel, so that the line is sharp.
    const x = Math.round(plot.valToPos(at, 'x', true)) + (ctx.lineWidth % 2) / 2;
    ctx.beginPath();
    ctx.moveTo(x, withLabels ? bottomOf(place) : 0);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  for (const { label, place } of withLabels ? markers : []) {
    const text = clipText(label, place.width * ratio, candidate => ctx.measureText(candidate).width);
    const left = bbox.left + place.left * ratio;
    // The line of a label in the upper row goes behind a label in the lower one.
    ctx.fillStyle = palette.background;
    ctx.fillRect(left, bottomOf(place) - (LABEL_ROW - 1) * ratio, ctx.measureText(text).width, (LABEL_ROW - 2) * ratio);
    ctx.fillStyle = palette.foreground;
    ctx.fillText(text, left, bottomOf(place) - 2 * ratio);
  }
  ctx.restore();
}

/** Writes the limit at the right end of its line, or at the top edge where the line is off the scale. */
export function drawCapLabel(plot: uPlot, capCores: number, palette: Palette, format: Format): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const offScale = capCores > (plot.scales.y?.max ?? Infinity);
  const text = offScale ? l10n.t('limit {0} ↑', format.cores(capCores)) : l10n.t('limit {0}', format.cores(capCores));
  const height = (FONT_SIZE + 4) * ratio;
  const line = offScale ? bbox.top - 4 * ratio : plot.valToPos(capCores, 'y', true);
  // Above its line if there is room, else below.
  const top = line - height - 4 * ratio >= bbox.top ? line - height - 4 * ratio : line + 4 * ratio;
  ctx.save();
  ctx.textAlign = 'left';
  ctx.font = font(palette);
  const padding = 4 * ratio;
  const width = ctx.measureText(text).width + 2 * padding;
  const left = bbox.left + bbox.width - width;
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = palette.background;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.cap;
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + padding, top + height / 2);
  ctx.restore();
}

function font(palette: Palette): string {
  return `${FONT_SIZE * devicePixelRatio}px ${palette.fontFamily}`;
}
