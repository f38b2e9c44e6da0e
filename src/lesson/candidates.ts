import type { ContainerSummary } from '../engine/engine';
import { helperRole, type Role, roleLabel, roleOf } from '../engine/ours';

/*
 * Which containers count for which step, by what the engine's list says of them.
 */

type Listed = Pick<ContainerSummary, 'image' | 'labels' | 'command' | 'state' | 'status'>;

export function hasRole(role: Role): (container: Pick<Listed, 'labels'>) => boolean {
  return ({ labels }) => roleOf(labels) === role;
}

export function endedWell({ state, status }: Listed): boolean {
  return state === 'exited' && /^Exited \(0\)/i.test(status);
}

/** Ours, or one that the learner ran. */
export function isHelloWorld({ image, labels }: Pick<Listed, 'image' | 'labels'>): boolean {
  return roleOf(labels) === 'hello-world' || /(^|\/)hello-world(:|$)/.test(image);
}

/** Ours, or one that the learner ran with that command. */
export function isKernelProof({ command, labels }: Pick<Listed, 'command' | 'labels'>): boolean {
  return roleOf(labels) === 'kernel-proof' || /^(\S*\/)?uname -r$/.test(command);
}

/** The container whose process is looked into: the CPU demo before any other that runs. Twins are there for another step, a helper is a tool of ours. */
export function processToSee<T extends Listed>(containers: readonly T[]): T | undefined {
  const running = containers.filter(({ state, labels }) => state === 'running' && roleOf(labels) !== 'twin' && labels[roleLabel] !== helperRole);
  return running.find(hasRole('cpu-demo')) ?? running[0];
}
