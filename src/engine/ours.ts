/*
 * How we know again what we made: every container carries our label, so that nothing of ours is ever lost, whoever looks and
 * whenever, even after a crash.
 */

/** What a container of ours is for. */
export const roleLabel = 'hello-containers.role';

export type Role = 'hello-world' | 'cpu-demo';

/** The role of a container that changes control groups for us. No Role: it is our tool, and no container of the lesson. */
export const helperRole = 'cgroup-helper';

/** The role of the container that the exercise's program runs in on an engine's machine. No Role: the lesson's steps with containers are others. */
export const byHandRole = 'by-hand';

/** Which window made a container that lives no longer than that window. */
export const windowLabel = 'hello-containers.window';

/** On the bundled image, and so on each container made of it. */
export const standInLabel = 'hello-containers.stand-in';

/** Tag of the bundled stand-in for hello-world. */
export const standInImage = 'hello-containers/hello-world:bundled';

export function roleOf(labels: Readonly<Record<string, string>>): Role | undefined {
  const role = labels[roleLabel];
  return role === 'hello-world' || role === 'cpu-demo' ? role : undefined;
}

export function isStandIn(labels: Readonly<Record<string, string>>): boolean {
  return labels[standInLabel] === 'true';
}
