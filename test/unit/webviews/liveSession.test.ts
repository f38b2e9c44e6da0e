import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock';
import { connect } from '../../../src/engine/connect';
import { EngineConnection } from '../../../src/engine/connection';
import { LimitHistory } from '../../../src/engine/limitHistory';
import { limitLabel, LiveSession } from '../../../src/webviews/liveSession';
import type { LiveSample, ToLivePage } from '../../../src/webviews/protocol';
import { EngineServer } from '../support/engineServer';
import { RecordingLog } from '../support/recordingLog';
import { SimulatedKernel } from '../support/simulatedKernel';
import { tempDir } from '../support/tempDir';
import { record, until } from '../support/until';

const id = '0123456789abcdef'.repeat(4);
const limited = { NanoCpus: 0, CpuQuota: 10_000, CpuPeriod: 100_000 };
const unlimited = { NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0 };

let path: string;
let server: EngineServer;
let kernel: SimulatedKernel;
let log: RecordingLog;
let connection: EngineConnection;
let limits: LimitHistory;

beforeEach(async () => {
  path = join(tempDir(), 'docker.sock');
  server = new EngineServer();
  await server.listen(path);
  server.add(id, { name: 'demo' });
  kernel = new SimulatedKernel(id);
  kernel.start(4242);
  log = new RecordingLog();
  connection = new EngineConnection({ connect: (endpoint) => connect(endpoint), log, findCandidates: () => Promise.resolve([{ endpoint: { kind: 'unix', path }, reason: '' }]) });
  limits = new LimitHistory(connection.containers, systemClock);
  onTestFinished(() => connection.dispose());
  connection.start();
  // The limits too: a page is opened by somebody who sees the container in the list.
  await until(connection.containers.onDidChange, () => connection.containers.get(id) !== undefined);
  while (connection.containers.get(id)?.cpuLimit === undefined) { await connection.containers.readLimit(id); }
});

function open(): { session: LiveSession; messages: ToLivePage[]; samples: () => LiveSample[]; has: (condition: () => boolean) => Promise<void> } {
  const session = new LiveSession({ connection, limits, containerId: id, host: kernel, clock: systemClock, log, l10nBundle: undefined });
  onTestFinished(() => session.dispose());
  const messages = record(session.onMessage);
  return {
    session, messages,
    samples: () => messages.flatMap((message) => message.type === 'samples' ? message.samples : []),
    has: (condition) => until(session.onMessage, condition),
  };
}

const markersOf = (messages: readonly ToLivePage[]): ToLivePage[] => messages.filter(({ type }) => type === 'marker');
const statesOf = (messages: readonly ToLivePage[]): string[] => messages.flatMap((message) => message.type === 'state' ? [message.state] : []);

describe('where this machine owns the container\'s control group', () => {
  test('its own files are read, five times a second, and the page is told so', async () => {
    const { session, messages, samples, has } = open();
    await has(() => samples().length >= 6);
    expect(messages.find(({ type }) => type === 'init')).toMatchObject({ source: 'cgroup', name: 'demo', image: 'python:3-alpine', machineCpus: 4, state: 'running' });
    expect(samples()[0]).toMatchObject({ cores: null, capCores: null });
    expect(samples().at(-1)?.cores).toBeCloseTo(1, 1);
    expect(samples().at(-1)?.throttledShare).toBeNull();
    expect(session.snapshot()).toMatchObject({ samples: samples(), figures: { account: { cores: expect.closeTo(1, 1) as unknown } } });
    expect(server.requests).not.toContain(`GET /containers/${id}/stats`);
  });

  test('a new limit is one marker, however many tell of it, and the kernel\'s account shows that it holds', async () => {
    const { session, messages, samples, has } = open();
    await has(() => samples().length >= 2);
    kernel.limit(0.1);
    server.add(id, { name: 'demo', cpu: limited });
    server.emit('update', id);
    await until(connection.containers.onDidChange, () => connection.containers.get(id)?.cpuLimit?.cores === 0.1);
    const before = samples().length;
    await has(() => samples().length >= before + 6);
    expect(markersOf(messages)).toMatchObject([{ marker: { capCores: 0.1, label: '10 % of a core' }, figures: { capCores: 0.1 } }]);
    const { account, capCores } = session.figures();
    expect(capCores).toBe(0.1);
    expect(account?.cores).toBeCloseTo(0.1, 1);
    expect(account?.periods).toBeGreaterThan(5);
    expect(samples().at(-1)).toMatchObject({ capCores: 0.1, throttledShare: 1 });
  });

  test('lifting the limit is the second marker', async () => {
    kernel.limit(0.1);
    server.add(id, { name: 'demo', cpu: limited });
    const { messages, samples, has } = open();
    await has(() => samples().length >= 2);
    kernel.limit(undefined);
    await has(() => markersOf(messages).some((message) => message.type === 'marker' && message.marker.capCores === null));
    expect(markersOf(messages).at(-1)).toMatchObject({ marker: { capCores: null, label: 'no limit' } });
  });

  test('a limit of all CPUs or more is none', async () => {
    const { messages, samples, has } = open();
    await has(() => samples().length >= 2);
    kernel.limit(4);
    const before = samples().length;
    await has(() => samples().length >= before + 3);
    expect(markersOf(messages)).toEqual([]);
    expect(samples().at(-1)?.capCores).toBeNull();
  });

  test('a stop is a gap and a word, and nothing is read any more; a start goes on with what was', async () => {
    const { session, messages, samples, has } = open();
    await has(() => samples().length >= 3);
    kernel.stop();
    server.add(id, { name: 'demo', state: 'exited', status: 'Exited (0) 1 second ago', pid: 0 });
    server.emit('die', id);
    await has(() => statesOf(messages).includes('stopped'));
    expect(samples().at(-1)?.cores).toBeNull();
    expect(session.snapshot()).toMatchObject({ state: 'stopped' });
    const before = samples().length;
    const { reads } = kernel;
    await new Promise((resolve) => { setTimeout(resolve, 450); });
    expect(kernel.reads).toBe(reads);

    kernel.start(4343);
    server.add(id, { name: 'demo', pid: 4343 });
    server.emit('start', id);
    await has(() => samples().length >= before + 3);
    expect(statesOf(messages)).toEqual(['stopped', 'running']);
    expect(samples().slice(before).map(({ cores }) => cores === null)).toEqual([true, false, false]);
    const snapshot = session.snapshot();
    expect(snapshot.type === 'init' && snapshot.samples).toEqual(samples());
    expect(markersOf(messages)).toEqual([]);
  });

  test('a restart that is over before anybody asked reads the new life\'s files', async () => {
    const { samples, has } = open();
    await has(() => samples().length >= 3);
    kernel.start(4343);
    server.add(id, { name: 'demo', pid: 4343 });
    server.emit('start', id);
    const before = samples().length;
    await has(() => samples().length >= before + 4);
    expect(samples().at(-1)?.cores).toBeCloseTo(1, 1);
    expect(samples().filter(({ cores }) => cores !== null && cores < 0)).toEqual([]);
  });

  test('a paused container goes on being watched, and is said to be paused', async () => {
    const { messages, samples, has } = open();
    await has(() => samples().length >= 2);
    kernel.use(0);
    server.add(id, { name: 'demo', state: 'paused', status: 'Up (Paused)' });
    server.emit('pause', id);
    await has(() => statesOf(messages).includes('paused'));
    const before = samples().length;
    await has(() => samples().length >= before + 6);
    expect(samples().at(-1)?.cores).toBeCloseTo(0, 1);
  });

  test('a removal is told, and ends the reading', async () => {
    const { messages, samples, has } = open();
    await has(() => samples().length >= 2);
    kernel.stop();
    server.containers.clear();
    server.emit('destroy', id);
    await has(() => statesOf(messages).includes('removed'));
    expect(samples().at(-1)?.cores).toBeNull();
  });

  test('a page that is hidden is read for once a second', async () => {
    const { session, samples, has } = open();
    await has(() => samples().length >= 2);
    session.setVisible(false);
    const before = samples().length;
    await has(() => samples().length >= before + 3);
    const [last = 0, earlier = 0] = kernel.readAt.toReversed();
    expect(last - earlier).toBeGreaterThan(900);
  });

  test('a page that is closed reads nothing any more, and hears nothing', async () => {
    const { session, messages, samples, has } = open();
    await has(() => samples().length >= 2);
    const heard = messages.length;
    session.dispose();
    const { reads } = kernel;
    await until(server.onRequest, () => server.readers(`logs ${id}`) === 0);
    await new Promise((resolve) => { setTimeout(resolve, 450); });
    expect(kernel.reads).toBe(reads);
    // Not even the gap that the end makes: the page is gone, and VS Code throws at who posts to it.
    expect(messages.length).toBe(heard);
  });
});

describe('where the control group is another machine\'s', () => {
  beforeEach(() => kernel.stop());

  test('the engine\'s stats are read, at the engine\'s times', async () => {
    const { messages, samples, has } = open();
    await until(server.onRequest, () => server.readers(`stats ${id}`) === 1);
    const now = Date.now();
    server.stats(id, now, 1_000_000);
    server.stats(id, now + 1_000, 1_500_000);
    await has(() => samples().length === 2);
    expect(messages.find(({ type }) => type === 'init')).toMatchObject({ source: 'stats' });
    expect(samples()[1]).toMatchObject({ cores: 0.5 });
    expect(kernel.reads).toBe(0);
  });

  test('the limit is the engine\'s word, and one marker', async () => {
    const { session, messages, has } = open();
    await until(server.onRequest, () => server.readers(`stats ${id}`) === 1);
    server.add(id, { name: 'demo', cpu: limited });
    server.emit('update', id);
    await has(() => markersOf(messages).length > 0);
    server.add(id, { name: 'demo', cpu: limited, status: 'Up 2 seconds' });
    server.emit('rename', id);
    await until(connection.containers.onDidChange, () => connection.containers.get(id)?.status === 'Up 2 seconds');
    expect(markersOf(messages)).toMatchObject([{ marker: { capCores: 0.1 } }]);
    expect(session.figures().capCores).toBe(0.1);
  });

  test('the stats are not asked for any more when the page is closed', async () => {
    const { session } = open();
    await until(server.onRequest, () => server.readers(`stats ${id}`) === 1);
    session.dispose();
    await until(server.onRequest, () => server.readers(`stats ${id}`) === 0 && server.readers(`logs ${id}`) === 0);
  });
});

describe('the program\'s rate', () => {
  test('is read from its log, at the times that the engine wrote beside the lines, and all else is passed over', async () => {
    const { messages, has } = open();
    await until(server.onRequest, () => server.readers(`logs ${id}`) === 1);
    const at = Date.now();
    server.log(id, at, '12 calculations, 11.834 per second');
    server.log(id, at + 100, '<img src=x onerror=alert(1)> \x1b]0;title\x07 **not a rate**');
    server.log(id, at + 1_000, '11 calculations, 10.5 per second');
    await has(() => messages.some(({ type }) => type === 'rates'));
    await has(() => messages.flatMap((message) => message.type === 'rates' ? message.rates : []).length === 2);
    expect(messages.flatMap((message) => message.type === 'rates' ? message.rates : [])).toEqual([{ at, perSecond: 11.834 }, { at: at + 1_000, perSecond: 10.5 }]);
  });

  test('that cannot be read costs the rate, not the CPU', async () => {
    server.intercept = (_request, response, asked) => {
      if (asked.endsWith('/logs')) { response.writeHead(501).end('{"message":"configured logging driver does not support reading"}'); }
      return asked.endsWith('/logs');
    };
    const { samples, has } = open();
    await has(() => samples().length >= 3);
    expect(log.lines.join()).toContain('does not support reading');
  });
});

test('a lost engine is a gap and a word, and when it is back the page goes on with what was', async () => {
  const { messages, samples, has } = open();
  await has(() => samples().length >= 3);
  await server.kill();
  await has(() => statesOf(messages).includes('disconnected'));
  expect(statesOf(messages)).toEqual(['disconnected']);
  expect(samples().at(-1)?.cores).toBeNull();
  const before = samples().length;
  await server.listen(path);
  await has(() => samples().length >= before + 3);
  expect(statesOf(messages)).toEqual(['disconnected', 'running']);
  expect(samples().at(-1)?.cores).toBeCloseTo(1, 1);
  expect(markersOf(messages)).toEqual([]);
});

test('a page that is opened after the limit was set still shows when that was', async () => {
  const change = Date.now();
  kernel.limit(0.1);
  server.add(id, { name: 'demo', cpu: limited });
  server.emit('update', id);
  await until(connection.containers.onDidChange, () => connection.containers.get(id)?.cpuLimit?.cores === 0.1);
  const { session, samples, has } = open();
  await has(() => samples().length >= 2);
  const snapshot = session.snapshot();
  expect(snapshot.type === 'init' && snapshot.markers).toEqual([{ at: expect.closeTo(change, -4) as unknown, capCores: 0.1, label: '10 % of a core' }]);
});

test('a page of a container that does not run waits for it', async () => {
  kernel.stop();
  server.add(id, { name: 'demo', state: 'exited', status: 'Exited (0)', pid: 0, cpu: unlimited });
  server.emit('die', id);
  await until(connection.containers.onDidChange, () => connection.containers.get(id)?.state === 'exited');
  const { session, samples, has } = open();
  expect(session.snapshot()).toMatchObject({ state: 'stopped', name: 'demo', samples: [] });
  kernel.start(4343);
  server.add(id, { name: 'demo', pid: 4343 });
  server.emit('start', id);
  await has(() => samples().length >= 2);
  expect(session.snapshot()).toMatchObject({ state: 'running' });
});

test.each([[null, 'no limit'], [0.1, '10 % of a core'], [0.125, '12.5 % of a core'], [1, '100 % of a core'], [2, '200 % of a core'], [0.3333333, '33.3 % of a core']])('a limit of %s is called "%s"', (cores, label) => {
  expect(limitLabel(cores)).toBe(label);
});
