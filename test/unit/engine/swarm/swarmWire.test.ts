import { describe, expect, test } from 'vitest';
import { toMembership, toNode, toService, toTask, withNanoCpus } from '../../../../src/engine/swarm/swarmWire';

describe('an engine\'s place in a swarm', () => {
  test('is none when it says so, or nothing', () => {
    expect([{ LocalNodeState: 'inactive', NodeID: '' }, {}, null].map(toMembership)).toEqual([undefined, undefined, undefined]);
  });

  test('is what Docker 20.10 says of a worker', () => {
    expect(toMembership({ NodeID: 'n2', NodeAddr: '10.0.0.2', LocalNodeState: 'active', ControlAvailable: false, Error: '', RemoteManagers: [{ NodeID: 'n1', Addr: '10.0.0.1:2377' }] }))
      .toEqual({ state: 'active', nodeId: 'n2', address: '10.0.0.2', isManager: false, error: '', managerAddresses: ['10.0.0.1:2377'] });
  });
});

test('a node, a service and a task, as Docker 20.10 tells them', () => {
  expect(toNode({ ID: 'n', Spec: { Role: 'manager', Availability: 'drain' }, Description: { Hostname: 'h' }, Status: { State: 'down', Message: 'heartbeat failure', Addr: '10.0.0.1' }, ManagerStatus: { Leader: true } }))
    .toEqual({ id: 'n', hostname: 'h', role: 'manager', isLeader: true, availability: 'drain', state: 'down', message: 'heartbeat failure', address: '10.0.0.1' });
  expect(toService({ ID: 's', Spec: { Name: 'web', Labels: {}, TaskTemplate: { ContainerSpec: { Image: 'busybox:latest@sha256:abc' }, Resources: { Limits: { NanoCPUs: 1e8 } } }, Mode: { Replicated: { Replicas: 2 } } }, UpdateStatus: { State: 'updating', Message: 'update in progress' } }))
    .toEqual({ id: 's', name: 'web', image: 'busybox:latest', labels: {}, replicas: 2, nanoCpus: 1e8, update: { state: 'updating', message: 'update in progress' }, tty: false });
  expect(toTask({ ID: 't', ServiceID: 's', NodeID: 'n', Slot: 1, CreatedAt: '2026-01-01T00:00:00.5Z', Status: { Timestamp: '2026-01-01T00:00:01Z', State: 'failed', Err: 'task: non-zero exit (137)', ContainerStatus: { ContainerID: 'c', ExitCode: 137 } }, DesiredState: 'shutdown', Spec: {} }))
    .toEqual({ id: 't', serviceId: 's', nodeId: 'n', slot: 1, state: 'failed', desiredState: 'shutdown', stateSince: Date.UTC(2026, 0, 1, 0, 0, 1), createdAt: Date.UTC(2026, 0, 1) + 500, error: 'task: non-zero exit (137)', containerId: 'c', exitCode: 137, nanoCpus: 0 });
});

test('a global service has no number of tasks', () => {
  expect(toService({ ID: 's', Spec: { Mode: { Global: {} } } }).replicas).toBeUndefined();
});

test('a limit is set, and all else of the spec stays', () => {
  const spec = { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'x' }, Resources: { Limits: { MemoryBytes: 5 }, Reservations: { NanoCPUs: 1 } }, ForceUpdate: 3 }, Mode: { Replicated: { Replicas: 2 } } };
  expect(withNanoCpus(spec, 1e8)).toEqual({ ...spec, TaskTemplate: { ...spec.TaskTemplate, Resources: { Limits: { MemoryBytes: 5, NanoCPUs: 1e8 }, Reservations: { NanoCPUs: 1 } } } });
});

test('odd JSON is read as if nothing were there', () => {
  for (const odd of [null, 7, 'x', [], { Spec: 3, Status: [] }]) { expect(() => [toNode(odd), toService(odd), toTask(odd)]).not.toThrow(); }
});
