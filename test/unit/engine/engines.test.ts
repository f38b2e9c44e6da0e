import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import { connect } from '../../../src/engine/connect';
import { ContextWatcher } from '../../../src/engine/contextWatcher';
import type { EngineChoice } from '../../../src/engine/contexts';
import { Engines } from '../../../src/engine/engines';
import { EngineServer } from '../support/engineServer';
import { tempDir } from '../support/tempDir';
import { record, until } from '../support/until';

let home: string;
let engines: Engines;
let choice: EngineChoice | undefined;
/** Addresses of which the user may be asked. */
let mayAsk: [string, boolean][];

beforeEach(() => {
  home = tempDir();
  choice = undefined;
  mayAsk = [];
  engines = new Engines({
    log: silentLog, clock: systemClock,
    finderInput: () => ({ choice, setting: '', env: { DOCKER_HOST: `unix://${join(home, 'default.sock')}` }, platform: 'linux', homeDir: home }),
    connect: (endpoint, signal, ask) => {
      mayAsk.push([endpoint.kind === 'unix' ? endpoint.path.slice(home.length + 1) : endpoint.kind, ask]);
      return connect(endpoint, { signal });
    },
  });
  onTestFinished(() => engines.dispose());
});

async function serve(name: string, ...containers: string[]): Promise<EngineServer> {
  const server = new EngineServer();
  for (const id of containers) { server.add(id); }
  await server.listen(join(home, `${name}.sock`));
  return server;
}

function contextFolder(name: string): string {
  return join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
}

function writeContext(name: string, host = `unix://${join(home, `${name}.sock`)}`): void {
  mkdirSync(contextFolder(name), { recursive: true });
  writeFileSync(join(contextFolder(name), 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

const stateOf = (key: string): string | undefined => engines.get(key)?.connection.state.kind;
const becomes = (key: string, state: string): Promise<void> => until(engines.onDidChangeState, () => stateOf(key) === state);

test('every engine has its own state and containers, and a dead one delays no other', async () => {
  await serve('default', 'here');
  await serve('lab', 'there');
  writeContext('lab');
  writeContext('dead');
  // Takes the connection and never answers.
  const silent = createServer();
  await new Promise<void>((resolve) => { silent.listen(join(home, 'silent.sock'), resolve); });
  onTestFinished(() => { silent.close(); });
  writeContext('silent');
  const from = performance.now();
  engines.start();
  await Promise.all([becomes('default', 'connected'), becomes('context lab', 'connected'), becomes('context dead', 'failed')]);
  expect(performance.now() - from).toBeLessThan(3_000);
  expect(stateOf('context silent')).toBe('connecting');
  expect(engines.all.map(({ key }) => key)).toEqual(['default', 'context dead', 'context lab', 'context silent']);
  expect(engines.ownerOf('there')?.engine.key).toBe('context lab');
  expect(engines.ownerOf('here')?.engine.key).toBe('default');
  expect(engines.ownerOf('nowhere')).toBeUndefined();
  expect([...engines.containers].map(({ id }) => id)).toEqual(['here']);
  expect((await engines.usedEngine()).key).toBe('default');
});

test('an engine that dies takes only its own containers along', async () => {
  await serve('default', 'here');
  const lab = await serve('lab', 'there');
  writeContext('lab');
  engines.start();
  await Promise.all([becomes('default', 'connected'), becomes('context lab', 'connected')]);
  await lab.kill();
  await becomes('context lab', 'failed');
  expect(stateOf('default')).toBe('connected');
  expect(engines.ownerOf('there')).toBeUndefined();
  expect(engines.ownerOf('here')).toBeDefined();
});

test('another engine is used without connecting anew to either', async () => {
  const [here, lab] = [await serve('default', 'here'), await serve('lab', 'there')];
  writeContext('lab');
  engines.start();
  await Promise.all([becomes('default', 'connected'), becomes('context lab', 'connected')]);
  const left = record(engines.onDidChangeState);
  const pings = (): number => [...here.requests, ...lab.requests].filter((request) => request.endsWith('/_ping')).length;
  const before = pings();
  let told = 0;
  engines.onDidChange(() => { told += 1; });
  choice = { kind: 'context', name: 'lab' };
  await engines.reconsider();
  expect(engines.used?.key).toBe('context lab');
  expect([...engines.containers].map(({ id }) => id)).toEqual(['there']);
  expect(told).toBeGreaterThan(0);
  expect(engines.all.map(({ key }) => key)).toEqual(['context lab', 'default']);
  // The facts may still come.
  expect(left.filter(({ connection }) => connection.state.kind !== 'connected')).toEqual([]);
  expect(pings()).toBe(before);
});

test('contexts that come, change and go are followed by their files, from a folder that was not there', async () => {
  await serve('default', 'here');
  engines.start();
  await becomes('default', 'connected');
  const watcher = new ContextWatcher(join(home, '.docker'), () => void engines.reconsider());
  onTestFinished(() => watcher.dispose());

  const lab = await serve('lab', 'there');
  writeContext('lab');
  await becomes('context lab', 'connected');
  await serve('elsewhere', 'moved');
  writeContext('lab', `unix://${join(home, 'elsewhere.sock')}`);
  await until(engines.onDidChangeContainers, () => engines.ownerOf('moved') !== undefined);
  expect(engines.ownerOf('there')).toBeUndefined();
  rmSync(contextFolder('lab'), { recursive: true });
  await until(engines.onDidChangeEngines, () => engines.all.length === 1);
  expect(engines.ownerOf('moved')).toBeUndefined();
  await lab.kill();
});

test('only the engine that is used, or was asked for by name, may ask the user something', async () => {
  await serve('default');
  await serve('lab');
  writeContext('lab');
  engines.start();
  await Promise.all([becomes('default', 'connected'), becomes('context lab', 'connected')]);
  expect(mayAsk.toSorted()).toEqual([['default.sock', true], ['lab.sock', false]]);
  mayAsk = [];
  engines.reconnect('context lab');
  await becomes('context lab', 'connecting');
  await becomes('context lab', 'connected');
  expect(mayAsk).toEqual([['lab.sock', true]]);
});

test('two looks at once end with the later one', async () => {
  await serve('default');
  await serve('lab');
  writeContext('lab');
  const first = engines.reconsider();
  choice = { kind: 'context', name: 'lab' };
  await Promise.all([first, engines.reconsider()]);
  expect(engines.used?.key).toBe('context lab');
});

test('after the end nothing is left to ask', async () => {
  engines.dispose();
  await expect(engines.usedEngine()).rejects.toMatchObject({ name: 'AbortError' });
});

test('all that answer are named, the one that is used first, and its events alone are told', async () => {
  const [used, other] = [await serve('default', 'here'), await serve('lab', 'there')];
  writeContext('lab');
  const [events, changes] = [record(engines.onEvent), record(engines.onDidChange)];
  expect(engines.connected).toEqual([]);
  engines.start();
  await Promise.all([becomes('default', 'connected'), becomes('context lab', 'connected')]);
  await until(engines.onDidChange, () => engines.connected.every(({ facts }) => facts !== undefined));
  expect(engines.connected.map(({ endpoint }) => endpoint)).toEqual(['default', 'lab'].map((name) => ({ kind: 'unix', path: join(home, `${name}.sock`) })));
  other.emit('die', 'there');
  used.emit('exec_die', 'here');
  await until(engines.onEvent, () => events.length > 0);
  expect(events).toMatchObject([{ action: 'exec_die', id: 'here' }]);
  // Another engine that goes is news: it may have been the remote one.
  changes.length = 0;
  await other.kill();
  await until(engines.onDidChange, () => engines.connected.length === 1);
  expect(changes.length).toBeGreaterThan(0);
});
