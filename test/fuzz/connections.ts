import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { HumanError } from '../../src/base/errors';
import { type RecordFile, readRecord, writeRecord } from '../../src/cgroup/recordFile';
import { connect } from '../../src/engine/connect';
import { BadContext, findCandidates, listContexts } from '../../src/engine/contexts';
import { createContext, isContextName } from '../../src/engine/contextStore';
import { DockerEngine } from '../../src/engine/dockerEngine';
import { BadEndpoint, type Endpoint, endpointAddress, parseEndpoint } from '../../src/engine/endpoint';
import { EngineUnreachable } from '../../src/engine/errors';
import { EngineHttp } from '../../src/engine/http';
import { dockerCommand, placeKey } from '../../src/engine/places';
import { FlightRecorder } from '../../src/engine/recorder';
import { openSshRoute, type SshEndpoint } from '../../src/engine/sshRoute';
import { shellQuote } from '../../src/base/shellQuote';
import { FakeClock } from '../unit/support/fakeClock';
import { collect } from '../unit/support/streams';
import { asBytes, hostileText, mutated, mutatedJson } from './inputs';
import { assertFigures, holds, linear, orRejects, orThrows, parser } from './property';
import { dockerSays, eachDockerSays } from './samples';
import { shellWords } from './shellWords';

/** A folder of this process for what is written and read again. */
let folder: string | undefined;
function place(): string {
  return folder ??= mkdtempSync(join(tmpdir(), 'hc-fuzz-'));
}
// Not at the process's exit: Vitest ends it without one.
afterAll(() => { if (folder !== undefined) { rmSync(folder, { recursive: true, force: true }); } });

const hosts = ['unix:///var/run/docker.sock', 'tcp://example.org:2376', 'ssh://me@example.org'];
const metas = fc.oneof(
  mutatedJson(...hosts.map((Host) => ({ Name: 'lab', Metadata: { Description: 'x' }, Endpoints: { docker: { Host, SkipTLSVerify: false } } }))).map((value) => JSON.stringify(value)),
  mutated('{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://a:1"}}}'), mutated(...hosts).map((Host) => JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host } } })),
);
const configs = mutatedJson({ auths: {}, currentContext: 'lab' }).map((value) => JSON.stringify(value));

/** Docker's folder with one context and a configuration. */
function writeContext(home: string, name: string, meta: string, config: string): void {
  const file = join(home, '.docker', 'contexts', 'meta', createHash('sha256').update(name).digest('hex'), 'meta.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, meta);
  writeFileSync(join(home, '.docker', 'config.json'), config);
}

const records = mutatedJson({ owner: { pid: 77, startTicks: 5 }, things: [{ kind: 'process', pid: 78, startTicks: 6 }, { kind: 'program', mark: 'm' }, { kind: 'group', group: { version: 'v1', dir: '/sys/fs/cgroup/cpu/demo', accountDir: '/sys/fs/cgroup/cpuacct/demo' } }] });

/** An answer as Node gives it, with its body in these pieces. */
function answerOf(statusCode: number, headers: Record<string, string>, body: Uint8Array): IncomingMessage {
  const message = Object.assign(new IncomingMessage(new Socket()), { statusCode });
  message.headers = headers;
  for (let at = 0; at < body.length; at += 50) { message.push(body.subarray(at, at + 50)); }
  message.push(null);
  return message;
}

const bodies = fc.oneof(
  { weight: 5, arbitrary: mutatedJson(...dockerSays('list', 'inspect', 'top', 'changes', 'info', 'version', 'images', 'image', 'history', 'volumes', 'networks', 'exec', 'missing'), { Id: 'x' }, { StatusCode: 0 }).map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 2, arbitrary: asBytes(mutated(eachDockerSays('events').slice(0, 2).map((event) => JSON.stringify(event)).join('\n'), JSON.stringify(eachDockerSays('stats')[0]), '{"status":"Pulling"}\n{"error":"manifest unknown"}\n', 'OK', '<html>')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, bytes.length]), bytes])) },
);
const answers = fc.array(fc.record({ status: fc.constantFrom(200, 200, 200, 200, 201, 204, 304, 400, 404, 409, 500, 101, 0), headers: fc.dictionary(fc.constantFrom('api-version', 'libpod-api-version', 'content-type'), fc.constantFrom('1.41', '1.9', '4.3.1', 'x', '999999999.1')), body: bodies }), { minLength: 1, maxLength: 4 });

const signal = new AbortController().signal;
/** Each call of the engine, with a name from somewhere. */
const calls: Readonly<Record<string, (engine: DockerEngine, name: string) => Promise<unknown>>> = {
  negotiate: (engine) => engine.negotiate(), facts: (engine) => engine.facts(), counts: (engine) => engine.counts(), listContainers: (engine) => engine.listContainers(),
  inspectContainer: (engine, name) => engine.inspectContainer(name), containerAnatomy: (engine, name) => engine.containerAnatomy(name), containerProcesses: (engine, name) => engine.containerProcesses(name),
  containerChanges: (engine, name) => engine.containerChanges(name), createContainer: (engine, image) => engine.createContainer({ image, labels: {} }), startContainer: (engine, name) => engine.startContainer(name),
  removeContainer: (engine, name) => engine.removeContainer(name), waitContainer: (engine, name) => engine.waitContainer(name), updateContainer: (engine, name) => engine.updateContainer(name, { nanoCpus: 1e8 }),
  renameContainer: (engine, name) => engine.renameContainer(name, name), killContainer: (engine, name) => engine.killContainer(name, 'TERM'), exec: (engine, name) => engine.exec(name, ['true'], { signal: AbortSignal.timeout(0) }),
  inspectRaw: (engine, name) => engine.inspectRaw('volume', name).then(() => 0), inspectImageRaw: (engine, name) => engine.inspectRaw('image', name).then(() => 0), inspectImage: (engine, name) => engine.inspectImage(name), listImages: (engine) => engine.listImages(), imageLayers: (engine, name) => engine.imageLayers(name),
  imageHistory: (engine, name) => engine.imageHistory(name), pullImage: (engine, name) => collect(engine.pullImage(name)), loadImage: (engine) => engine.loadImage(Buffer.from('x')), tagImage: (engine, name) => engine.tagImage(name, name),
  removeImage: (engine, name) => engine.removeImage(name), listVolumes: (engine) => engine.listVolumes(), removeVolume: (engine, name) => engine.removeVolume(name), listNetworks: (engine) => engine.listNetworks(), removeNetwork: (engine, name) => engine.removeNetwork(name),
  events: (engine) => collect(engine.events(signal, () => { })), pastEvents: (engine, name) => engine.pastEvents(name, 0, 1e12), stats: (engine, name) => collect(engine.containerStats(name, signal)),
  attach: async (engine, name) => collect(await engine.attachContainer(name)).then(() => 0), logs: async (engine, name) => collect(await engine.containerLogs(name, { follow: false, tty: false })).then(() => 0),
};
const mayBeNegative = ['createdAt', 'exitCode', 'cpuQuota', 'memorySwapBytes', 'clockOffsetMillis', 'at'];

const unixEndpoint: Endpoint = { kind: 'unix', path: '/x.sock' };
const names = fc.oneof(fc.constantFrom('web', 'a/b:1', '..', 'a/../b', '', '%2e%2e', 'é'), hostileText);

/** A server on a socket that answers each request with these bytes, whatever they are. */
async function withServer<T>(bytes: Uint8Array, work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  const path = join(place(), 'engine.sock');
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => { });
    socket.once('data', () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  try {
    return await work({ kind: 'unix', path });
  } finally {
    await new Promise((resolve) => { server.close(resolve); });
  }
}

const rawAnswers = asBytes(mutated(
  'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK', 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n', 'HTTP/1.1 500 Internal Server Error\r\nApi-Version: 1.41\r\nContent-Length: 15\r\n\r\n{"message":"x"}',
  'HTTP/1.1 301 Moved\r\nLocation: http://example.org/\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\x15\x03\x01\0\x02\x02', 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello',
));

const sshWords = mutated('Permission denied (publickey).', 'Host key verification failed.', 'ssh: Could not resolve hostname x: Name or service not known', '@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@', '').map((text) => text.toWellFormed().replaceAll('\0', ''));

export const connections = [
  parser('contexts (meta.json, config.json)',
    holds('are read, or refused with BadContext, and hide no other one', fc.tuple(metas, configs), async ([meta, config]) => {
      const home = place();
      writeContext(home, 'lab', meta, config);
      writeContext(home, 'good', '{"Name":"good","Endpoints":{"docker":{"Host":"tcp://good:1"}}}', config);
      const input = { setting: '', env: {}, platform: 'linux' as const, homeDir: home };
      const candidates = await orRejects(() => findCandidates(input), BadContext, BadEndpoint);
      for (const { endpoint } of candidates ?? []) { assert.ok(endpointAddress(endpoint).length > 0); }
      const listed = await listContexts(input);
      assert.ok(listed.some(({ name }) => name === 'good'));
      for (const { name, endpoint } of listed) {
        assert.ok(name !== '' && (endpoint instanceof HumanError || typeof endpoint.kind === 'string'));
        // What a message says is for a person.
        if (endpoint instanceof HumanError) { assert.doesNotMatch(endpoint.message, /Cannot read|undefined \(|is not a function/); }
      }
    }, 0.2),
    linear(async (text) => {
      writeContext(place(), 'lab', text, '{}');
      await listContexts({ env: {}, homeDir: place() });
    }, ['{"Name":', '"', '[', '{}'], 0.02)),
  parser('createContext',
    holds('is read back as the same place', fc.tuple(mutated(...hosts), fc.stringMatching(/^[a-z][a-z0-9_.+-]{1,9}$/)), async ([address, name]) => {
      const endpoint = orThrows(() => parseEndpoint(address), BadEndpoint);
      if (endpoint === undefined || endpoint.kind === 'tls' || !isContextName(name)) { return; }
      const config = join(place(), 'made');
      rmSync(config, { recursive: true, force: true });
      await createContext(config, name, endpoint);
      assert.deepEqual(await listContexts({ env: { DOCKER_CONFIG: config }, homeDir: '/nowhere' }), [{ name, endpoint }]);
    }, 0.1)),
  parser('placeKey and dockerCommand',
    holds('are words of one command, and name one place', fc.tuple(hostileText, hostileText), ([a, b]) => {
      const [one, other] = [{ kind: 'context', name: a }, { kind: 'address', address: b }] as const;
      for (const where of [one, other]) { assert.equal(shellWords(dockerCommand(where).map(shellQuote).join(' '))[0], 'docker'); }
      assert.notEqual(placeKey(one), placeKey(other));
    }, 0.3)),
  parser('readRecord',
    holds('is a record on whose word processes may be ended, or none', records, (value) => {
      const file = join(place(), 'record.json');
      writeFileSync(file, JSON.stringify(value));
      const record = readRecord(file);
      if (record === undefined) { return; }
      assert.ok(record.owner.pid > 1);
      for (const thing of record.things) {
        switch (thing.kind) {
          case 'process': assert.ok(Number.isSafeInteger(thing.pid) && thing.pid > 1 && Number.isSafeInteger(thing.startTicks)); break;
          case 'program': assert.notEqual(thing.mark, ''); break;
          case 'group': for (const dir of [thing.group.dir, thing.group.accountDir]) { assert.ok(dir.startsWith('/') && !dir.split('/').includes('..')); } break;
        }
      }
      writeRecord(file, record);
      assert.deepEqual(readRecord(file), JSON.parse(JSON.stringify(record)) as RecordFile);
    }, 0.3),
    holds('stands any text', mutated('{"owner":{"pid":77,"startTicks":5},"things":[]}'), (text) => {
      const file = join(place(), 'record.json');
      writeFileSync(file, text);
      readRecord(file);
    }, 0.2)),
  parser('DockerEngine',
    holds('makes of any answers what it promises, or rejects with words for a person', fc.tuple(fc.constantFrom(...Object.keys(calls)), names, answers), async ([call, name, said]) => {
      let next = 0;
      const paths: string[] = [];
      const recorder = new FlightRecorder(new FakeClock());
      const http = new EngineHttp(unixEndpoint, {
        send: ({ path }) => {
          paths.push(path);
          const { status, headers, body } = said[next % said.length] ?? { status: 200, headers: {}, body: Buffer.alloc(0) };
          next += 1;
          return Promise.resolve(answerOf(status, headers, body));
        },
        upgrade: () => Promise.reject(new Error('not asked for')), setVersion: () => { },
      }, 1000, recorder);
      const engine = new DockerEngine(http, 1000, () => { });
      try {
        assertFigures({ [call]: await orRejects(async () => calls[call]?.(engine, name), HumanError, DOMException as never) }, [...mayBeNegative, 'waitContainer']);
      } finally {
        engine.dispose();
      }
      // Whatever a name holds, it is asked for below its own collection.
      for (const path of paths) { assert.equal(new URL(path, 'http://engine').pathname, path); }
      for (const { endedAfter, status } of recorder.requests) { assertFigures([endedAfter, status].filter((figure) => figure !== undefined)); }
      recorder.dispose();
    }, 3)),
  parser('connect (HTTP)',
    holds('takes any bytes for an answer, or rejects with words for a person', rawAnswers, async (bytes) => {
      await withServer(bytes, async (endpoint) => {
        const engine = await connect(endpoint, { pingMillis: 2000 });
        try {
          await orRejects(() => engine.negotiate(), HumanError);
        } finally {
          engine.dispose();
        }
      });
    }, 0.05)),
  parser('openSshRoute',
    holds('rejects with ssh\'s own words, and hands it a host that is no option', fc.tuple(mutated('ssh://me@example.org:2222', 'ssh://example.org/run/docker.sock', 'ssh://a%40b@h'), sshWords), async ([address, said]) => {
      const endpoint = orThrows(() => parseEndpoint(address), BadEndpoint);
      if (endpoint?.kind !== 'ssh') { return; }
      const program = join(place(), 'ssh');
      writeFileSync(program, '#!/bin/sh\nprintf \'%s\' "$SAYS" >&2\nfor word; do [ "$before" = -- ] && printf \'%s\' "$word" > "$OUT"; before=$word; done\nexit 255\n');
      chmodSync(program, 0o755);
      const error = await openSshRoute(endpoint satisfies SshEndpoint, { path: program, env: { ...process.env, SAYS: said, OUT: join(place(), 'host') } }, AbortSignal.timeout(10_000)).then(() => undefined, (reason: unknown) => reason);
      assert.ok(error instanceof EngineUnreachable && error.reason === 'ssh');
      assert.ok(error.message.length < 5_000);
    }, 0.01)),
];
