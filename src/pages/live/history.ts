import type { LiveMarker, LiveRate, LiveSample } from '../../webviews/protocol';

/** Rows kept at least: ten minutes of five readings a second. */
export const KEPT_ROWS = 3000;
/** Readings further apart than this (milliseconds) are not joined by a line. */
export const SAMPLE_GAP_MILLIS = 5_000;
/** The same for rates: under a tight limit a program may take many seconds for one line. */
export const RATE_GAP_MILLIS = 30_000;
const KEPT_MARKERS = 200;

/** A stretch of a track, copied: later readings do not change it. */
export interface TrackWindow {
  /** Milliseconds since the epoch, ascending. */
  readonly at: number[];
  readonly columns: (number | null)[][];
}

/** Columns of numbers over ascending time. Forgets the oldest rows in one cut every `kept` rows, not at each one. */
export class Track {
  readonly #at: number[] = [];
  readonly #columns: (number | null)[][];

  constructor(columnCount: number, private readonly gapMillis: number, private readonly kept = KEPT_ROWS) {
    this.#columns = Array.from({ length: columnCount }, () => []);
  }

  get length(): number { return this.#at.length; }
  get firstAt(): number | undefined { return this.#at[0]; }
  get lastAt(): number | undefined { return this.#at[this.#at.length - 1]; }

  /**
   * Adds a row. A wall clock may be set back: rows that then lie in the future are dropped, because one axis cannot
   * show a moment twice. A row of the same moment replaces the earlier one.
   */
  append(at: number, values: readonly (number | null)[]): void {
    while (this.lastAt !== undefined && this.lastAt >= at) {
      this.#at.pop();
      for (const column of this.#columns) { column.pop(); }
    }
    const before = this.lastAt;
    if (before !== undefined && at - before > this.gapMillis) { this.#push((before + at) / 2, []); }
    this.#push(at, values);
    if (this.#at.length >= 2 * this.kept) {
      const dropped = this.#at.length - this.kept;
      this.#at.splice(0, dropped);
      for (const column of this.#columns) { column.splice(0, dropped); }
    }
  }

  /** The rows from `from` to `to`, and one before them so that a line enters at the left edge. */
  window(from: number, to: number): TrackWindow {
    const start = Math.max(0, firstAtOrAfter(this.#at, from) - 1);
    const end = firstAtOrAfter(this.#at, to + 1);
    return { at: this.#at.slice(start, end), columns: this.#columns.map(column => column.slice(start, end)) };
  }

  #push(at: number, values: readonly (number | null)[]): void {
    this.#at.push(at);
    this.#columns.forEach((column, index) => column.push(values[index] ?? null));
  }
}

/** What the charts draw: a copy, so that a paused chart stays what it was while the history goes on. */
export interface Snapshot {
  /** The ends of the time axis, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Columns: cores, capCores, throttledShare. */
  readonly samples: TrackWindow;
  /** Column: calculations per second. */
  readonly rates: TrackWindow;
  readonly markers: readonly LiveMarker[];
  /** Whether a rate was ever received, inside the window or not. */
  readonly hasRates: boolean;
}

/** The time axis spans this much at least. */
const SHORTEST_WINDOW_MILLIS = 30_000;

/** Everything the page was told, at least the last ten minutes of it. */
export class History {
  readonly #samples = new Track(3, SAMPLE_GAP_MILLIS);
  readonly #rates = new Track(1, RATE_GAP_MILLIS);
  #markers: LiveMarker[] = [];

  get hasRates(): boolean { return this.#rates.length > 0; }

  /** Milliseconds from the oldest to the newest kept reading of the counters. */
  get spanMillis(): number { return (this.#samples.lastAt ?? 0) - (this.#samples.firstAt ?? 0); }

  addSamples(samples: readonly LiveSample[]): void {
    for (const { at, cores, capCores, throttledShare } of samples) {
      const lastAt = this.#samples.lastAt;
      if (lastAt !== undefined && at < lastAt) { this.#markers = this.#markers.filter(marker => marker.at <= at); }
      this.#samples.append(at, [cores, capCores, throttledShare]);
    }
  }

  addRates(rates: readonly LiveRate[]): void {
    for (const { at, perSecond } of rates) { this.#rates.append(at, [perSecond]); }
  }

  addMarker(marker: LiveMarker): void {
    this.#markers = [...this.#markers, marker].sort((a, b) => a.at - b.at).slice(-KEPT_MARKERS);
  }

  /** The last `windowMillis` (less while the history is younger) up to a moment, or up to the newest reading; undefined before the first. */
  snapshot(windowMillis: number, upTo?: number): Snapshot | undefined {
    const to = upTo ?? this.#samples.lastAt ?? this.#rates.lastAt;
    if (to === undefined) { return undefined; }
    // A young history fills the charts: nobody should look at an empty minute. Half a minute at the least, so that it does not race.
    const begun = Math.min(this.#samples.firstAt ?? to, this.#rates.firstAt ?? to, to - SHORTEST_WINDOW_MILLIS);
    const from = Math.max(to - windowMillis, begun);
    return {
      from, to, hasRates: this.hasRates,
      samples: this.#samples.window(from, to),
      rates: this.#rates.window(from, to),
      markers: this.#markers.filter(({ at }) => at >= from && at <= to),
    };
  }
}

/** Index of the first moment at or after `moment`, or the length if there is none. `at` ascends. */
export function firstAtOrAfter(at: readonly number[], moment: number): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? Infinity) < moment) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

/** Index of the row nearest to a moment, or undefined if none is within `toleranceMillis`. */
export function nearestRow(at: readonly number[], moment: number, toleranceMillis: number): number | undefined {
  const after = firstAtOrAfter(at, moment);
  const distance = (index: number): number => Math.abs((at[index] ?? Infinity) - moment);
  const nearest = distance(after - 1) <= distance(after) ? after - 1 : after;
  return distance(nearest) <= toleranceMillis ? nearest : undefined;
}

/** The newest value and the extremes of a column; undefined if it holds no value. */
export function summarize(values: readonly (number | null)[]): { last: number | null; min: number; max: number } | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value === null) { continue; }
    if (value < min) { min = value; }
    if (value > max) { max = value; }
  }
  return min === Infinity ? undefined : { last: values[values.length - 1] ?? null, min, max };
}
