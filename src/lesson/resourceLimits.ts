import * as l10n from '@vscode/l10n';
import type { ResourceLimits } from '../engine/anatomy';

/** A limit that the engine was asked for. */
export interface DescribedLimit {
  what: string;
  value: string;
}

/** The limits of a container, or that there are none: sentences for a table. */
export function describeLimits({ nanoCpus, cpuQuota, cpuPeriod, memoryBytes, pids }: ResourceLimits): DescribedLimit[] {
  const cores = nanoCpus > 0 ? nanoCpus / 1e9 : cpuQuota > 0 ? cpuQuota / (cpuPeriod > 0 ? cpuPeriod : 100_000) : undefined;
  const none = l10n.t('none');
  return [
    { what: l10n.t('CPU'), value: cores === undefined ? none : l10n.t('{0} % of a core', Math.round(cores * 1000) / 10) },
    { what: l10n.t('Memory'), value: memoryBytes > 0 ? l10n.t('{0} MB', Math.round(memoryBytes / 1e6)) : none },
    { what: l10n.t('Processes'), value: pids > 0 ? String(pids) : none },
  ];
}
