import { expect, onTestFinished, test } from 'vitest';
import { buildHost } from '../faults/hosts/start';
import { demo, demoImage, figure, useBench } from './bench';

const bench = useBench(demoImage);

/** What separates a container's processes from the machine's: numbers, files of /proc, and the tree of groups of their own. */
const contained = ['unshare', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--cgroup'];

test('an extension host in a container, with the engine\'s socket in it, takes nobody\'s files for the container\'s: it counts by the engine\'s stats', async () => {
  const host = await buildHost('devContainer');
  onTestFinished(() => host.remove());
  const { id } = await demo(bench().engine);
  const looked = async (through: string[]) => {
    const { code, stdout, stderr } = await host.run([bench().host, id], through);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    figure(stdout);
    return JSON.parse(stdout) as { ownPid: number; group: { dir: string } | null; source: string; cores: number };
  };
  expect((await looked([])).source).toBe('cgroup');
  const inside = await looked(contained);
  expect(inside).toMatchObject({ group: null, source: 'stats' });
  expect(inside.ownPid).toBeLessThan(100);
  expect(inside.cores).toBeGreaterThan(0.1);
  await bench().removeContainers();
});
