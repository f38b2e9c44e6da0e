import type { CgroupMachine } from '../../../src/cgroup/machine';
import type { Container } from '../../../src/engine/containers';
import type { EngineFacts } from '../../../src/engine/engine';
import { taskIds, type TaskId, type TaskState } from '../../../src/lesson/exercise';
import { type ByHand, type LessonFacts, noFacts } from '../../../src/lesson/facts';
import { summaryOf } from './scriptedEngine';

export function engineFacts(fields: Partial<EngineFacts> = {}): EngineFacts {
  return {
    id: 'engine', name: 'host', version: '27.1', apiVersion: '1.46', operatingSystem: 'Debian', kernelVersion: '6.1.0-x', architecture: 'x86_64', cpus: 4,
    cgroupVersion: '2', cgroupDriver: 'systemd', canLimitCpu: true, memoryBytes: 8e9, storageDriver: 'overlay2', clockOffsetMillis: 0,
    components: [{ name: 'containerd', version: '1.7' }, { name: 'runc', version: '1.1' }], ...fields,
  };
}

/** An engine at the usual socket answers, has no containers, and nothing was done yet. */
export function connectedFacts(fields: Partial<LessonFacts> = {}): LessonFacts {
  return {
    ...noFacts('not asked'), connected: true, engines: [{ name: 'default', endpoint: { kind: 'unix', path: '/var/run/docker.sock' }, facts: engineFacts() }],
    kernelProofs: { value: [] }, twins: { value: [] }, run: { value: undefined }, process: { value: undefined }, ...fields,
  };
}

export function containerOf(id: string, fields: Partial<Container> = {}): Container {
  return { ...summaryOf(id, { name: id }), cpuLimit: null, ...fields };
}

export const v1Machine: CgroupMachine = {
  kind: 'v1', version: 'v1', cpuMount: '/sys/fs/cgroup/cpu', accountMount: '/sys/fs/cgroup/cpu', cpuEnabled: undefined, cpuAvailable: undefined, mayWrite: true,
  readOnly: false, uid: 0, inContainer: undefined, systemd: true, delegatedTo: undefined,
};

/** The exercise with these tasks done. */
export function byHandWith(done: readonly TaskId[], fields: Partial<ByHand> = {}): LessonFacts['byHand'] {
  const tasks = Object.fromEntries(taskIds.map((id) => [id, { done: done.includes(id), reason: `${id} is ${done.includes(id) ? 'done' : 'missing'}` }])) as Record<TaskId, TaskState>;
  return { value: { tasks, machine: v1Machine, cpus: 4, group: 'demo', program: 'factorials.py', ...fields } };
}
