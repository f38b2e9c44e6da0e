import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock';
import { type Sighting, watchStart } from '../../../src/cgroup/startWatch';
import { MapHost } from '../support/mapHost';

const id = 'a'.repeat(64);

/** A machine whose processes come and go as a test says. */
class ProcHost extends MapHost {
  constructor() { super({}); }

  list(): Promise<string[]> {
    const pids = new Set([...this.files.keys()].map((path) => path.split('/')[2] ?? ''));
    return Promise.resolve(['self', 'cpuinfo', ...pids]);
  }

  start(pid: number, parent: number, command: string, { inside = '', cgroup = '/' } = {}): void {
    const files = { status: `Name:\tx\nPPid:\t${parent}\nNSpid:\t${pid}${inside}\n`, cmdline: `${command.replaceAll(' ', '\0')}\0`, cgroup: `0::${cgroup}\n`, comm: `${command.split(' ')[0]?.slice(0, 15) ?? ''}\n` };
    for (const [file, text] of Object.entries(files)) { this.files.set(`/proc/${pid}/${file}`, text); }
  }
}

test('the shim, the runtime and the container\'s process are seen as they come, with who started them', async () => {
  const host = new ProcHost();
  host.start(1, 0, 'systemd');
  host.start(50, 1, `containerd-shim-runc-v2 -namespace moby -id ${'b'.repeat(64)}`);
  const seen: Sighting[] = [];
  const stop = new AbortController();
  const watching = watchStart(host, id, systemClock, (sighting) => seen.push(sighting), stop.signal);
  const comes = (count: number) => expect.poll(() => seen.length, { interval: 5 }).toBe(count);
  await new Promise(setImmediate);
  host.start(60, 1, 'sleep 1');
  // It only leaves the one that stays.
  host.start(61, 40, `containerd-shim-runc-v2 -namespace moby -id ${id} -address /run/containerd.sock start`);
  host.start(62, 1, `containerd-shim-runc-v2 -namespace moby -id ${id} -address /run/containerd.sock`);
  await comes(1);
  host.start(63, 62, `runc --root /run create --bundle /b ${id}`);
  await comes(2);
  // The runtime's child becomes the container.
  host.start(64, 63, 'runc init', { inside: '\t1', cgroup: `/docker/${id}` });
  await expect.poll(() => host.reads.filter((path) => path === '/proc/64/status').length, { interval: 5 }).toBeGreaterThan(2);
  expect(seen).toHaveLength(2);
  host.start(64, 62, '/hello', { inside: '\t1', cgroup: `/docker/${id}` });
  await watching;
  expect(seen.map(({ at: _, ...sighting }) => sighting)).toEqual([
    { role: 'shim', pid: 62, parent: 1, parentName: 'systemd', command: `containerd-shim-runc-v2 -namespace moby -id ${id} -address /run/containerd.sock` },
    { role: 'runtime', pid: 63, parent: 62, parentName: 'containerd-shim', command: `runc --root /run create --bundle /b ${id}` },
    { role: 'container', pid: 64, parent: 62, parentName: 'containerd-shim', command: '/hello', cgroup: `/docker/${id}` },
  ]);
});

test('a machine that runs nothing of it is looked at until the run is over, and one whose /proc cannot be listed, too', async () => {
  for (const host of [new ProcHost(), { list: () => Promise.reject(new Error('no')), read: () => Promise.reject(new Error('no')) }]) {
    const stop = new AbortController();
    const watching = watchStart(host, id, systemClock, () => expect.fail('nothing is there'), stop.signal);
    stop.abort();
    await watching;
  }
});
