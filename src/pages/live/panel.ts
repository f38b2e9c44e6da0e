import uPlot from 'uplot';
import { element, setText } from '../dom';
import type { Format } from '../format';
import type { Palette } from './theme';

/** Width of the column of y values, the same in all charts so that their plotting areas line up. CSS pixels. */
const Y_AXIS_WIDTH = 46;
const X_AXIS_HEIGHT = 24;
const RIGHT_PADDING = 12;
const SECOND = 1000;
/** Distances of ticks on the time axis, milliseconds. */
const X_INCREMENTS = [5, 10, 15, 30, 60, 120, 300].map(seconds => seconds * SECOND);

/** Width of the plotting area of a chart of a width, both CSS pixels. */
export function plotWidth(width: number): number {
  return Math.max(1, width - Y_AXIS_WIDTH - RIGHT_PADDING);
}

/** What distinguishes one chart from the others. */
export interface PanelSpec {
  readonly id: 'rate' | 'cpu' | 'throttled';
  /** Quantity and unit. */
  readonly title: string;
  /** How to read the unit. */
  readonly hint: string;
  /** Height of the canvas, CSS pixels. */
  readonly height: number;
  /** Whether this chart, the bottom one, carries the time axis. */
  readonly timeAxis: boolean;
  readonly series: uPlot.Series[];
  /** Top of the y scale for the largest value in view. */
  readonly top: (max: number | null) => number;
  readonly yAxis: Pick<uPlot.Axis, 'splits' | 'values' | 'incrs'>;
  /** Room above the plotting area, CSS pixels. */
  readonly band: () => number;
  /** Draws on top of the series. */
  readonly draw: (plot: uPlot) => void;
}

/** One chart with its heading and its current value. */
export class Panel {
  readonly element: HTMLElement;
  readonly plot: uPlot;
  readonly #value = element('span', 'chart-value');

  constructor(private readonly spec: PanelSpec, width: number, palette: () => Palette, format: Format, cursorMoved?: (plot: uPlot) => void) {
    const key = element('span', `key key-${spec.id}`);
    key.setAttribute('aria-hidden', 'true');
    const host = element('div', 'canvas');
    this.element = element('section', 'chart', element('div', 'chart-heading', key, element('h3', '', spec.title), element('span', 'chart-hint', spec.hint), this.#value), host);
    this.plot = new uPlot(options(spec, width, palette, format, cursorMoved), [[], ...spec.series.map(() => [])], host);
    this.plot.ctx.canvas.setAttribute('role', 'img');
    this.plot.ctx.canvas.setAttribute('aria-label', spec.title);
  }

  /** Draws the data over the time axis from `from` to `to` (milliseconds since the epoch), at once. */
  draw(data: uPlot.AlignedData, from: number, to: number): void {
    this.plot.batch(() => {
      this.plot.setData(data, false);
      this.plot.setScale('x', { min: from, max: to });
    });
  }

  resize(width: number): void {
    if (this.plot.width !== width) { this.plot.setSize({ width, height: this.spec.height }); }
  }

  setValue(text: string): void { setText(this.#value, text); }

  setSummary(text: string): void { this.plot.ctx.canvas.setAttribute('aria-label', text); }
}

function options(spec: PanelSpec, width: number, palette: () => Palette, format: Format, cursorMoved?: (plot: uPlot) => void): uPlot.Options {
  // Colours are functions, so that a redraw after a change of theme takes the new ones; the font cannot be one.
  const axis: uPlot.Axis = { stroke: () => palette().muted, font: `11px ${palette().fontFamily}`, ticks: { show: false } };
  const never = (): null => null;
  return {
    width,
    height: spec.height,
    ms: 1,
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    padding: [spec.band, RIGHT_PADDING, spec.timeAxis ? 0 : 8, 0],
    scales: {
      x: { time: false, auto: false },
      y: { range: (_plot, _min, max) => [0, spec.top(max)] },
    },
    series: [{}, ...spec.series],
    axes: [
      spec.timeAxis
        ? { ...axis, size: X_AXIS_HEIGHT, gap: 6, space: 76, incrs: X_INCREMENTS, grid: { show: false }, values: (plot, splits, _axis, _space, increment) => clockLabels(plot, splits, increment, format) }
        : { show: false },
      { ...axis, ...spec.yAxis, size: Y_AXIS_WIDTH, gap: 8, space: 26, grid: { stroke: () => palette().grid, width: 1 } },
    ],
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      // The window always shows the newest readings: no zoom, so none of uPlot's ways into one.
      bind: { mousedown: never, mouseup: never, click: never, dblclick: never },
      sync: { key: 'live', scales: ['x', null] },
      // On the first series only: the second is the limit, and its point would cover the one that counts.
      points: { size: (_plot, index) => index === 1 ? 7 : 0, width: 0 },
    },
    hooks: {
      draw: [spec.draw],
      ...(cursorMoved && { setCursor: [cursorMoved] }),
    },
  };
}

/** Leaves out a label that the right edge would cut; as the window slides, it comes in whole. */
function clockLabels(plot: uPlot, splits: number[], increment: number, format: Format): string[] {
  const label = increment < 60 * SECOND ? format.clock : format.minute;
  const halfWidth = increment < 60 * SECOND ? 26 : 17;
  const edge = plot.bbox.width / devicePixelRatio + RIGHT_PADDING;
  return splits.map(at => plot.valToPos(at, 'x') + halfWidth > edge ? '' : label(at));
}
