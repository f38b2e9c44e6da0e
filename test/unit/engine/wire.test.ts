import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HumanError } from '../../../src/base/errors';
import { MalformedStream } from '../../../src/engine/errors';
import * as wire from '../../../src/engine/wire';

/** A row of Docker 20.10's list. */
const row = {
  Id: 'abc', Names: ['/silly_name'], Image: 'hello-world', ImageID: 'sha256:9', Command: '/hello', Created: 1_700_000_000,
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }, { PrivatePort: 443, Type: 'tcp' }],
  Labels: { a: 'b' }, State: 'exited', Status: 'Exited (0) 3 minutes ago', HostConfig: { NetworkMode: 'default' }, Mounts: [],
};

describe('a container to create', () => {
  test('says only what was asked for', () => {
    const sent = (spec: Parameters<typeof wire.fromContainerSpec>[0]): unknown => JSON.parse(JSON.stringify(wire.fromContainerSpec(spec)));
    expect(sent({ image: 'a', name: 'n', labels: { l: '1' } })).toEqual({ Image: 'a', Labels: { l: '1' } });
    expect(sent({ image: 'a', labels: {}, command: ['b', 'c'], host: { pidMode: 'host', binds: ['/a:/b:rw'] } })).toEqual({ Image: 'a', Labels: {}, Cmd: ['b', 'c'], HostConfig: { PidMode: 'host', Binds: ['/a:/b:rw'] } });
    expect(sent({ image: 'a', labels: {}, host: { cgroupnsMode: 'host', capAdd: ['SYS_NICE'], networkMode: 'none', readonlyRootfs: true, securityOpt: ['no-new-privileges'] } })).toMatchObject({
      HostConfig: { CgroupnsMode: 'host', CapAdd: ['SYS_NICE'], NetworkMode: 'none', ReadonlyRootfs: true, SecurityOpt: ['no-new-privileges'] },
    });
  });
});

test.each([
  [{ Running: false, ExitCode: 0 }, 0], [{ Running: false, ExitCode: 137 }, 137], [{ Running: true, ExitCode: null }, undefined], [{ Running: true, ExitCode: 0 }, undefined],
  [{ Running: false, ExitCode: null }, undefined], [{}, undefined], [null, undefined],
])('a command in a container of which the engine says %j has the exit code %j', (value, code) => {
  expect(wire.toExecExitCode(value)).toBe(code);
});

test.each([
  [{ Path: '/etc', Kind: 0 }, { path: '/etc', kind: 'modified' }], [{ Path: '/made', Kind: 1 }, { path: '/made', kind: 'added' }], [{ Path: '/bin/ls', Kind: 2 }, { path: '/bin/ls', kind: 'deleted' }],
  [{ Path: '/a', Kind: 7 }, undefined], [{ Kind: 1 }, undefined], [{ Path: '/b' }, undefined], ['x', undefined], [null, undefined],
])('the change %j of a container\'s file reads as %j', (value, change) => {
  expect(wire.toFileChange(value)).toEqual(change);
});

describe('a row of the list', () => {
  test('is read as Docker writes it', () => {
    expect(wire.toSummary(row)).toEqual({
      id: 'abc', name: 'silly_name', image: 'hello-world', imageId: 'sha256:9', command: '/hello', createdAt: 1_700_000_000_000, labels: { a: 'b' }, state: 'exited', status: 'Exited (0) 3 minutes ago',
      ports: [{ containerPort: 80, protocol: 'tcp', hostPort: 8080, hostIp: '0.0.0.0' }, { containerPort: 443, protocol: 'tcp' }],
    });
  });

  test('goes by the container\'s own name, not by one that a link gave it', () => {
    expect(wire.toSummary({ ...row, Names: ['/app/db', '/database'] }).name).toBe('database');
  });

  test.each([['running', 'running'], ['Paused', 'paused'], ['configured', 'created'], ['stopped', 'exited'], ['something new', 'dead'], [7, 'dead'], [undefined, 'dead']])('in the state %j counts as %s', (State, state) => {
    expect(wire.toSummary({ ...row, State }).state).toBe(state);
  });

  test('with fields of the wrong type loses those, not the container', () => {
    expect(wire.toSummary({ Id: 'abc', Names: 'x', Image: 7, Created: 'yesterday', Labels: ['x'], Ports: { a: 1 }, Status: null })).toEqual({
      id: 'abc', name: '', image: '', imageId: '', command: '', createdAt: 0, labels: { 0: 'x' }, state: 'dead', status: '', ports: [],
    });
    expect(wire.toSummary({ Id: 'abc', Names: [null, '/n'], Labels: { a: 1, b: 'c' }, Created: NaN, Ports: [null, 5] })).toMatchObject({ name: 'n', labels: { b: 'c' }, createdAt: 0, ports: [{ containerPort: 0 }, { containerPort: 0 }] });
  });

  test.each([undefined, null, 7, 'text', [], {}, { Id: '' }, { Id: 7 }, { id: 'abc' }])('that is %j has no id and is refused', (value) => {
    expect(() => wire.toSummary(value)).toThrow(MalformedStream);
  });
});

describe('the details of a container', () => {
  test('are read as Docker writes them', () => {
    expect(wire.toDetails({
      Id: 'abc', Name: '/demo', Image: 'sha256:9', State: { Status: 'running', Pid: 77, ExitCode: 0, Error: '', StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' },
      Config: { Image: 'python:3-alpine', Tty: true }, HostConfig: { NanoCpus: 0, CpuQuota: 10_000, CpuPeriod: 100_000, Memory: 4_194_304, MemorySwap: -1, PidsLimit: null, CpuShares: 512 },
    })).toEqual({
      id: 'abc', name: 'demo', image: 'python:3-alpine', state: 'running', exitCode: 0, error: '', pid: 77, tty: true, startedAt: '2026-01-01T00:00:00Z', finishedAt: '0001-01-01T00:00:00Z',
      cpu: { nanoCpus: 0, cpuQuota: 10_000, cpuPeriod: 100_000 }, resources: { memoryBytes: 4_194_304, memorySwapBytes: -1, pidsLimit: 0, cpuShares: 512 },
    });
  });

  test('without their parts are still details', () => {
    expect(wire.toDetails({ Id: 'abc' })).toMatchObject({ pid: 0, tty: false, state: 'dead', cpu: { nanoCpus: 0, cpuQuota: 0, cpuPeriod: 0 } });
  });
});

describe('an event', () => {
  const expected = { type: 'container', action: 'start', id: 'abc', attributes: { name: 'demo' }, at: 1_700_000_000_123.456 };

  test('in today\'s words and in the old ones says the same', () => {
    expect(wire.toEvent({ Type: 'container', Action: 'start', Actor: { ID: 'abc', Attributes: { name: 'demo' } }, time: 1_700_000_000, timeNano: 1_700_000_000_123_456_000 })).toEqual(expected);
    expect(wire.toEvent({ status: 'start', id: 'abc', time: 1_700_000_000 })).toEqual({ ...expected, attributes: {}, at: 1_700_000_000_000 });
  });

  test.each([undefined, null, 7, [], {}, { Action: 7 }, { Type: 'container' }])('that is %j is none', (value) => {
    expect(wire.toEvent(value)).toBeUndefined();
  });
});

describe('a stats sample', () => {
  test('is in microseconds and on the engine\'s clock', () => {
    expect(wire.toStats({
      read: '2026-01-01T00:00:01.5Z', cpu_stats: { cpu_usage: { total_usage: 1_500_000 }, throttling_data: { periods: 10, throttled_periods: 9, throttled_time: 2_000 } }, memory_stats: { usage: 4_096 },
    })).toEqual({ readAt: Date.parse('2026-01-01T00:00:01.5Z'), usageMicros: 1_500, nrPeriods: 10, nrThrottled: 9, throttledMicros: 2, memoryBytes: 4_096 });
  });

  test.each([{ read: '0001-01-01T00:00:00Z' }, {}, null, { read: 7 }, { read: 'soon' }])('of a container that does not run (%j) is none', (value) => {
    expect(wire.toStats(value)).toBeUndefined();
  });
});

describe('an image', () => {
  test('has its labels where the list and where an inspect put them, and no tag that is none', () => {
    expect(wire.toImage({ Id: 'i', RepoTags: ['<none>:<none>', 'a:1'], Labels: { x: 'y' }, Size: 5, Created: 7 })).toEqual({ id: 'i', tags: ['a:1'], labels: { x: 'y' }, sizeBytes: 5, createdAt: 7_000 });
    expect(wire.toImage({ Id: 'i', RepoTags: null, Config: { Labels: { x: 'y' } } })).toEqual({ id: 'i', tags: [], labels: { x: 'y' }, sizeBytes: 0, createdAt: 0 });
  });
});

test.each([
  ['hello-world', { fromImage: 'hello-world', tag: 'latest' }],
  ['python:3-alpine', { fromImage: 'python', tag: '3-alpine' }],
  ['localhost:5000/team/app', { fromImage: 'localhost:5000/team/app', tag: 'latest' }],
  ['localhost:5000/team/app:1.2', { fromImage: 'localhost:5000/team/app', tag: '1.2' }],
  ['app@sha256:0123', { fromImage: 'app@sha256:0123' }],
  ['localhost:5000/app:1@sha256:0123', { fromImage: 'localhost:5000/app:1@sha256:0123' }],
])('%s is pulled with one tag, never with all', (reference, query) => {
  expect(wire.fromReference(reference)).toEqual(query);
});

test('only what is to change of a container is sent', () => {
  const sent = (change: Parameters<typeof wire.fromUpdate>[0]): unknown => JSON.parse(JSON.stringify(wire.fromUpdate(change)));
  expect(sent({ cpuQuota: -1 })).toEqual({ CpuQuota: -1 });
  expect(sent({ cpuQuota: 10_000, cpuPeriod: 100_000 })).toEqual({ CpuQuota: 10_000, CpuPeriod: 100_000 });
  expect(sent({ nanoCpus: 0 })).toEqual({ NanoCpus: 0 });
  expect(sent({ memoryBytes: 100, memorySwapBytes: 200 })).toEqual({ Memory: 100, MemorySwap: 200 });
  expect(sent({ pidsLimit: -1 })).toEqual({ PidsLimit: -1 });
});

describe('the facts of an engine', () => {
  test('hold how far its clock is from ours', () => {
    const facts = wire.toFacts({ ID: 'e', Name: 'host', NCPU: 8, CgroupVersion: '2', CgroupDriver: 'systemd', SystemTime: '2026-01-01T00:00:10Z', Architecture: 'x86_64' }, { Version: '28.2.2', ApiVersion: '1.50' }, Date.parse('2026-01-01T00:00:00Z'));
    expect(facts).toMatchObject({ id: 'e', name: 'host', cpus: 8, cgroupVersion: '2', version: '28.2.2', apiVersion: '1.50', clockOffsetMillis: 10_000 });
  });

  test('are guessed carefully where the engine says nothing', () => {
    expect(wire.toFacts({}, null, 0)).toMatchObject({ cpus: 1, cgroupVersion: 'unknown', clockOffsetMillis: 0, version: '' });
    expect(wire.toFacts({ NCPU: -1, CgroupVersion: 2, SystemTime: 'now' }, {}, 5)).toMatchObject({ cpus: 1, cgroupVersion: 'unknown', clockOffsetMillis: 0 });
  });
});

/** JSON that nearly is Docker's: its field names with anything in them. */
const fields = ['Id', 'Names', 'State', 'Status', 'Labels', 'Ports', 'Created', 'HostConfig', 'Config', 'Actor', 'Action', 'status', 'read', 'cpu_stats', 'RepoTags', 'progressDetail', 'errorDetail', 'error', 'StatusCode', 'NCPU', 'SystemTime', 'timeNano'];
const anything = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.jsonValue(), fc.constantFrom(NaN, -1, Infinity, null, undefined, [], {}, ['/x'], 'text'))));

test.each<[string, (value: unknown) => unknown]>([
  ['toSummary', wire.toSummary], ['toDetails', wire.toDetails], ['toEvent', wire.toEvent], ['toStats', wire.toStats], ['toImage', wire.toImage], ['toExitCode', wire.toExitCode],
  ['toPullMessage', wire.toPullMessage], ['toFacts', (value) => wire.toFacts(value, value, 0)], ['toId', wire.toId],
])('%s takes whatever comes, and throws nothing but an error for people', (_, read) => {
  fc.assert(fc.property(anything, (value) => {
    try {
      read(value);
    } catch (error) {
      expect(error).toBeInstanceOf(HumanError);
    }
  }), { numRuns: 300 });
});

test('a figure that is none, or more than a number can be, is not passed on', () => {
  const huge = JSON.parse('1e308') as number;
  const infinite = JSON.parse('1e999') as number;
  expect(wire.toSummary({ ...row, Created: huge }).createdAt).toBe(0);
  expect(wire.toEvent({ Action: 'start', time: huge })?.at).toBe(0);
  expect(wire.toPullMessage({ status: 'Downloading', progressDetail: { current: infinite, total: -5 } })).toEqual({ status: 'Downloading', current: 0, total: 0 });
  expect(wire.toDetails({ Id: 'abc', State: { Pid: -7 }, HostConfig: { CpuQuota: 1, CpuPeriod: 5e-324, CpuShares: -2, NanoCpus: -1 } })).toMatchObject({ pid: 0, cpu: { nanoCpus: 0, cpuPeriod: 0 }, resources: { cpuShares: 0 } });
  expect(wire.toExecExitCode({ Running: false, ExitCode: infinite })).toBeUndefined();
  expect(wire.toFacts({ NCPU: 2.5, MemTotal: -1 }, {}, 0)).toMatchObject({ cpus: 2, memoryBytes: 0 });
});
