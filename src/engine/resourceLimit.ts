import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import type { Engine, EngineFacts, ResourceConfig } from './engine';

/** What can be limited beside CPU time. */
export type ResourceKind = 'memory' | 'pids' | 'cpuShares';

/** Docker's own weight, that of a container without one. */
export const usualShares = 1024;
/** Docker takes no memory limit under 6 MB; what the kernel's own bounds for shares are. */
export const bounds: Readonly<Record<ResourceKind, { least: number; most: number }>> = {
  memory: { least: 6 * 1024 * 1024, most: Number.MAX_SAFE_INTEGER }, pids: { least: 1, most: 4_194_304 }, cpuShares: { least: 2, most: 262_144 },
};

/** The engine took the limit but does not have it. */
export class ResourceLimitNotApplied extends HumanError {
  constructor(name: string, warnings: readonly string[]) {
    super(warnings.length === 0
      ? l10n.t('The engine accepted the limit of {0} but did not apply it. "docker info" may say why, among its warnings.', name)
      : l10n.t('The engine did not apply the limit of {0}: {1}', name, warnings.join(' ')));
  }
}

/** A container's limit as its configuration says it, in bytes, processes or shares; undefined where there is none. */
export function readResourceLimit({ memoryBytes, pidsLimit, cpuShares }: ResourceConfig, kind: ResourceKind, { memoryBytes: machineBytes }: Pick<EngineFacts, 'memoryBytes'>): number | undefined {
  switch (kind) {
    // One that the machine cannot reach is none: Docker can only raise a memory limit, never take it away (setResourceLimit).
    case 'memory': return memoryBytes > 0 && memoryBytes < machineBytes ? memoryBytes : undefined;
    case 'pids': return pidsLimit > 0 ? pidsLimit : undefined;
    case 'cpuShares': return cpuShares > 0 && cpuShares !== usualShares ? cpuShares : undefined;
  }
}

/**
 * Sets or lifts a limit and reads it back.
 * @param value bytes, processes or shares; undefined lifts it
 * @returns what it was before
 * @throws ResourceLimitNotApplied when the engine does not have it afterwards; EngineError with the engine's reason
 */
export async function setResourceLimit(engine: Engine, id: string, kind: ResourceKind, value: number | undefined): Promise<number | undefined> {
  const [{ name, resources }, facts] = await Promise.all([engine.inspectContainer(id), engine.facts()]);
  const before = readResourceLimit(resources, kind, facts);
  const warnings = await engine.updateContainer(id, changeOf(resources, kind, value, facts));
  const after = readResourceLimit((await engine.inspectContainer(id)).resources, kind, facts);
  // Shares of 1024 are no weight of their own, whoever asked for them.
  const wanted = kind === 'cpuShares' && value === usualShares ? undefined : value;
  if (after !== wanted) { throw new ResourceLimitNotApplied(name, warnings); }
  return before;
}

function changeOf({ memorySwapBytes }: ResourceConfig, kind: ResourceKind, value: number | undefined, { memoryBytes: machineBytes }: EngineFacts): Partial<ResourceConfig> {
  switch (kind) {
    case 'memory': {
      const memoryBytes = Math.min(value ?? machineBytes, machineBytes);
      // Memory and swap together may not be less than memory alone. As much swap again is what Docker gives a new container; -1 would not
      // reach the kernel when a number is there.
      return { memoryBytes, memorySwapBytes: memorySwapBytes < 0 ? -1 : memoryBytes * 2 };
    }
    case 'pids': return { pidsLimit: value ?? -1 };
    case 'cpuShares': return { cpuShares: value ?? usualShares };
  }
}

/**
 * What was typed as a limit: "512m", "1.5 GB" or "100 MiB" of memory (k, m, g are 1024-fold, as docker's are), a whole number of processes or shares.
 * @returns undefined for what is none, or outside the bounds
 */
export function parseResourceLimit(kind: ResourceKind, text: string): number | undefined {
  const pattern = kind === 'memory' ? /^(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(?:i?b)?|b)?$/i : /^(\d{1,9})$/;
  const [, digits, unit = ''] = pattern.exec(text.trim()) ?? [];
  if (digits === undefined) { return undefined; }
  const value = Math.round(Number(digits) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' '));
  const { least, most } = bounds[kind];
  return value >= least && value <= most ? value : undefined;
}
