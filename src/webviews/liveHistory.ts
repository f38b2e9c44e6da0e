import { rateBetween, type Reading } from '../cgroup/meter';
import type { LiveAccount, LiveFigures, LiveMarker, LiveRate, LiveSample } from './protocol';

/** What is kept: a little more than ten minutes at five readings a second. */
const keptMillis = 11 * 60_000;
const keptSamples = 5 * 60 * 11;

/** Lines of output that a mean is made of, at the most: about a minute. */
const meanLines = 60;

/** Readings without a limit that the CPU use is a mean of: about twenty seconds. */
const meanSamples = 100;

/** A stretch of time under one limit. */
interface Stretch {
  from: number;
  capCores: number | null;
}

/** Ten minutes of one container, and the figures beside the chart. Pure: time comes with the data. */
export class LiveHistory {
  samples: LiveSample[] = [];
  rates: LiveRate[] = [];
  markers: LiveMarker[] = [];
  /** What the learner expects of the rate at 10 %, in calculations per second. */
  guess: number | null = null;
  private stretches: Stretch[] = [];
  /** Begin of the kernel's account: the first reading under the present limit. */
  private accountFrom: Reading | undefined;
  private latest: Reading | undefined;
  /** Cores used in the newest readings without a limit. */
  private free: number[] = [];
  /** Means of the lines, until a line or a limit is new: readings come far more often. */
  private means: { baselineRate: number | null; currentRate: number | null } | undefined;

  /** @param labelOf a limit in the user's language: "10 % of a core", "no limit" */
  constructor(private readonly labelOf: (capCores: number | null) => string) { }

  /** The limit in force; undefined before it is known. */
  get capCores(): number | null | undefined { return this.stretches.at(-1)?.capCores; }

  /** Says what limit is in force at a time. Returns the marker when that is a change; the first word is none. */
  noteCap(at: number, capCores: number | null): LiveMarker | undefined {
    const known = this.capCores;
    if (known !== undefined && sameCap(known, capCores)) { return undefined; }
    this.stretches.push({ from: at, capCores });
    this.accountFrom = this.means = undefined;
    if (known === undefined) { return undefined; }
    const marker = { at, capCores, label: this.labelOf(capCores) };
    this.markers.push(marker);
    return marker;
  }

  /** A reading of the counters and what the meter made of it. A gap (no rate) starts the kernel's account anew. */
  addSample(sample: LiveSample, reading: Reading): void {
    if (this.latest !== undefined && rateBetween(this.latest, reading) === undefined) { this.accountFrom = undefined; }
    this.latest = reading;
    // Not before the limit is known: an account mixes no two limits.
    if (this.capCores !== undefined) { this.accountFrom ??= reading; }
    this.samples.push(sample);
    if (sample.capCores === null && sample.cores !== null && this.free.push(sample.cores) > meanSamples) { this.free.shift(); }
    if (this.samples.length > keptSamples * 1.1) { this.samples = this.samples.slice(-keptSamples); }
  }

  /** Lines of the program's output, oldest first. What is older than the newest known line was seen already. */
  addRates(rates: readonly LiveRate[]): LiveRate[] {
    const last = this.rates.at(-1)?.at ?? -Infinity;
    const fresh = rates.filter(({ at }) => at > last);
    this.rates.push(...fresh);
    this.means = undefined;
    const oldest = (this.rates.at(-1)?.at ?? 0) - keptMillis;
    if ((this.rates[0]?.at ?? oldest) < oldest - 60_000) { this.rates = this.rates.filter(({ at }) => at >= oldest); }
    return fresh;
  }

  /** Nothing is known about the time from here to the next reading. */
  addGap(at: number): LiveSample | undefined {
    this.latest = this.accountFrom = undefined;
    if (this.samples.at(-1)?.cores === null || this.samples.length === 0) { return undefined; }
    const gap = { at, cores: null, throttledShare: null, capCores: this.capCores ?? null };
    this.samples.push(gap);
    return gap;
  }

  figures(): LiveFigures {
    const last = this.samples.at(-1);
    const { baselineRate, currentRate } = this.means ??= {
      baselineRate: this.stretches.map(({ capCores: cap }, index) => cap === null ? this.meanRate(index) : null).findLast((rate) => rate !== null) ?? null,
      currentRate: this.meanRate(this.stretches.length - 1),
    };
    const capCores = this.capCores ?? null;
    return {
      baselineRate, currentRate, capCores, guess: this.guess, theory: this.theory(baselineRate, capCores),
      ratio: capCores === null || baselineRate === null || currentRate === null || baselineRate === 0 ? null : currentRate / baselineRate,
      cores: last?.cores ?? null,
      throttledShare: last?.throttledShare ?? null,
      account: this.account(),
    };
  }

  /** Work is in proportion to CPU time. A limit above what the program uses changes nothing. */
  private theory(baselineRate: number | null, capCores: number | null): number | null {
    if (baselineRate === null || capCores === null) { return null; }
    const used = this.free.reduce((sum, cores) => sum + cores, 0) / this.free.length;
    return used > 0 ? baselineRate * Math.min(1, capCores / used) : null;
  }

  private account(): LiveAccount | null {
    if (this.accountFrom === undefined || this.latest === undefined) { return null; }
    const rate = rateBetween(this.accountFrom, this.latest);
    return rate === undefined ? null : { cores: rate.cores, seconds: rate.seconds, periods: rate.periods, throttledPeriods: rate.throttledPeriods };
  }

  /** Mean of the lines whose whole window lies in the stretch, weighted by the windows' lengths; null when there is none. */
  private meanRate(index: number): number | null {
    const stretch = this.stretches[index];
    if (stretch === undefined) { return null; }
    const end = this.stretches[index + 1]?.from ?? Infinity;
    let seconds = 0;
    let calculations = 0;
    let lines = 0;
    for (let i = this.rates.length - 1; i > 0 && lines < meanLines; i -= 1) {
      const [line, before] = [this.rates[i], this.rates[i - 1]];
      if (line === undefined || before === undefined || before.at < stretch.from) { break; }
      // A line that took much longer than the others covers a pause or a restart.
      if (line.at >= end || line.at - before.at > 60_000) { continue; }
      seconds += (line.at - before.at) / 1000;
      calculations += line.perSecond * (line.at - before.at) / 1000;
      lines += 1;
    }
    return seconds > 0 ? calculations / seconds : null;
  }
}

function sameCap(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) < 0.0005;
}
