import { describe, expect, test } from 'vitest';
import type { SwarmState } from '../../../../src/engine/swarm/swarm';
import type { StepState } from '../../../../src/lesson/step';
import { cleanUp } from '../../../../src/lesson/steps/cleanUp';
import { swarm } from '../../../../src/lesson/steps/swarm';
import { connectedFacts, engineFacts } from '../../support/lessonFacts';
import { nodeOf, serviceOf, taskOf } from '../../support/scriptedSwarm';

const labels = { 'hello-containers.role': 'swarm' };
const ours = serviceOf('s', { name: 'self-healing', labels, replicas: 2 });
const membership = { state: 'active', nodeId: 'n', address: '127.0.0.1', isManager: true, managerAddresses: [], error: '' };

function factsOf(state: Partial<SwarmState> | undefined, isManager = true) {
  return connectedFacts({
    engines: [{ name: 'e', endpoint: { kind: 'unix', path: '/s' }, facts: engineFacts({ swarm: { ...membership, isManager } }) }],
    swarm: state && { nodes: [nodeOf('n')], services: [], tasks: [], ...state },
  });
}

describe('a swarm that heals', () => {
  test.each<[string, StepState | string, Parameters<typeof factsOf> | undefined]>([
    ['an engine in none', 'host is in no swarm.', undefined],
    ['a worker', 'host is a worker in its swarm, and cannot be asked for services: use the engine of a manager.', [undefined, false]],
    ['one that nobody has read yet', 'The swarm has not been read yet.', [undefined]],
    ['one without services', 'The swarm has no service of the lesson yet.', [{}]],
    ['one with a service that somebody lives from, which healed', 'The swarm has no service of the lesson yet.', [{ services: [serviceOf('s')], tasks: [taskOf('a', { state: 'failed', desiredState: 'shutdown' }), taskOf('b', { createdAt: 1 })] }]],
    ['one whose tasks all run', 'self-healing runs 2 of 2 tasks, and none was replaced yet: end the container of one.', [{ services: [ours], tasks: [taskOf('a'), taskOf('b', { slot: 2 })] }]],
    ['one whose task failed, and no other runs yet', 'self-healing runs 1 of 2 tasks, and none was replaced yet: end the container of one.', [{ services: [ours], tasks: [taskOf('a', { state: 'failed', desiredState: 'shutdown' }), taskOf('b', { slot: 2 }), taskOf('c', { state: 'starting', createdAt: 1 })] }]],
  ])('%s: not done', (_, reason, facts) => {
    const found = swarm.check(facts === undefined ? connectedFacts() : factsOf(...facts));
    expect(found.reason).toBe(reason);
    expect(found.state).not.toBe('done');
  });

  test('one whose task failed and another runs in its place: done, and how long it took', () => {
    const tasks = [taskOf('a', { state: 'failed', desiredState: 'shutdown', exitCode: 137, stateSince: 1_000 }), taskOf('c', { createdAt: 1, stateSince: 6_200 })];
    expect(swarm.check(factsOf({ services: [ours], tasks }))).toEqual({
      state: 'done', reason: 'A task of self-healing failed, and 5.2 s later another ran in its place.',
      evidence: { 'Container that ended': 'container-a', 'Its exit code': 137, 'Container in its place': 'container-c', 'Node': 'host-n' },
    });
  });

  test('its commands open no port to others, and mark the service', () => {
    const commands = swarm.hints(factsOf({}))[2];
    expect(commands).toContain('swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1\n');
    expect(commands).toContain('--label hello-containers.role=swarm');
  });

  test('its service is something to clean up', () => {
    expect(cleanUp.check({ ...factsOf({ services: [ours] }), madeSomething: true })).toEqual({ state: 'open', reason: 'Services of the lesson still exist: self-healing.' });
    expect(cleanUp.check({ ...factsOf({ services: [serviceOf('s')] }), madeSomething: true }).state).toBe('done');
  });
});
