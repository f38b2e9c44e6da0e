import * as l10n from '@vscode/l10n';
import type { LiveContainerState, LiveFigures } from '../../webviews/protocol';
import type { Format } from '../format';

/** One figure in words. */
export interface Tile {
  readonly id: 'before' | 'now' | 'ratio' | 'guess' | 'cpu' | 'throttled' | 'limit' | 'account';
  readonly label: string;
  /** Null where there is nothing to say yet; `detail` then gives the reason. */
  readonly value: string | null;
  readonly unit: string;
  readonly detail: string;
}

/** What the figures have to be read with. */
export interface TileFacts {
  readonly state: LiveContainerState;
  readonly machineCpus: number;
  /** Whether the program ever printed a rate; without one there are no tiles about rates. */
  readonly hasRates: boolean;
}

/** The figures in the order in which they are shown. */
export function describeTiles(figures: LiveFigures, facts: TileFacts, format: Format): Tile[] {
  const kernel = [cpuTile(figures, facts, format), throttledTile(figures, facts, format), limitTile(figures, facts, format), accountTile(figures, format)];
  return facts.hasRates ? [...rateTiles(figures, format), ...guessTiles(figures, format), ...kernel] : kernel;
}

/** The state of the container, in a word. */
export function stateWord(state: LiveContainerState): string {
  switch (state) {
    case 'running': return l10n.t('running');
    case 'paused': return l10n.t('paused');
    case 'stopped': return l10n.t('stopped');
    case 'removed': return l10n.t('removed');
    case 'disconnected': return l10n.t('disconnected');
  }
}

/** Whether the container has processes, so that counters move and a limit can be set. */
export function isUp(state: LiveContainerState): boolean {
  return state === 'running' || state === 'paused';
}

/** "10 % of one core": the percentage alone would leave open of what. */
export function shareOfOneCore(cores: number, format: Format): string {
  return l10n.t('{0} of one core', format.shortPercent(cores));
}

function rateTiles({ baselineRate, currentRate, ratio, capCores }: LiveFigures, format: Format): Tile[] {
  const unit = l10n.t('calculations/s');
  const waiting = l10n.t('waiting for a whole line of output');
  return [
    baselineRate === null
      ? { id: 'before', label: l10n.t('Before'), value: null, unit, detail: l10n.t('not seen without a limit') }
      : { id: 'before', label: l10n.t('Before'), value: format.rate(baselineRate), unit, detail: l10n.t('mean without a limit') },
    currentRate === null
      ? { id: 'now', label: l10n.t('Now'), value: null, unit, detail: waiting }
      : {
        id: 'now', label: l10n.t('Now'), value: format.rate(currentRate), unit,
        detail: capCores === null ? l10n.t('mean without a limit') : l10n.t('mean since the limit'),
      },
    ratio === null
      ? {
        id: 'ratio', label: l10n.t('Now / before'), value: null, unit: '',
        detail: capCores === null ? l10n.t('no limit') : baselineRate === null ? l10n.t('not seen without a limit') : waiting,
      }
      : { id: 'ratio', label: l10n.t('Now / before'), value: format.ratio(ratio), unit: '', detail: l10n.t('of the rate before') },
  ];
}

/** Guess, theory and measurement in one place, once somebody guessed. */
function guessTiles({ guess, theory, currentRate, capCores }: LiveFigures, format: Format): Tile[] {
  if (guess === null) { return []; }
  const detail = capCores === null ? l10n.t('at 10 % of a core: now set the limit')
    : theory === null || currentRate === null ? l10n.t('waiting for a whole line of output')
      : l10n.t('in theory {0}, measured {1}', format.rate(theory), format.rate(currentRate));
  return [{ id: 'guess', label: l10n.t('Your guess'), value: format.rate(guess), unit: l10n.t('calculations/s'), detail }];
}

function cpuTile({ cores }: LiveFigures, { state }: TileFacts, format: Format): Tile {
  const label = l10n.t('CPU');
  if (!isUp(state)) { return { id: 'cpu', label, value: null, unit: '', detail: stateWord(state) }; }
  if (cores === null) { return { id: 'cpu', label, value: null, unit: '', detail: l10n.t('waiting for a reading') }; }
  // "of a core" up to one core and a little noise above it, so that the words do not flicker at 1.00.
  return { id: 'cpu', label, value: format.cores(cores), unit: cores < 1.5 ? l10n.t('of a core') : l10n.t('cores'), detail: l10n.t('over the last second') };
}

function throttledTile({ throttledShare, capCores }: LiveFigures, { state }: TileFacts, format: Format): Tile {
  const label = l10n.t('Throttled');
  if (!isUp(state)) { return { id: 'throttled', label, value: null, unit: '', detail: stateWord(state) }; }
  if (throttledShare === null) {
    return { id: 'throttled', label, value: null, unit: '', detail: capCores === null ? l10n.t('no limit') : l10n.t('waiting for a reading') };
  }
  return { id: 'throttled', label, value: format.percent(throttledShare), unit: l10n.t('of periods'), detail: l10n.t('over the last second') };
}

function limitTile({ capCores }: LiveFigures, { machineCpus }: TileFacts, format: Format): Tile {
  const label = l10n.t('Limit');
  if (capCores === null) { return { id: 'limit', label, value: null, unit: '', detail: l10n.t('no limit') }; }
  const shareOfMachine = format.shortPercent(capCores / machineCpus);
  return {
    id: 'limit', label, value: format.shortPercent(capCores), unit: l10n.t('of one core'),
    detail: machineCpus === 1
      ? l10n.t('{0} of this machine\'s only CPU', shareOfMachine)
      : l10n.t('{0} of this machine\'s {1} CPUs', shareOfMachine, format.count(machineCpus)),
  };
}

function accountTile({ account, capCores }: LiveFigures, format: Format): Tile {
  const label = capCores === null ? l10n.t('Kernel\'s account without a limit') : l10n.t('Kernel\'s account since the limit');
  if (account === null) { return { id: 'account', label, value: null, unit: '', detail: l10n.t('waiting for two readings') }; }
  return {
    id: 'account', label, value: format.percent(account.cores, 1), unit: l10n.t('of one core'),
    detail: account.periods > 0
      ? l10n.t('over {0} periods, {1} throttled', format.count(account.periods), format.count(account.throttledPeriods))
      : l10n.t('over {0} s', format.count(account.seconds)),
  };
}
