import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock';
import { connect } from '../../../src/engine/connect';
import type { Engine } from '../../../src/engine/engine';
import { FlightRecorder, mostRecorded, type RecordedRequest } from '../../../src/engine/recorder';
import { EngineServer } from '../support/engineServer';
import { FakeClock } from '../support/fakeClock';
import { rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';

let server: EngineServer;
let recorder: FlightRecorder;
let engine: Engine;

beforeEach(async () => {
  const path = join(tempDir(), 'docker.sock');
  server = new EngineServer();
  await server.listen(path);
  recorder = new FlightRecorder(systemClock);
  engine = await connect({ kind: 'unix', path }, { recorder });
  onTestFinished(() => engine.dispose());
  await engine.negotiate();
});

/** The newest request of that path. */
function recorded(path: RegExp): RecordedRequest {
  return recorder.requests.findLast((request) => path.test(request.path)) ?? expect.fail(`nothing of ${path.source}`);
}

describe('a request', () => {
  test('is written down with its status, its times and its bytes', async () => {
    server.add('c1');
    await engine.listContainers();
    expect(recorded(/^\/containers\/json/)).toMatchObject({ method: 'GET', status: 200, sentBytes: 0, apiVersion: '1.41' });
    const { answeredAfter, endedAfter, receivedBytes, at } = recorded(/^\/containers\/json/);
    expect(answeredAfter).toBeGreaterThan(0);
    expect(endedAfter).toBeGreaterThanOrEqual(answeredAfter ?? Infinity);
    expect(receivedBytes).toBeGreaterThan(20);
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    expect(recorder.requests[0]).toMatchObject({ path: '/_ping', apiVersion: undefined });
  });

  test('that was refused has its status, one that nobody answered its reason', async () => {
    await rejection(engine.inspectContainer('nobody'));
    expect(recorded(/nobody/)).toMatchObject({ status: 404 });
    await server.kill();
    await rejection(engine.inspectContainer('nobody'));
    expect(recorded(/nobody/).status).toBeUndefined();
    expect(recorded(/nobody/).failure).not.toBe('');
    expect(recorded(/nobody/).endedAfter).toBeGreaterThanOrEqual(0);
  });

  test('whose answer still flows has no end until it is given up', async () => {
    const stop = new AbortController();
    const listening = (async () => { for await (const _ of engine.events(stop.signal, () => { })); })().catch(() => { });
    await expect.poll(() => recorded(/^\/events/).status).toBe(200);
    expect(recorded(/^\/events/).endedAfter).toBeUndefined();
    stop.abort();
    await listening;
    await expect.poll(() => recorded(/^\/events/).endedAfter).toBeGreaterThan(0);
  });

  test('keeps its body where that is harmless: no environment, nothing that is not JSON', () => {
    const clockless = new FlightRecorder(new FakeClock());
    const body = (path: string, sent: unknown): unknown => clockless.begin({ method: 'POST', path, body: sent }, '1.41').record.body;
    expect(JSON.stringify(body('/containers/create', { Image: 'i', Env: ['PASSWORD=x'] }))).toBe('{"Image":"i"}');
    expect(body('/containers/c1/update', { CpuQuota: 10_000 })).toEqual({ CpuQuota: 10_000 });
    expect(body('/auth', { password: 'x' })).toBeUndefined();
    expect(body('/containers/c1/exec', { Cmd: ['x'.repeat(5_000)] })).toBeUndefined();
  });
});

test('a flood of events pushes out the oldest events, and no request', () => {
  const told: number[] = [];
  recorder.onDidRecord(({ number }) => told.push(number));
  const requests = recorder.requests.length;
  for (let index = 0; index < 50_000; index += 1) { recorder.accept({ type: 'container', action: `a${index}`, id: 'c', attributes: {}, at: index }); }
  expect(recorder.events).toHaveLength(mostRecorded);
  expect(recorder.events[0]?.event.action).toBe(`a${50_000 - mostRecorded}`);
  expect(recorder.requests).toHaveLength(requests);
  expect(told).toHaveLength(50_000);
  for (let index = 0; index < 5_000; index += 1) { recorder.begin({ method: 'GET', path: `/p${index}` }, undefined); }
  expect(recorder.requests).toHaveLength(mostRecorded);
});
