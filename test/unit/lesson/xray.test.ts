import { describe, expect, test } from 'vitest';
import { describeLayers } from '../../../src/lesson/layers';
import { describeLimits } from '../../../src/lesson/resourceLimits';
import { xray } from '../../../src/lesson/xray';
import { MapHost } from '../support/mapHost';
import { ScriptedEngine } from '../support/scriptedEngine';

/** A machine with two containers' processes. */
class LinkHost extends MapHost {
  constructor(private readonly links: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) { super(files); }

  readlink(path: string): Promise<string> {
    const link = this.links[path];
    return link === undefined ? Promise.reject(Object.assign(new Error(`EACCES: ${path}`), { code: 'EACCES' })) : Promise.resolve(link);
  }
}

function engineWith(...ids: string[]): ScriptedEngine {
  const engine = new ScriptedEngine();
  for (const [index, id] of ids.entries()) { engine.addContainer(id, { command: 'sh' }, { pid: 100 + index }); }
  return engine;
}

function links(pid: number, numbers: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([kind, inode]) => [`/proc/${pid}/ns/${kind}`, `${kind}:[${inode}]`]));
}

const host = new LinkHost({
  ...links(1, { pid: 1, net: 2, mnt: 3, uts: 4, ipc: 5, user: 6 }), ...links(100, { pid: 11, net: 12, mnt: 13, uts: 4, ipc: 15, user: 6 }), ...links(101, { pid: 21, net: 12, mnt: 23, uts: 24, ipc: 25, user: 6 }),
}, {
  '/proc/100/status': 'Name:\tsh\nNSpid:\t100\t1\nCapEff:\t00000000a80425fb\n', '/proc/100/cgroup': '0::/docker/one\n', '/proc/self/mountinfo': '', '/proc/100/stat': '', '/proc/100/cmdline': 'sh\0',
});

const look = (engine: ScriptedEngine, more: Partial<Parameters<typeof xray>[0]> = {}) => xray({ engine, containerId: 'one', otherId: undefined, local: host, helper: undefined, ...more });

describe('namespaces', () => {
  test('are its own, the machine\'s, or shared with the container that it is compared with', async () => {
    const { namespaces, source } = await look(engineWith('one', 'two'), { otherId: 'two' });
    expect(source).toBe('kernel');
    expect(namespaces.map(({ kind, inode, relation, otherInode }) => [kind, inode, relation, otherInode])).toEqual([
      ['ipc', '15', 'own', '25'], ['mnt', '13', 'own', '23'], ['net', '12', 'shared', '12'], ['pid', '11', 'own', '21'], ['user', '6', 'host', '6'], ['uts', '4', 'host', '24'],
    ]);
  });

  test('of a container on another machine are what the engine was told, and the rest is said not to be known', async () => {
    const engine = engineWith('elsewhere');
    engine.anatomies.set('elsewhere', { shares: { pid: 'host', net: 'container:x' } });
    const found = await look(engine, { containerId: 'elsewhere' });
    expect(found.source).toBe('engine');
    expect(found.namespaces.find(({ kind }) => kind === 'pid')).toMatchObject({ inode: null, relation: 'host' });
    expect(found.namespaces.find(({ kind }) => kind === 'net')).toMatchObject({ inode: null, relation: 'unknown' });
    expect(found.unknown.join()).toContain('on another machine');
    expect(found.capabilities.effective).toBeNull();
    expect(found.processes).toEqual([{ pid: 100, inside: null, command: 'sh' }]);
  });

  test('come through the helper, where there is one', async () => {
    const engine = engineWith('elsewhere');
    const found = await look(engine, { containerId: 'elsewhere', helper: host });
    expect(found.source).toBe('helper');
    expect(found.namespaces.find(({ kind }) => kind === 'pid')).toMatchObject({ inode: '11', relation: 'own' });
    expect(found.processes).toEqual([{ pid: 100, inside: 1, command: 'sh' }]);
  });
});

test('its capabilities are the kernel\'s, and what failed is said and hides nothing else', async () => {
  const engine = engineWith('one');
  engine.before = (call) => { if (call.startsWith('imageHistory')) { throw new Error('no such image'); } };
  const found = await look(engine);
  expect(found.capabilities.effective).toContain('NET_RAW');
  expect(found.layers).toEqual([]);
  expect(found.unknown).toEqual(['no such image']);
  expect(found.processes).toEqual([{ pid: 100, inside: 1, command: 'sh' }]);
});

test('layers are the container\'s, the engine\'s and the image\'s, the uppermost first, with what made each', () => {
  const data = { LowerDir: '/init:/two:/one', UpperDir: '/upper' };
  const history = [{ createdBy: 'CMD sh', sizeBytes: 0 }, { createdBy: 'RUN two', sizeBytes: 20 }, { createdBy: 'ADD one', sizeBytes: 10 }];
  expect(describeLayers({ driver: 'overlay2', data }, ['sha256:1', 'sha256:2'], history)).toEqual([
    { kind: 'container', digest: null, folder: '/upper', sizeBytes: null, createdBy: null }, { kind: 'init', digest: null, folder: '/init', sizeBytes: null, createdBy: null },
    { kind: 'image', digest: 'sha256:2', folder: '/two', sizeBytes: 20, createdBy: 'RUN two' }, { kind: 'image', digest: 'sha256:1', folder: '/one', sizeBytes: 10, createdBy: 'ADD one' },
  ]);
  // A step that made a layer without a byte: which is which cannot be told.
  expect(describeLayers({ driver: 'vfs', data: {} }, ['sha256:1', 'sha256:2'], [{ createdBy: 'x', sizeBytes: 5 }])).toEqual([
    { kind: 'image', digest: 'sha256:2', folder: null, sizeBytes: null, createdBy: null }, { kind: 'image', digest: 'sha256:1', folder: null, sizeBytes: null, createdBy: null },
  ]);
});

test.each([
  [{ nanoCpus: 0, cpuQuota: 0, cpuPeriod: 0, memoryBytes: 0, pids: 0 }, ['none', 'none', 'none']],
  [{ nanoCpus: 5e8, cpuQuota: 0, cpuPeriod: 0, memoryBytes: 64e6, pids: 100 }, ['50 % of a core', '64 MB', '100']],
  [{ nanoCpus: 0, cpuQuota: 10_000, cpuPeriod: 0, memoryBytes: 0, pids: 0 }, ['10 % of a core', 'none', 'none']],
  [{ nanoCpus: 0, cpuQuota: -1, cpuPeriod: 100_000, memoryBytes: 0, pids: 0 }, ['none', 'none', 'none']],
])('limits %j read %j', (limits, values) => { expect(describeLimits(limits).map(({ value }) => value)).toEqual(values); });

test('groups that cannot be read, as when the helper ends meanwhile, are said not to be known', async () => {
  const broken = new LinkHost({}, { '/proc/100/cgroup': '0::/docker/one\n' });
  const found = await look(engineWith('one'), { local: broken });
  expect(found.groups).toEqual([]);
  expect(found.unknown.join()).toContain('/proc/self/mountinfo');
});
