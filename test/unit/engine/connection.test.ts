import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import { connect } from '../../../src/engine/connect';
import { type ConnectionInput, type ConnectionState, EngineConnection } from '../../../src/engine/connection';
import type { Candidate } from '../../../src/engine/contexts';
import { BadContext } from '../../../src/engine/contexts';
import { EngineUnreachable } from '../../../src/engine/errors';
import { EngineServer } from '../support/engineServer';
import { RecordingLog } from '../support/recordingLog';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';
import { tempDir } from '../support/tempDir';
import { record, until } from '../support/until';

let log: RecordingLog;
beforeEach(() => { log = new RecordingLog(); });

function make(input: Partial<ConnectionInput> & Pick<ConnectionInput, 'findCandidates'>): { connection: EngineConnection; states: ConnectionState[] } {
  const connection = new EngineConnection({ connect: (endpoint) => connect(endpoint), log, ...input });
  onTestFinished(() => connection.dispose());
  return { connection, states: record(connection.onDidChangeState) };
}

const socketAt = (path: string): Candidate => ({ endpoint: { kind: 'unix', path }, reason: 'the test' });
const is = (connection: EngineConnection, kind: ConnectionState['kind']): Promise<void> => until(connection.onDidChangeState, () => connection.state.kind === kind);
const kindsOf = (states: readonly ConnectionState[]): string[] => states.map(({ kind }) => kind);

describe('over a real socket', () => {
  let path: string;
  let server: EngineServer;
  let connection: EngineConnection;
  let states: ConnectionState[];

  beforeEach(async () => {
    path = join(tempDir(), 'docker.sock');
    server = new EngineServer();
    await server.listen(path);
    server.add('a');
    ({ connection, states } = make({ findCandidates: () => Promise.resolve([socketAt(path)]) }));
  });

  test('nothing is asked before somebody wants an engine', async () => {
    expect(connection.state.kind).toBe('idle');
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(server.requests).toEqual([]);
  });

  test('the list is there with the word "connected", and the events are already being listened to', async () => {
    connection.start();
    await is(connection, 'connected');
    expect(kindsOf(states)).toEqual(['connecting', 'connected']);
    expect([...connection.containers.containers].map(({ id }) => id)).toEqual(['a']);
    expect(server.requests.indexOf('GET /events')).toBeLessThan(server.requests.indexOf('GET /containers/json'));
  });

  test('starting twice connects once', async () => {
    connection.start();
    connection.start();
    await is(connection, 'connected');
    expect(server.requests.filter((request) => request === 'GET /_ping')).toHaveLength(1);
  });

  test('a container that appears is seen, and its event is passed on', async () => {
    const events = record(connection.onEvent);
    connection.start();
    await is(connection, 'connected');
    server.add('b', { state: 'created' });
    server.emit('create', 'b');
    await until(connection.containers.onDidChange, () => connection.containers.get('b') !== undefined);
    expect(events.map(({ action, id }) => `${action} ${id}`)).toEqual(['create b']);
  });

  test('nothing is polled while the event stream lives', async () => {
    connection.start();
    await is(connection, 'connected');
    await until(server.onRequest, () => server.requests.includes('GET /containers/a/json'));
    const before = server.requests.length;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(server.requests.length).toBe(before);
  });

  test('a daemon that dies is lost, and found again and listed anew as soon as its socket is back', async () => {
    // No timer goes off: what brings the connection back is the socket's appearance alone.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => { vi.useRealTimers(); });
    connection.start();
    await is(connection, 'connected');
    await server.kill();
    await is(connection, 'failed');
    expect(connection.state).toMatchObject({ attempts: [{ error: expect.objectContaining({ reason: 'lost' }) as unknown }] });
    expect(connection.containers.size).toBe(0);

    server.containers.clear();
    server.add('new');
    await server.listen(path);
    await is(connection, 'connected');
    expect([...connection.containers.containers].map(({ id }) => id)).toEqual(['new']);
    expect(kindsOf(states).slice(0, 3)).toEqual(['connecting', 'connected', 'failed']);
  });

  test('when it is lost its containers are not said to be removed: the state changes before the list goes', async () => {
    connection.start();
    await is(connection, 'connected');
    const seen: string[] = [];
    connection.containers.onDidChange(({ kind }) => seen.push(`${kind} while ${connection.state.kind}`));
    await server.kill();
    await is(connection, 'failed');
    expect(seen.filter((text) => text.startsWith('reset'))).toEqual(['reset while failed']);
  });

  test('a stream cut in the middle of an event is a lost engine, and the next connection is complete', async () => {
    connection.start();
    await is(connection, 'connected');
    server.write('events', '{"Type":"contai');
    server.cut('events');
    await is(connection, 'failed');
    expect(connection.state).toMatchObject({ attempts: [{ error: expect.objectContaining({ reason: 'lost' }) as unknown }] });
    server.add('b');
    connection.reconnect();
    await is(connection, 'connected');
    expect(connection.containers.size).toBe(2);
  });

  test('an engine that ends its event stream politely is going away too', async () => {
    connection.start();
    await is(connection, 'connected');
    server.end('events');
    await is(connection, 'failed');
    expect(connection.state).toMatchObject({ attempts: [{ error: expect.objectContaining({ reason: 'lost' }) as unknown }], retryMillis: 1_000 });
  });

  test('reconnecting while connected looks for the engine anew, and gives the old connection back', async () => {
    connection.start();
    await is(connection, 'connected');
    connection.reconnect();
    await is(connection, 'connecting');
    await is(connection, 'connected');
    expect(kindsOf(states)).toEqual(['connecting', 'connected', 'connecting', 'connected']);
    await until(server.onRequest, () => server.readers('events') === 1);
  });

  test('an engine whose list fails is not connected, and says why', async () => {
    server.intercept = (_request, response, asked) => {
      if (asked === '/containers/json') { response.writeHead(500).end('{"message":"database is locked"}'); }
      return asked === '/containers/json';
    };
    connection.start();
    await is(connection, 'failed');
    expect(kindsOf(states)).toEqual(['connecting', 'failed']);
    expect(log.lines.join()).toContain('database is locked');
  });

  test('an engine that holds its event stream\'s headers back until something happens is connected all the same', async () => {
    server.intercept = (_request, _response, asked) => asked === '/events';
    connection.start();
    await is(connection, 'connected');
    expect(connection.containers.size).toBe(1);
  });

  test('who needs the engine gets it when it is there', async () => {
    expect((await connection.engine()).endpoint).toEqual({ kind: 'unix', path });
    expect((await connection.engine()).endpoint).toEqual({ kind: 'unix', path });
  });

  test('who needs the engine after a failure makes it look again', async () => {
    await server.kill();
    expect(await rejection(connection.engine())).toMatchObject({ reason: 'absent' });
    const states = record(connection.onDidChangeState);
    expect(await rejection(connection.engine())).toMatchObject({ reason: 'absent' });
    expect(kindsOf(states)).toContain('connecting');
  });
});

describe('where it looks', () => {
  test('is each place in turn, until an engine answers', async () => {
    const dir = tempDir();
    const server = new EngineServer();
    await server.listen(join(dir, 'b.sock'));
    const { connection } = make({ findCandidates: () => Promise.resolve(['a', 'b', 'c'].map((name) => socketAt(join(dir, `${name}.sock`)))) });
    connection.start();
    await is(connection, 'connected');
    expect(connection.state).toMatchObject({ candidate: { endpoint: { path: join(dir, 'b.sock') } } });
  });

  test('is told in full when none answers, each place with its reason', async () => {
    const dir = tempDir();
    const { connection } = make({ findCandidates: () => Promise.resolve(['a', 'b'].map((name) => socketAt(join(dir, `${name}.sock`)))) });
    connection.start();
    await is(connection, 'failed');
    const { attempts } = connection.state as Extract<ConnectionState, { kind: 'failed' }>;
    expect(attempts.map(({ candidate, error }) => [candidate?.endpoint, 'reason' in error && error.reason])).toEqual(['a', 'b'].map((name) => [{ kind: 'unix', path: join(dir, `${name}.sock`) }, 'absent']));
    expect(log.lines.filter((line) => line.includes('no engine at unix://'))).toHaveLength(2);
  });

  test('may not be understood: that is a failure with its reason', async () => {
    const { connection } = make({ findCandidates: () => Promise.reject(new BadContext('odd', new Error('there is no such context.'))) });
    connection.start();
    await is(connection, 'failed');
    expect(connection.state).toMatchObject({ attempts: [{ candidate: undefined, error: expect.any(BadContext) as unknown }] });
    expect(await rejection(connection.engine())).toBeInstanceOf(BadContext);
  });

  test('in a folder that is not there yet leaves it to the timer', async () => {
    const { connection } = make({ findCandidates: () => Promise.resolve([socketAt('/nowhere/at/all/docker.sock')]) });
    connection.start();
    await is(connection, 'failed');
    expect(connection.state).toMatchObject({ retryMillis: 1_000 });
  });
});

describe('as time goes by', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  const far: Candidate = { endpoint: { kind: 'tcp', host: 'far', port: 2375 }, reason: 'the test' };
  const absent = (): Promise<never> => Promise.reject(new EngineUnreachable(far.endpoint, 'refused', 'nobody there'));
  const waits = (states: readonly ConnectionState[]): number[] => states.flatMap((state) => state.kind === 'failed' ? [state.retryMillis] : []);

  test('the waits double from 1 s up to 30 s, and go on for ever', async () => {
    const { connection, states } = make({ findCandidates: () => Promise.resolve([far]), connect: absent });
    const tries: number[] = [];
    connection.onDidChangeState(({ kind }) => { if (kind === 'failed') { tries.push(Date.now()); } });
    connection.start();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(waits(states).slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(tries.slice(1, 8).map((at, i) => at - (tries[i] ?? 0))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(tries.length).toBeGreaterThan(20);
  });

  test('each further attempt still tells of the last failure', async () => {
    const { connection, states } = make({ findCandidates: () => Promise.resolve([far]), connect: absent });
    connection.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states[2]).toMatchObject({ kind: 'connecting', attempts: [{ error: expect.objectContaining({ reason: 'refused' }) as unknown }] });
  });

  test('reconnecting ends a wait at once, and the waits begin anew', async () => {
    const { connection, states } = make({ findCandidates: () => Promise.resolve([far]), connect: absent });
    connection.start();
    await vi.advanceTimersByTimeAsync(16_000);
    expect(waits(states)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    connection.reconnect();
    await vi.advanceTimersByTimeAsync(0);
    expect(waits(states).slice(5)).toEqual([1_000]);
  });

  test('after a connection that stood the waits begin anew', async () => {
    const engine = new ScriptedEngine();
    let die = (): void => { };
    engine.events = async function* (_signal, connected) {
      connected();
      await new Promise<void>((resolve) => { die = resolve; });
      yield* [];
    };
    let there = false;
    const { connection, states } = make({ findCandidates: () => Promise.resolve([far]), connect: () => there ? Promise.resolve(engine) : absent() });
    connection.start();
    await vi.advanceTimersByTimeAsync(3_000);
    there = true;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(connection.state.kind).toBe('connected');
    there = false;
    die();
    await vi.advanceTimersByTimeAsync(0);
    expect(waits(states)).toEqual([1_000, 2_000, 4_000, 1_000]);
    expect(engine.calls.at(-1)).toBe('dispose');
  });

  test('a remote engine is asked for a sign of life, and one that gives none is lost, though its event stream stays open', async () => {
    const engine = new ScriptedEngine();
    engine.endpoint = far.endpoint;
    const { connection } = make({ findCandidates: () => Promise.resolve([far]), connect: () => Promise.resolve(engine) });
    connection.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state.kind).toBe('connected');
    const signs = engine.count('negotiate');
    expect(signs).toBeGreaterThan(5);
    engine.before = (call) => { if (call === 'negotiate') { throw new Error('no answer'); } };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.state).toMatchObject({ kind: 'failed', attempts: [{ error: expect.anything() as unknown }] });
    expect(log.lines.join()).toContain('was lost');
  });

  test('an engine on this machine is not asked for signs of life: its socket tells', async () => {
    const engine = new ScriptedEngine();
    const { connection } = make({ findCandidates: () => Promise.resolve([socketAt('/scripted.sock')]), connect: () => Promise.resolve(engine) });
    connection.start();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(connection.state.kind).toBe('connected');
    expect(engine.calls.filter((call) => call === 'negotiate' || call.startsWith('list'))).toEqual(['negotiate', 'listContainers']);
  });

  test('disposing ends a wait and everything else', async () => {
    let asked = 0;
    const { connection } = make({ findCandidates: () => { asked += 1; return Promise.resolve([far]); }, connect: absent });
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    connection.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('who waits for the engine may give up', async () => {
    const { connection } = make({ findCandidates: () => new Promise(() => { }) });
    const cancel = new AbortController();
    const waiting = rejection(connection.engine(cancel.signal));
    cancel.abort();
    expect(isAbort(await waiting)).toBe(true);
    expect(isAbort(await rejection(connection.engine(AbortSignal.abort())))).toBe(true);
  });

  test('who reconnects before the first start, starts', async () => {
    const { connection, states } = make({ findCandidates: () => Promise.resolve([far]), connect: absent });
    connection.reconnect();
    await vi.advanceTimersByTimeAsync(0);
    expect(kindsOf(states)).toEqual(['connecting', 'failed']);
  });
});

test('a disposed connection leaves nothing that would keep a process alive: no socket, no timer, no watcher', async () => {
  const dir = tempDir();
  const path = join(dir, 'docker.sock');
  const server = new EngineServer();
  await server.listen(path);
  const { outputFiles: [bundle] } = await build({
    stdin: {
      contents: `import { connect } from './src/engine/connect';
        import { EngineConnection } from './src/engine/connection';
        import { silentLog } from './src/base/log';
        const make = (path: string, wanted: string) => new Promise<void>((resolve) => {
          const connection = new EngineConnection({ connect, log: silentLog, findCandidates: async () => [{ endpoint: { kind: 'unix', path }, reason: '' }] });
          connection.onDidChangeState(({ kind }) => { if (kind === wanted) { setImmediate(() => { connection.dispose(); resolve(); }); } });
          connection.start();
        });
        Promise.all([make(${JSON.stringify(path)}, 'connected'), make(${JSON.stringify(join(dir, 'absent.sock'))}, 'failed')]).then(() => console.log('disposed'));`,
      resolveDir: process.cwd(), loader: 'ts',
    },
    bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external',
  });
  // It ends by itself or is killed, and then this rejects.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', bundle?.text ?? ''], { timeout: 15_000 });
  expect(stdout).toBe('disposed\n');
  await until(server.onRequest, () => server.readers('events') === 0);
  rmSync(path, { force: true });
});
