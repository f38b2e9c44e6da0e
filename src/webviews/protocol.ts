import { reader, type Sent } from './pageMessages';

/**
 * Every message between the extension host and the live page, in both directions.
 * Neither side may assume anything that is not written here. No VS Code, no DOM.
 */

/** What the counters said over the last second, taken at one moment. */
export interface LiveSample {
  /** Milliseconds since the epoch, on the clock of the extension host. */
  at: number;
  /** CPU seconds used per second (1 = one core, fully busy); null where the counters were lost in between. */
  cores: number | null;
  /** Share (0 to 1) of the enforcement periods that ended throttled; null while there is no limit. */
  throttledShare: number | null;
  /** The limit in force, in cores; null when there is none. */
  capCores: number | null;
}

/** One line of the program's own account of its work. */
export interface LiveRate {
  at: number;
  perSecond: number;
}

/** A change of the limit. */
export interface LiveMarker {
  at: number;
  capCores: number | null;
  /** In the user's language: "10 % of a core", "no limit". */
  label: string;
}

/** The numbers beside the chart. All computed in the extension host, where they are tested. */
export interface LiveFigures {
  /** Mean rate (calculations per second) of the last stretch without a limit; null when none was seen. */
  baselineRate: number | null;
  /** Mean rate since the last change of the limit; null until a whole line falls into it. */
  currentRate: number | null;
  /** currentRate / baselineRate; null unless a limit is in force and both are known. */
  ratio: number | null;
  cores: number | null;
  throttledShare: number | null;
  capCores: number | null;
  /** What the learner expects of the rate at 10 % of a core, in calculations per second; null before they said so. */
  guess: number | null;
  /** The rate that the limit should lead to, by the rate and the CPU use without a limit; null without those or a limit. */
  theory: number | null;
  /** The kernel's account since the last change of the limit; null before the first two readings. */
  account: LiveAccount | null;
}

export interface LiveAccount {
  /** CPU seconds used per second over the whole stretch. */
  cores: number;
  seconds: number;
  /** Enforcement periods that ended in the stretch (0 without a limit). */
  periods: number;
  throttledPeriods: number;
}

export type LiveContainerState = 'running' | 'paused' | 'stopped' | 'removed' | 'disconnected';

/** Extension host to page. */
export type ToLivePage =
  | {
    type: 'init';
    name: string;
    image: string;
    /** CPUs of the engine's machine, to say what share of the whole a core is. */
    machineCpus: number;
    /** Where the counters come from: the container's own cgroup files, or the engine's stats stream. */
    source: 'cgroup' | 'stats';
    state: LiveContainerState;
    samples: LiveSample[];
    rates: LiveRate[];
    markers: LiveMarker[];
    figures: LiveFigures;
    /** Translations for the page (the content of the extension's l10n bundle), if VS Code runs in another language. */
    l10n: Record<string, string> | undefined;
  }
  | { type: 'samples'; samples: LiveSample[]; figures: LiveFigures }
  | { type: 'rates'; rates: LiveRate[]; figures: LiveFigures }
  | { type: 'marker'; marker: LiveMarker; figures: LiveFigures }
  | { type: 'state'; state: LiveContainerState };

/** The page's own buttons: they run the same commands as the tree's context menu, on the page's own container. guess: asks the learner what they expect. */
export const readLivePage = reader({ ready: {}, limitTo10: {}, chooseLimit: {}, removeLimit: {}, guess: {} });
export type FromLivePage = Sent<typeof readLivePage>;
