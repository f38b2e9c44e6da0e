import * as l10n from '@vscode/l10n';
import { shellQuote } from '../../base/shellQuote';
import { inPercent } from '../../base/inPercent';
import type { Container } from '../../engine/containers';
import { cpuLimitOf, setCpuLimit } from '../../engine/cpuLimit';
import { hasRole } from '../candidates';
import { docker } from '../commandLine';
import type { LessonFacts } from '../facts';
import { containersOf, withRunningDemo } from '../hands';
import { done, noEngine, open } from '../states';
import type { Hands, Step } from '../step';

export function runningDemos(containers: readonly Container[]): Container[] {
  return containers.filter(hasRole('cpu-demo')).filter(({ state }) => state === 'running');
}

export function isLimitedTo10({ cpuLimit }: Pick<Container, 'cpuLimit'>): boolean {
  return cpuLimit !== null && cpuLimit !== undefined && Math.abs(cpuLimit.cores - 0.1) < 0.001;
}

/** @param cores undefined: no limit */
export async function limitTo({ engine, refresh }: Hands, id: string, cores: number | undefined): Promise<void> {
  await setCpuLimit(engine, id, cores);
  await refresh(id);
}

/** The name that commands in hints use, as a word of a shell: whose engine it is may have chosen it. */
export function demoName({ containers }: LessonFacts): string {
  return shellQuote(runningDemos(containers)[0]?.name ?? 'cpu-demo');
}

export const limit: Step = {
  id: 'limit',
  title: () => l10n.t('Limit the container to 10 %'),
  know: () => l10n.t('One request to the engine does what you did by hand: the container gets a limit while it runs.'),

  check({ connected, containers }) {
    if (!connected) { return noEngine(); }
    const running = runningDemos(containers);
    const limited = running.find(isLimitedTo10);
    if (limited !== undefined) { return done(l10n.t('The engine says that {0} may use 10 % of a core.', limited.name)); }
    const [other] = running;
    if (other === undefined) { return open(l10n.t('No CPU demo is running.')); }
    return open(other.cpuLimit
      ? l10n.t('{0} is limited to {1} % of a core, not to 10 %.', other.name, inPercent(other.cpuLimit.cores))
      : l10n.t('{0} has no CPU limit.', other.name));
  },

  hints: (facts) => [
    l10n.t('The container is in a group already: the engine made it. Who may change that group\'s limit?'),
    l10n.t('Use "Limit CPU to 10%" in the container\'s menu, or "docker update" in a terminal. The container keeps running.'),
    `${docker(facts)} update --cpu-period 100000 --cpu-quota 10000 ${demoName(facts)}`,
  ],

  solve: (hands, signal) => withRunningDemo(hands, signal, (id) => limitTo(hands, id, 0.1)),

  async reset(hands) {
    for (const { id } of await containersOf(hands.engine, 'cpu-demo')) {
      if (await cpuLimitOf(hands.engine, id) !== undefined) { await limitTo(hands, id, undefined); }
    }
  },
};
