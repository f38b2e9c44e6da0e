import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import { element } from '../dom';
import type { Format } from '../format';
import { nearestRow, summarize, SAMPLE_GAP_MILLIS, RATE_GAP_MILLIS, type Snapshot } from './history';
import { drawCapLabel, drawMarkers, LABEL_ROW, layOutMarkers, type PlacedMarker } from './marks';
import { Panel, plotWidth, type PanelSpec } from './panel';
import type { Palette } from './theme';

/** Least time between two changes of what a screen reader is told about the charts. */
const SUMMARY_MILLIS = 5_000;
/** A limit up to this many times the top of the data is kept in view; a higher one would flatten the data. */
const CAP_IN_VIEW = 2;
const CAP_SERIES = 2;
/** Room above a chart that has no labels, CSS pixels. */
const PLAIN_BAND = 8;

const stepped = uPlot.paths.stepped?.({ align: 1 });

/** The stacked charts on one time axis. Draws only what it is handed, when it is told. */
export class Charts {
  /** Takes the keyboard: arrow keys move the cursor. */
  readonly element = element('div', 'charts');
  readonly #rate: Panel;
  readonly #cpu: Panel;
  readonly #throttled: Panel;
  #snapshot: Snapshot | undefined;
  #markers: PlacedMarker[] = [];
  #labelRows = 1;
  #summarizedAt = -Infinity;

  /**
   * @param width CSS pixels
   * @param pointed told the moment under the cursor (milliseconds since the epoch), or undefined when it leaves
   * @param announced told what to read out after the keyboard has moved the cursor
   */
  constructor(
    private width: number, private readonly format: Format, private palette: Palette,
    pointed: (at: number | undefined) => void, private readonly announced: (text: string) => void,
  ) {
    const moved = (plot: uPlot): void => {
      const left = plot.cursor.left ?? -1;
      pointed(left < 0 ? undefined : plot.posToVal(left, 'x'));
    };
    const current = (): Palette => this.palette;
    this.#rate = new Panel(this.#rateSpec(), width, current, format);
    this.#cpu = new Panel(this.#cpuSpec(), width, current, format, moved);
    this.#throttled = new Panel(this.#throttledSpec(), width, current, format);
    this.#rate.element.hidden = true;
    this.element.append(...this.#panels.map(panel => panel.element));
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', l10n.t('Charts. The left and right arrow keys move the cursor, Escape removes it.'));
    this.element.addEventListener('keydown', event => this.#key(event));
    this.element.addEventListener('blur', () => this.#pointTo(undefined));
  }

  /**
   * @param minutes length of the time axis
   * @param live whether the newest reading still tells what is the case now
   */
  draw(snapshot: Snapshot, minutes: number, live: boolean): void {
    this.#snapshot = snapshot;
    this.#rate.element.hidden = !snapshot.hasRates;
    this.#layOutLabels();
    const { from, to, samples, rates } = snapshot;
    const [cores = [], capCores = [], throttledShare = []] = samples.columns;
    const [perSecond = []] = rates.columns;
    if (snapshot.hasRates) { this.#rate.draw([rates.at, perSecond], from, to); }
    const cap = this.#cpu.plot.series[CAP_SERIES];
    // uPlot scales widths to the screen's density, but not dashes.
    if (cap) { cap.dash = [6 * devicePixelRatio, 5 * devicePixelRatio]; }
    this.#cpu.draw([samples.at, cores, capCores], from, to);
    this.#throttled.draw([samples.at, throttledShare], from, to);

    const value = (values: readonly (number | null)[], text: (value: number) => string): string => {
      const last = live ? values[values.length - 1] ?? null : null;
      return last === null ? '–' : text(last);
    };
    this.#rate.setValue(value(perSecond, this.format.rate));
    this.#cpu.setValue(value(cores, this.format.cores));
    this.#throttled.setValue(value(throttledShare, this.format.percent));
    this.#summarize(snapshot, minutes);
  }

  resize(width: number): void {
    if (width === this.width) { return; }
    this.width = width;
    this.#layOutLabels();
    for (const panel of this.#panels) { panel.resize(width); }
  }

  /** uPlot listens to the window until it is told to stop. */
  dispose(): void {
    for (const { plot } of this.#panels) { plot.destroy(); }
  }

  /** Draws what is there again, in new colours. */
  recolor(palette: Palette): void {
    this.palette = palette;
    for (const { plot } of this.#panels) { plot.redraw(); }
  }

  /** What the charts show at a moment, in words, or undefined if they show nothing there. */
  describe(at: number): string[] | undefined {
    if (!this.#snapshot) { return undefined; }
    const { samples, rates } = this.#snapshot;
    const words: string[] = [];
    const rateRow = nearestRow(rates.at, at, RATE_GAP_MILLIS / 2);
    const rate = rateRow === undefined ? null : rates.columns[0]?.[rateRow] ?? null;
    if (rate !== null) { words.push(l10n.t('{0} calculations/s', this.format.rate(rate))); }
    const row = nearestRow(samples.at, at, SAMPLE_GAP_MILLIS / 2);
    const [cores, capCores, throttledShare] = samples.columns.map(column => row === undefined ? null : column[row] ?? null);
    if (cores != null) { words.push(l10n.t('{0} CPU s/s', this.format.cores(cores))); }
    if (capCores != null) { words.push(l10n.t('limit {0}', this.format.cores(capCores))); }
    if (throttledShare != null) { words.push(l10n.t('{0} throttled', this.format.percent(throttledShare))); }
    return words.length === 0 ? undefined : [this.format.clock(row === undefined ? at : samples.at[row] ?? at), ...words];
  }

  get #panels(): Panel[] { return [this.#rate, this.#cpu, this.#throttled]; }

  #rateSpec(): PanelSpec {
    return {
      id: 'rate', title: l10n.t('Calculations per second'), hint: l10n.t('as printed'), height: 150, timeAxis: false,
      series: [this.#line('rate', { points: { size: 4, space: 5, fill: () => this.palette.rate, width: 0 } })],
      top: max => max === null || max === 0 ? 1 : max * 1.1,
      yAxis: { values: (_plot, splits) => splits.map(this.format.tick) },
      band: () => this.#band('rate'),
      draw: plot => this.#drawMarkers('rate', plot),
    };
  }

  #cpuSpec(): PanelSpec {
    return {
      id: 'cpu', title: l10n.t('CPU seconds per second'), hint: l10n.t('1 = one core'), height: 150, timeAxis: false,
      series: [
        this.#line('cpu', { fill: () => this.palette.cpuFill, points: { show: false } }),
        this.#line('cap', { ...(stepped && { paths: stepped }), points: { show: false }, auto: false }),
      ],
      top: max => this.#coresTop(max),
      yAxis: { values: (_plot, splits) => splits.map(this.format.tick) },
      band: () => this.#band('cpu'),
      draw: plot => {
        this.#drawMarkers('cpu', plot);
        const capCores = this.#snapshot?.samples.columns[1]?.at(-1) ?? null;
        if (capCores !== null) { drawCapLabel(plot, capCores, this.palette, this.format); }
      },
    };
  }

  #throttledSpec(): PanelSpec {
    return {
      id: 'throttled', title: l10n.t('Throttled periods'), hint: l10n.t('in percent'), height: 112, timeAxis: true,
      series: [this.#line('throttled', { fill: () => this.palette.throttledFill, points: { show: false } })],
      top: () => 1,
      yAxis: { splits: () => [0, 0.5, 1], values: (_plot, splits) => splits.map(split => this.format.percent(split)) },
      band: () => this.#band('throttled'),
      draw: plot => this.#drawMarkers('throttled', plot),
    };
  }

  #line(color: 'rate' | 'cpu' | 'cap' | 'throttled', more: uPlot.Series): uPlot.Series {
    return { stroke: () => this.palette[color], width: this.palette.lineWidth, spanGaps: false, ...more };
  }

  #coresTop(max: number | null): number {
    const top = Math.max(1, max ?? 0);
    const cap = Math.max(0, ...(this.#snapshot?.samples.columns[1] ?? []).map(value => value !== null && value <= top * CAP_IN_VIEW ? value : 0));
    return Math.max(top, cap) * 1.1;
  }

  #band(id: PanelSpec['id']): number {
    return this.#isTop(id) ? this.#labelRows * LABEL_ROW + 2 : PLAIN_BAND;
  }

  #isTop(id: PanelSpec['id']): boolean {
    return id === (this.#snapshot?.hasRates ? 'rate' : 'cpu');
  }

  /** One row of room always, a second only while labels would collide: the charts should not jump at a first marker. */
  #layOutLabels(): void {
    if (!this.#snapshot) { return; }
    this.#markers = layOutMarkers(this.#snapshot, plotWidth(this.width), this.#cpu.plot.ctx, this.palette);
    this.#labelRows = this.#markers.some(({ place }) => place.row === 1) ? 2 : 1;
  }

  #drawMarkers(id: PanelSpec['id'], plot: uPlot): void {
    drawMarkers(plot, this.#markers, this.palette, this.#isTop(id));
  }

  #key(event: KeyboardEvent): void {
    const { plot } = this.#cpu;
    const snapshot = this.#snapshot;
    if (!snapshot || event.target !== this.element) { return; }
    const shown = plot.cursor.left ?? -1;
    const at = shown < 0 ? snapshot.to : plot.posToVal(shown, 'x');
    const step = (event.shiftKey ? 0.1 : 0.01) * (snapshot.to - snapshot.from);
    let target: number | undefined;
    switch (event.key) {
      case 'ArrowLeft': target = shown < 0 ? at : at - step; break;
      case 'ArrowRight': target = at + step; break;
      case 'Home': target = snapshot.from; break;
      case 'End': target = snapshot.to; break;
      case 'Escape': target = undefined; break;
      default: return;
    }
    event.preventDefault();
    if (target !== undefined) { target = Math.min(snapshot.to, Math.max(snapshot.from, target)); }
    this.#pointTo(target);
    if (target !== undefined) { this.announced(this.describe(target)?.join(', ') ?? this.format.clock(target)); }
  }

  #pointTo(at: number | undefined): void {
    for (const { plot } of this.#panels) {
      plot.setCursor(at === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 10 });
    }
  }

  #summarize({ samples, rates }: Snapshot, minutes: number): void {
    const now = performance.now();
    if (now - this.#summarizedAt < SUMMARY_MILLIS) { return; }
    this.#summarizedAt = now;
    const say = (title: string, values: readonly (number | null)[] | undefined, text: (value: number) => string): string => {
      const summary = values && summarize(values);
      return summary === undefined
        ? l10n.t('{0}, last {1} minutes: no values', title, minutes)
        : l10n.t('{0}, last {1} minutes: now {2}, lowest {3}, highest {4}', title, minutes,
          summary.last === null ? '–' : text(summary.last), text(summary.min), text(summary.max));
    };
    this.#rate.setSummary(say(l10n.t('Calculations per second'), rates.columns[0], this.format.rate));
    this.#cpu.setSummary(say(l10n.t('CPU seconds per second'), samples.columns[0], this.format.cores));
    this.#throttled.setSummary(say(l10n.t('Throttled periods'), samples.columns[2], this.format.percent));
  }
}
