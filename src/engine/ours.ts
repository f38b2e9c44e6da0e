/*
 * How we know again what we made: every container carries our label, so that nothing of ours is ever lost, whoever looks and
 * whenever, even after a crash.
 */

/** What a container of ours is for. */
export const roleLabel = 'hello-containers.role';

/** kernel-proof: told the kernel's version and ended. twin: one of two containers of one image, to be compared. measured: started to see how long that takes. */
const roles = ['hello-world', 'cpu-demo', 'kernel-proof', 'twin', 'measured'] as const;
export type Role = typeof roles[number];

/** The role of a container that changes control groups for us. No Role: it is our tool, and no container of the lesson. */
export const helperRole = 'cgroup-helper';

/** The role of the container that the exercise's program runs in on an engine's machine. No Role: the lesson's steps with containers are others. */
export const byHandRole = 'by-hand';

/** On a service of the lesson, and on a swarm that was started for it. No Role: a service is no container. */
export const swarmRole = 'swarm';

/** Which window made a container that lives no longer than that window. */
export const windowLabel = 'hello-containers.window';

/** On the bundled image, and so on each container made of it. */
export const standInLabel = 'hello-containers.stand-in';

/** Tag of the bundled stand-in for hello-world. */
export const standInImage = 'hello-containers/hello-world:bundled';

export function roleOf(labels: Readonly<Record<string, string>>): Role | undefined {
  return roles.find((role) => role === labels[roleLabel]);
}

/** Whether a service, or a swarm, is the lesson's: one that somebody lives from is not ours to count, or to take away. */
export function isLessonSwarm(labels: Readonly<Record<string, string>>): boolean {
  return labels[roleLabel] === swarmRole;
}

export function isStandIn(labels: Readonly<Record<string, string>>): boolean {
  return labels[standInLabel] === 'true';
}
