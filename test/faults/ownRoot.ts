import { inspectMachine } from '../../src/cgroup/machine';
import type { GroupRoot } from '../../src/cgroup/observe';
import { rootOf } from '../../src/lesson/exercisePlace';
import { localHost } from '../engine/bench';

/** Where groups are made on this machine. */
export async function ownRoot(): Promise<GroupRoot> {
  const root = rootOf(await inspectMachine(localHost));
  if (root === undefined) { throw new Error('The kernel here has no groups that could limit CPU.'); }
  return root;
}
