import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HumanError } from '../../../src/base/errors';
import * as wire from '../../../src/engine/anatomyWire';

test('a container\'s parts', () => {
  expect(wire.toAnatomy({
    Id: 'c1', Name: '/web', Image: 'sha256:1', SizeRw: 12, State: { Status: 'running', Pid: 7 }, Config: { Image: 'nginx:1' }, Driver: 'overlay2',
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: '/l2:/l1', UpperDir: '/u', Odd: 7 } },
    HostConfig: { Privileged: false, CapAdd: ['CAP_SYS_NICE', 'NET_ADMIN'], CapDrop: null, PidMode: 'host', IpcMode: 'private', NetworkMode: 'container:c2', UTSMode: '', Memory: 1e6, PidsLimit: -1, CpuQuota: 10_000, CpuPeriod: 100_000 },
    Mounts: [{ Type: 'volume', Name: 'data', Source: '/var/lib/x', Destination: '/data', RW: true }, { Type: 'bind', Source: '/etc/x', Destination: '/x', RW: false }],
    NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2', Gateway: '172.17.0.1', MacAddress: '02:42' } }, Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '443/tcp': null } },
  })).toEqual({
    id: 'c1', name: 'web', image: 'nginx:1', imageId: 'sha256:1', state: 'running', pid: 7, privileged: false, capAdd: ['SYS_NICE', 'NET_ADMIN'], capDrop: [],
    shares: { pid: 'host', net: 'container:c2' }, storage: { driver: 'overlay2', data: { LowerDir: '/l2:/l1', UpperDir: '/u' } }, writtenBytes: 12,
    mounts: [{ kind: 'volume', source: 'data', destination: '/data', writable: true }, { kind: 'bind', source: '/etc/x', destination: '/x', writable: false }],
    networks: [{ network: 'bridge', address: '172.17.0.2', gateway: '172.17.0.1', mac: '02:42' }],
    ports: [{ containerPort: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 }, { containerPort: 443, protocol: 'tcp' }],
    limits: { nanoCpus: 0, cpuQuota: 10_000, cpuPeriod: 100_000, memoryBytes: 1e6, pids: 0 },
  });
});

test('its processes, in Docker\'s columns and in Podman\'s', () => {
  expect(wire.toListedProcesses({ Titles: ['UID', 'PID', 'PPID', 'CMD'], Processes: [['root', '7', '1', 'sh -c x']] })).toEqual([{ pid: 7, command: 'sh -c x' }]);
  expect(wire.toListedProcesses({ Titles: ['HPID', 'PID', 'COMMAND'], Processes: [['7', '1', 'sh'], ['?', '2', 'x']] })).toEqual([{ pid: 7, command: 'sh' }]);
});

test('what an engine has', () => {
  expect(wire.toCounts({ Images: 3, Containers: 5, ContainersRunning: 2 }, 3, 1)).toEqual({ images: 3, containers: 5, running: 2, networks: 3, volumes: 1 });
  expect(wire.toCounts(null, 0, 0)).toEqual({ images: 0, containers: 0, running: 0, networks: 0, volumes: 0 });
});

test.each<[string, (value: unknown) => unknown]>([
  ['toAnatomy', wire.toAnatomy], ['toListedProcesses', wire.toListedProcesses], ['toHistory', wire.toHistory], ['toLayers', wire.toLayers], ['toCounts', (value) => wire.toCounts(value, 0, 0)],
])('%s takes whatever comes, and throws nothing but an error for people', (_, read) => {
  fc.assert(fc.property(fc.anything(), (value) => {
    try {
      read(value);
    } catch (error) {
      expect(error).toBeInstanceOf(HumanError);
    }
  }), { numRuns: 300 });
});

test('a port that is none is not passed on as a number', () => {
  expect(wire.toAnatomy({ Id: 'x', NetworkSettings: { Ports: { '80/tcp': [{ HostPort: 'web' }, { HostPort: '8080' }], '-5/tcp': null, 'x': null, '53/udp': null } } }).ports).toEqual([
    { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 0 }, { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 8080 }, { containerPort: 53, protocol: 'udp' },
  ]);
});
