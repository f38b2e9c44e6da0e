import * as l10n from '@vscode/l10n';
import { inPercent } from '../base/inPercent';
import { cpuLimitOf, minCores } from '../engine/cpuLimit';
import type { Engine } from '../engine/engine';
import type { Engines } from '../engine/engines';
import { findContainer } from './findContainer';
import { numberOf, textOf, type Tool, WrongInput } from './tool';

/** Limits a running container's CPU time. */
export function limitCpu(engines: Engines): Tool {
  const read = async (input: unknown) => {
    const found = await findContainer(engines, textOf(input, 'container'));
    const { cpus } = await found.engine.facts();
    const percent = numberOf(input, 'percentOfOneCore', minCores * 100, cpus * 100);
    if (percent === undefined) { throw new WrongInput(l10n.t('"percentOfOneCore" is missing: a number is needed. 100 is one whole core.')); }
    return { ...found, percent, cpus };
  };
  return {
    ask: async (input) => {
      const { words, engine, container, percent, cpus } = await read(input);
      return {
        title: l10n.t('Limit the CPU of {0} to {1} % of one core?', words, percent),
        message: `${l10n.t('{0} may then use {1} % of one core: {2} % of its machine\'s {3} CPUs. It slows down if it wants more.', words, percent, inPercent(percent / 100 / cpus), cpus)} ${await now(engine, container.id)}`,
        doing: l10n.t('Limiting the CPU of {0}', words),
      };
    },
    run: async (input) => {
      const { engine, container, percent } = await read(input);
      return change(engines, engine, container, percent / 100);
    },
  };
}

/** Lifts a container's CPU limit. */
export function liftCpuLimit(engines: Engines): Tool {
  const find = (input: unknown): ReturnType<typeof findContainer> => findContainer(engines, textOf(input, 'container'));
  return {
    ask: async (input) => {
      const { words, engine, container } = await find(input);
      return {
        title: l10n.t('Remove the CPU limit of {0}?', words),
        message: `${l10n.t('{0} may then use all CPUs of its machine.', words)} ${await now(engine, container.id)}`,
        doing: l10n.t('Removing the CPU limit of {0}', words),
      };
    },
    run: async (input) => {
      const { engine, container } = await find(input);
      return change(engines, engine, container, undefined);
    },
  };
}

async function now(engine: Engine, id: string): Promise<string> {
  const limit = await cpuLimitOf(engine, id);
  return limit === undefined ? l10n.t('It has no limit now.') : l10n.t('Its limit now: {0} % of one core.', inPercent(limit.cores));
}

/** What the engine says afterwards is what the model is told, not what was asked for. */
async function change(engines: Engines, engine: Engine, { id, name }: { id: string; name: string }, cores: number | undefined): Promise<string> {
  const before = await engines.setCpuLimit(engine, id, cores);
  const percentOf = (limit: { cores: number } | undefined): number | null => limit === undefined ? null : inPercent(limit.cores);
  return JSON.stringify({ container: name, percentOfOneCoreBefore: percentOf(before), percentOfOneCoreNow: percentOf(await cpuLimitOf(engine, id)) });
}
