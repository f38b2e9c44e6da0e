import { expect, test } from 'vitest';
import { whyNotMovable } from '../../../src/cgroup/movable';
import { FakeCgroups } from '../support/fakeCgroups';

const host = new FakeCgroups('v2');
host.start(1, { command: ['/sbin/init'] });
host.start(2, { command: [], kernelThread: true });
host.start(700, { uid: 1_000 });
host.start(800, { uid: 1_001 });
host.start(900, { uid: 1_000, state: 'Z' });

test.each([
  ['one of ours', 700, 1_000, undefined],
  ['anybody\'s, for root', 800, 0, undefined],
  ['another user\'s', 800, 1_000, /another user \(number 1001\).*sudo/],
  ['a thread of the kernel', 2, 0, /thread of the kernel/],
  ['process 1', 1, 0, /first of the machine/],
  ['one that has ended and waits for its parent', 900, 1_000, /no process 900/],
  ['a number that no process has', 12_345, 1_000, /no process 12345/],
  ['no number', NaN, 1_000, /no process/],
])('%s', async (_, pid, uid, reason) => {
  const said = await whyNotMovable(host, pid, uid);
  if (reason === undefined) { expect(said).toBeUndefined(); } else { expect(said).toMatch(reason); }
});
