import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import type { CpuConfig, Engine } from './engine';
import { NotFound } from './errors';

/** A container's CPU limit. */
export interface CpuLimit {
  /** 1 is one whole core. */
  cores: number;
  /** Which of Docker's two ways says so. They exclude each other (409 "Conflicting options"), so a change keeps to the one in use. */
  dialect: 'CpuQuota' | 'NanoCpus';
}

/** The kernel's own default period, and Docker's. Shorter than a second, so that a limited program is slow rather than jerky. */
const periodMicros = 100_000;

/** The kernel takes no quota under 1 ms; with a period of 100 ms that is 1 % of a core. */
export const minCores = 0.01;

/** The engine took the limit but does not have it. */
export class LimitNotApplied extends HumanError {
  constructor(name: string) {
    super(l10n.t('The engine accepted the CPU limit of {0} but did not apply it. Look at "docker info" for warnings about CPU cfs quota.', name));
  }
}

/** The engine can hold a new limit only until the container's next start, and would not say so. */
export class LimitNotLasting extends HumanError {
  constructor(name: string) {
    super(l10n.t('{0} was made with --cpus, and its limit was lifted with --cpu-quota -1. Docker would drop a new limit at the next start: create the container again.', name));
  }
}

/** The engine cannot change limits of containers that exist. */
export class LimitNotSupported extends HumanError {
  constructor(cause: unknown) {
    super(l10n.t('This engine cannot change a container\'s CPU limit over Docker\'s API (Podman before 4.3 cannot). Give the limit when you create the container: --cpus 0.1.'), { cause });
  }
}

/** The limit that a container's configuration says; undefined when there is none. */
export function readCpuLimit(cpu: CpuConfig): CpuLimit | undefined {
  // A negative quota lifts NanoCpus, at every start too, and Docker keeps both.
  if (cpu.nanoCpus > 0) { return cpu.cpuQuota < 0 ? undefined : { cores: cpu.nanoCpus / 1e9, dialect: 'NanoCpus' }; }
  return cpu.cpuQuota > 0 ? { cores: cpu.cpuQuota / (cpu.cpuPeriod > 0 ? cpu.cpuPeriod : periodMicros), dialect: 'CpuQuota' } : undefined;
}

/** The limit of a container, as the engine says it now; undefined when there is none, or one that all CPUs together cannot reach. */
export async function cpuLimitOf(engine: Engine, id: string): Promise<CpuLimit | undefined> {
  const limit = readCpuLimit((await engine.inspectContainer(id)).cpu);
  // What a lifted NanoCpus is (see setCpuLimit). Few limits are whole cores: the engine is rarely asked.
  const mayBeLifted = limit?.dialect === 'NanoCpus' && Number.isInteger(limit.cores);
  return mayBeLifted && limit.cores >= (await engine.facts()).cpus ? undefined : limit;
}

/** "15", "15 %", "12,5" (percent of one core) as cores; undefined for anything that is no limit on a machine of so many CPUs. */
export function parsePercent(text: string, cpus: number): number | undefined {
  // Trimmed first: two runs of blanks with nothing between them can be told apart in as many ways as they are long.
  const match = /^(\d{1,6}(?:[.,]\d{1,3})?)\s*%?$/.exec(text.trim());
  const cores = match === null ? NaN : Number((match[1] ?? '').replace(',', '.')) / 100;
  return cores >= minCores && cores <= cpus ? cores : undefined;
}

/**
 * Limits a container's CPU, running or not, in the dialect that it already has, and reads the limit back.
 * @param cores 0.1 is 10 % of one core; undefined lifts the limit
 * @returns the limit before the change, for undo
 * @throws LimitNotApplied, LimitNotLasting, LimitNotSupported, EngineError
 * @see https://docs.docker.com/reference/cli/docker/container/update/
 */
export async function setCpuLimit(engine: Engine, id: string, cores: number | undefined): Promise<CpuLimit | undefined> {
  const details = await engine.inspectContainer(id);
  const before = readCpuLimit(details.cpu);
  if (cores !== undefined && details.cpu.nanoCpus > 0 && before === undefined) { throw new LimitNotLasting(details.name); }
  // A quota or NanoCpus of 0 is accepted and changes nothing. A quota of -1 lifts NanoCpus too, but stays beside it for ever and
  // wins at each start over what NanoCpus is set to later: there, lifting is as many CPUs as the machine has.
  const target = cores ?? (before?.dialect === 'NanoCpus' ? (await engine.facts()).cpus : undefined);
  const change: Partial<CpuConfig> = target === undefined ? { cpuQuota: -1 }
    : before?.dialect === 'NanoCpus' ? { nanoCpus: Math.round(target * 1e9) }
      : { cpuPeriod: periodMicros, cpuQuota: Math.round(target * periodMicros) };
  try {
    await engine.updateContainer(id, change);
  } catch (error) {
    // The container was there a moment ago: a bare 404 means that the engine has no such call.
    throw error instanceof NotFound && !/no such container/i.test(error.reply) ? new LimitNotSupported(error) : error;
  }
  const after = readCpuLimit((await engine.inspectContainer(id)).cpu)?.cores;
  const applied = target === undefined ? after === undefined : after !== undefined && Math.abs(after - target) < 0.001;
  if (!applied) { throw new LimitNotApplied(details.name); }
  return before;
}
