import * as l10n from '@vscode/l10n';
import { HumanError } from '../../base/errors';
import { shellQuote } from '../../base/shellQuote';
import { sleep } from '../../base/sleep';
import { findInSwarm } from '../../engine/cleanUp';
import type { Engine } from '../../engine/engine';
import { isLessonSwarm, roleLabel, swarmRole } from '../../engine/ours';
import { isRemoved } from '../../engine/removal';
import { leaveEmptied } from '../../engine/swarm/leaveEmptied';
import type { SwarmService, SwarmState } from '../../engine/swarm/swarm';
import { healingOf, tasksOf } from '../../engine/swarm/swarmModel';
import { docker, labelOption } from '../commandLine';
import { engineOf } from '../facts';
import { pullSmallImage } from '../hands';
import { done, noEngine, open, rounded, unknown } from '../states';
import type { Step } from '../step';

const serviceName = 'self-healing';
const labels = { [roleLabel]: swarmRole };
/** A shell without a child: it hears SIGTERM, so that its end takes a second and not ten. */
const command = ['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 1; done'];
const replicas = 2;
/** The lesson's swarm stays on its machine and opens no port to others; and Docker need not choose among many addresses. */
const alone = '127.0.0.1';

/** Tasks have no events: how often the swarm is asked while it works for us, and how long it may take. Milliseconds. */
const askMillis = 300;
const patienceMillis = 60_000;

function servicesOf({ services }: SwarmState): SwarmService[] {
  return services.filter((service) => isLessonSwarm(service.labels));
}

export const swarm: Step = {
  id: 'swarm',
  optional: true,
  title: () => l10n.t('Start a swarm, and watch it heal'),
  know: () => l10n.t('An orchestrator is told how many containers should run, and sees to it that as many do, whatever fails.'),

  check(facts) {
    const used = engineOf(facts);
    if (used === undefined) { return noEngine(); }
    const { name, swarm: membership } = used.facts;
    if (membership === undefined) { return open(l10n.t('{0} is in no swarm.', name)); }
    if (!membership.isManager) { return open(l10n.t('{0} is a worker in its swarm, and cannot be asked for services: use the engine of a manager.', name)); }
    const { swarm: state } = facts;
    if (state === undefined) { return unknown(l10n.t('The swarm has not been read yet.')); }
    const services = servicesOf(state);
    for (const service of services) {
      const healing = healingOf(state, service.id);
      if (healing === undefined) { continue; }
      const { failed, replacement, millis } = healing;
      return done(l10n.t('A task of {0} failed, and {1} s later another ran in its place.', service.name, rounded(millis / 1_000)), {
        [l10n.t('Container that ended')]: failed.containerId.slice(0, 12), [l10n.t('Its exit code')]: failed.exitCode,
        [l10n.t('Container in its place')]: replacement.containerId.slice(0, 12),
        [l10n.t('Node')]: state.nodes.find(({ id }) => id === replacement.nodeId)?.hostname ?? replacement.nodeId,
      });
    }
    const [service] = services;
    if (service === undefined) { return open(l10n.t('The swarm has no service of the lesson yet.')); }
    const running = tasksOf(state, service.id).filter((task) => task.state === 'running' && task.desiredState === 'running').length;
    return open(l10n.t('{0} runs {1} of {2} tasks, and none was replaced yet: end the container of one.', service.name, running, service.replicas ?? '?'));
  },

  hints: (facts) => [
    l10n.t('Who starts a container again when it fails at night? Somebody must know how many there should be.'),
    l10n.t('Make the engine a swarm of one node, create a service of two tasks with the lesson\'s label, and kill the container of one. Then look at the service\'s tasks.'),
    [
      `${docker(facts)} swarm init --advertise-addr ${alone} --listen-addr ${alone}`,
      `${docker(facts)} service create --detach --name ${serviceName} ${labelOption(swarmRole)} --replicas ${replicas} --network host busybox ${command.map(shellQuote).join(' ')}`,
      `${docker(facts)} kill $(${docker(facts)} ps --quiet --filter label=com.docker.swarm.service.name=${serviceName} | head -n 1)`,
      `${docker(facts)} service ps ${serviceName}`,
    ].join('\n'),
  ],

  async solve(hands, signal) {
    const { engine } = hands;
    const { name, swarm: before } = await engine.facts(signal);
    if (before !== undefined && !before.isManager) { throw new HumanError(l10n.t('{0} is a worker in its swarm, and cannot be asked for services: use the engine of a manager.', name)); }
    const image = await pullSmallImage(hands, signal);
    let made: string | undefined;
    try {
      if (before === undefined) { await engine.swarm.init(alone, labels); }
      const known = servicesOf(await engine.swarm.state())[0]?.id;
      const id = known ?? (made = await engine.swarm.createService({ name: serviceName, image, command, replicas, labels }));
      const nodeId = (await engine.facts(signal)).swarm?.nodeId;
      const task = await seen(engine, id, signal, (state) => tasksOf(state, id).find((one) => one.nodeId === nodeId && one.state === 'running' && one.containerId !== ''));
      await engine.killContainer(task.containerId, 'SIGKILL');
      await seen(engine, id, signal, (state) => tasksOf(state, id).some(({ containerId, state: now }) => containerId === task.containerId && now === 'failed') ? healingOf(state, id) : undefined);
    } catch (error) {
      if (made !== undefined) { await isRemoved(engine.swarm.removeService(made)); }
      if (before === undefined && (await engine.facts()).swarm !== undefined) { await leaveEmptied(engine, made === undefined ? [] : [made], new AbortController().signal); }
      throw error;
    }
  },

  async reset({ engine }, signal) {
    const ours = await findInSwarm(engine);
    for (const { id } of ours.services) { await isRemoved(engine.swarm.removeService(id)); }
    if (ours.swarm) { await leaveEmptied(engine, ours.services.map(({ id }) => id), signal); }
  },
};

/** Asks the swarm until it is as wanted. @throws HumanError with what its tasks say, after a minute; an AbortError */
async function seen<T>(engine: Engine, serviceId: string, signal: AbortSignal, look: (state: SwarmState) => T | undefined): Promise<T> {
  const end = performance.now() + patienceMillis;
  for (;;) {
    const state = await engine.swarm.state();
    const found = look(state);
    if (found !== undefined) { return found; }
    signal.throwIfAborted();
    if (performance.now() > end) { throw new HumanError(l10n.t('The swarm did not get there in a minute. Its tasks say: {0}', tasksOf(state, serviceId).map(({ state: now, error }) => error === '' ? now : `${now} (${error})`).join('; '))); }
    await sleep(askMillis, signal);
  }
}
