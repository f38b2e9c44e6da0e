import * as l10n from '@vscode/l10n';
import type { FromLivePage, LiveContainerState, LiveFigures, LiveMarker, LiveRate, LiveSample, ToLivePage } from '../../webviews/protocol';
import { createButton, createChoice } from '../controls';
import { element, pageLanguage, setText } from '../dom';
import { createFormat, type Format } from '../format';
import { Charts } from './charts';
import { FiguresView } from './figures';
import { HeaderView } from './header';
import { History, type Snapshot } from './history';
import { RANGES, type RangeMinutes } from './range';
import { onThemeChange, readPalette } from './theme';
import { isUp, stateWord } from './tiles';

type Init = Extract<ToLivePage, { type: 'init' }>;

/** Readings are taken for this long before the page says that there are no rates: a first line takes a while. */
const RATE_PATIENCE_MILLIS = 3_000;

/** What the view asks of its surroundings. */
export interface LiveViewHost {
  send(message: FromLivePage): void;
  readonly rangeMinutes: RangeMinutes;
  rangeChosen(minutes: RangeMinutes): void;
}

/** The whole page after its first message. Texts follow each message at once, the charts the next animation frame. */
export class LiveView {
  readonly element = element('main', 'live');
  readonly #history = new History();
  readonly #format: Format;
  readonly #header: HeaderView;
  readonly #figuresView: FiguresView;
  readonly #charts: Charts;
  readonly #readout = element('p', 'readout');
  readonly #announcement = element('div', 'visually-hidden');
  readonly #pause;
  readonly #machineCpus: number;
  readonly #ends: (() => void)[] = [];
  #state: LiveContainerState;
  #figures: LiveFigures;
  #rangeMinutes: RangeMinutes;
  #snapshot: Snapshot | undefined;
  #paused = false;
  #pointedAt: number | undefined;
  /** Whether the charts have to be given a new snapshot. */
  #outdated = true;
  #frame: number | undefined;

  constructor(init: Init, private readonly host: LiveViewHost) {
    this.#format = createFormat(pageLanguage());
    this.#machineCpus = init.machineCpus;
    this.#state = init.state;
    this.#figures = init.figures;
    this.#rangeMinutes = host.rangeMinutes;
    this.#history.addSamples(init.samples);
    this.#history.addRates(init.rates);
    for (const marker of init.markers) { this.#history.addMarker(marker); }

    this.#header = new HeaderView(init, message => host.send(message));
    this.#figuresView = new FiguresView(this.#format);
    this.#charts = new Charts(600, this.#format, readPalette(), at => this.#point(at), text => this.#announce(text));
    this.#pause = createButton('secondary', '', () => this.#setPaused(!this.#paused));
    this.#announcement.setAttribute('aria-live', 'polite');
    this.element.append(this.#header.element, this.#figuresView.element, this.#chartSection(), this.#announcement);
    this.#setPaused(false);
    this.#updateTexts();
    this.#observe();
  }

  addSamples(samples: readonly LiveSample[], figures: LiveFigures): void {
    this.#history.addSamples(samples);
    this.#update(figures);
  }

  addRates(rates: readonly LiveRate[], figures: LiveFigures): void {
    this.#history.addRates(rates);
    this.#update(figures);
  }

  addMarker(marker: LiveMarker, figures: LiveFigures): void {
    this.#history.addMarker(marker);
    this.#announce(l10n.t('CPU limit: {0}', marker.label));
    this.#update(figures);
  }

  setState(state: LiveContainerState): void {
    this.#state = state;
    this.#announce(l10n.t('Container: {0}', stateWord(state)));
    this.#update(this.#figures);
  }

  /** Ends what would outlive the element. */
  dispose(): void {
    if (this.#frame !== undefined) { cancelAnimationFrame(this.#frame); }
    for (const end of this.#ends) { end(); }
    this.#charts.dispose();
  }

  #chartSection(): HTMLElement {
    const caption = element('span', 'range-caption', l10n.t('Last'));
    // The radio group says it better to a screen reader.
    caption.setAttribute('aria-hidden', 'true');
    const range = createChoice(
      l10n.t('Time shown'),
      RANGES.map(minutes => ({ value: String(minutes), label: l10n.t('{0} min', minutes) })),
      String(this.#rangeMinutes),
      value => this.#chooseRange(value));
    const controls = element('div', 'chart-controls', element('div', 'range', caption, range), this.#pause.element);
    return element('section', 'history',
      element('h2', 'visually-hidden', l10n.t('Charts')),
      element('div', 'toolbar', this.#readout, controls),
      this.#charts.element);
  }

  #observe(): void {
    const resized = new ResizeObserver(() => this.#requestFrame());
    resized.observe(this.#charts.element);
    const shown = (): void => this.#requestFrame();
    document.addEventListener('visibilitychange', shown);
    this.#ends.push(
      () => resized.disconnect(),
      () => document.removeEventListener('visibilitychange', shown),
      onThemeChange(() => this.#charts.recolor(readPalette())));
  }

  #update(figures: LiveFigures): void {
    this.#figures = figures;
    this.#updateTexts();
    this.#outdated = true;
    this.#requestFrame();
  }

  #updateTexts(): void {
    this.#header.update(this.#state, this.#figures);
    const { hasRates, spanMillis } = this.#history;
    this.#figuresView.update(this.#figures, { state: this.#state, machineCpus: this.#machineCpus, hasRates });
    this.#figuresView.explainMissingRates(!hasRates && spanMillis >= RATE_PATIENCE_MILLIS);
  }

  #requestFrame(): void {
    if (this.#frame !== undefined || document.hidden) { return; }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const width = this.#charts.element.clientWidth;
    if (width === 0) { return; }
    this.#charts.resize(width);
    if (!this.#outdated) { return; }
    this.#outdated = false;
    // A paused chart keeps its right end; only its length may change.
    const upTo = this.#paused ? this.#snapshot?.to : undefined;
    const windowMillis = this.#rangeMinutes * 60_000;
    // Before the first reading: empty charts that end now.
    this.#snapshot = this.#history.snapshot(windowMillis, upTo) ?? this.#history.snapshot(windowMillis, Date.now());
    if (!this.#snapshot) { return; }
    this.#charts.draw(this.#snapshot, this.#rangeMinutes, isUp(this.#state));
    this.#showReadout();
  }

  #chooseRange(value: string): void {
    const minutes = RANGES.find(range => String(range) === value);
    if (minutes === undefined) { return; }
    this.#rangeMinutes = minutes;
    this.host.rangeChosen(minutes);
    this.#outdated = true;
    this.#requestFrame();
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#pause.setLabel(paused ? l10n.t('Resume chart') : l10n.t('Pause chart'));
    this.#outdated = true;
    this.#showReadout();
    this.#requestFrame();
  }

  #point(at: number | undefined): void {
    this.#pointedAt = at;
    this.#showReadout();
  }

  #showReadout(): void {
    const words = this.#pointedAt === undefined ? undefined : this.#charts.describe(this.#pointedAt);
    this.#readout.classList.toggle('pointed', words !== undefined);
    if (words) {
      setText(this.#readout, words.join('  ·  '));
    } else if (this.#paused && this.#snapshot) {
      setText(this.#readout, l10n.t('Chart paused at {0}; recording goes on', this.#format.clock(this.#snapshot.to)));
    } else {
      setText(this.#readout, l10n.t('Point at the charts to read off values'));
    }
  }

  #announce(text: string): void { setText(this.#announcement, text); }
}
