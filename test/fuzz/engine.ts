import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Emitter } from '../../src/base/emitter';
import { HumanError } from '../../src/base/errors';
import * as anatomy from '../../src/engine/anatomyWire';
import { asArrangement, comparator, passes } from '../../src/engine/arrangement';
import type { ContainerChange, ContainerStore } from '../../src/engine/containers';
import { isContextName } from '../../src/engine/contextStore';
import { parsePercent, readCpuLimit } from '../../src/engine/cpuLimit';
import { demultiplex } from '../../src/engine/demux';
import { type Architecture, helloProgram } from '../../src/engine/elf';
import { addressProblem, BadEndpoint, type Endpoint, endpointAddress, parseEndpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';
import { explainConnectionError, explainRefusal, MalformedStream } from '../../src/engine/errors';
import { replyOf } from '../../src/engine/http';
import { isImageName } from '../../src/engine/imageName';
import { readJsonArray } from '../../src/engine/jsonArray';
import { LimitHistory } from '../../src/engine/limitHistory';
import { readJsonLines, readLines } from '../../src/engine/ndjson';
import { parseJson } from '../../src/engine/parseJson';
import { explainPullError, ProgressBar, PullFailed, PullTracker } from '../../src/engine/pull';
import { asCurl, asDockerCommand } from '../../src/engine/requestWords';
import { bounds, parseResourceLimit, readResourceLimit, type ResourceKind } from '../../src/engine/resourceLimit';
import { runLine } from '../../src/engine/runLine';
import { openShell } from '../../src/engine/shell';
import * as swarmWire from '../../src/engine/swarm/swarmWire';
import { tar } from '../../src/engine/tar';
import * as wire from '../../src/engine/wire';
import { FakeClock } from '../unit/support/fakeClock';
import { detailsOf, ScriptedEngine } from '../unit/support/scriptedEngine';
import { collect, cutAt, streamOf } from '../unit/support/streams';
import { argument, asBytes, cuts, hostileText, json, mutated, mutatedJson } from './inputs';
import { assertFigures, holds, linear, orRejects, orThrows, parser, type Parser, sizeOf } from './property';
import { dockerSays, eachDockerSays } from './samples';
import { shellWords } from './shellWords';

/** What came of a stream: its items, and whether it broke off as a stream may. */
interface Outcome<T> {
  items: T[];
  malformed: boolean;
}

async function outcome<T>(items: AsyncIterable<T>): Promise<Outcome<T>> {
  const all: T[] = [];
  try {
    for await (const item of items) { all.push(item); }
    return { items: all, malformed: false };
  } catch (error) {
    if (!(error instanceof MalformedStream)) { throw error; }
    return { items: all, malformed: true };
  }
}

const eventLines = eachDockerSays('events').map((event) => JSON.stringify(event));
const ndjson = asBytes(mutated(eventLines.slice(0, 3).join('\n'), `${eventLines[4] ?? ''}\r\n\r\n${eventLines[5] ?? ''}\n`, '{"status":"Pulling"}\n{"progressDetail":{"current":1,"total":1e999},"id":"x"}\n', '1\n"é\u{1f433}"\n[null]\n'));

const arrays = asBytes(fc.oneof({ weight: 3, arbitrary: mutated('[]', 'null', ' [1, "a]\\"", {"b":[2]}]\n', JSON.stringify(dockerSays('changes')[0]), JSON.stringify(dockerSays('images')[0])) }, mutatedJson(...dockerSays('list', 'changes', 'images')).map((value) => JSON.stringify(value))));

const swarmServices = mutatedJson({ ID: 's', Spec: { Name: 'web', Labels: { a: 'b' }, TaskTemplate: { ContainerSpec: { Image: 'busybox:latest@sha256:abc', TTY: true }, Resources: { Limits: { NanoCPUs: 1e8 } } }, Mode: { Replicated: { Replicas: 2 } } }, UpdateStatus: { State: 'updating', Message: 'update in progress' } });

/** A frame of the engine's output. */
function frame(stream: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

const frames = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ maxLength: 24 })), { maxLength: 8 });
const framed = fc.oneof(
  { weight: 3, arbitrary: frames.map((all) => Buffer.concat(all.map(([stream, content]) => frame(stream, content)))) },
  // With a bit of it turned over, or its end missing.
  { weight: 3, arbitrary: fc.tuple(frames, fc.nat(), fc.nat(7), fc.nat()).map(([all, at, bit, end]) => {
    const bytes = Buffer.concat(all.map(([stream, content]) => frame(stream, content)));
    if (bytes.length > 0) { bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1 << bit; }
    return bytes.subarray(0, end % 3 === 0 ? end % (bytes.length + 1) : undefined);
  }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);

async function demuxed(bytes: Uint8Array, places: readonly number[]): Promise<{ said: [string, string][]; malformed: boolean }> {
  const { items, malformed } = await outcome(demultiplex(streamOf(...cutAt(bytes, places))));
  const said: [string, string][] = [];
  for (const { stream, data } of items) {
    const last = said.at(-1);
    const text = Buffer.from(data).toString('latin1');
    // Where the pieces begin and end means nothing; which stream comes after which does.
    if (text === '') { continue; }
    if (last?.[0] === stream) { last[1] += text; } else { said.push([stream, text]); }
  }
  return { said, malformed };
}

const addresses = mutated('unix:///var/run/docker.sock', 'tcp://example.org:2376', 'tcp://[fe80::1]:2375', 'ssh://me@example.org:2222/run/user/1000/docker.sock', 'https://127.0.0.1', 'npipe:////./pipe/docker_engine', ':2375', 'example.org:80', '/run/docker.sock', 'ssh://a%40b@h%2fx');
const tls = { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem' };

function fieldsOf(endpoint: Endpoint): string[] {
  return Object.values(endpoint).filter((field): field is string => typeof field === 'string');
}

const containers = mutatedJson(...dockerSays('inspect', 'inspectDone'));
const images = mutatedJson(...dockerSays('image'), ...eachDockerSays('images'));

/** A function of the wire: refuses only what has no id, and what it gives back is sane. */
function reads(name: string, read: (value: unknown) => unknown, values: fc.Arbitrary<unknown>, mayBeNegative: readonly string[] = [], weight = 1): Parser {
  return parser(name,
    holds('refuses with a documented error, and gives sane figures of bounded size', values, (value) => {
      const result = orThrows(() => read(value), MalformedStream, PullFailed);
      assertFigures(result, mayBeNegative);
      assert.ok(sizeOf(result) <= sizeOf(value) * 3 + 100, 'it says more than it was told');
    }, weight),
    holds('reads the same a second time, and changes nothing of what it reads', values, (value) => {
      const before = JSON.stringify(value);
      const [first, second] = [orThrows(() => read(value), MalformedStream, PullFailed), orThrows(() => read(value), MalformedStream, PullFailed)];
      assert.deepEqual(first, second);
      assert.equal(JSON.stringify(value), before);
    }, weight / 2));
}

const requestNames = fc.oneof(argument, hostileText.map((name) => name.toWellFormed()));
/** A path as the engine's calls make it: names are encoded. */
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc.tuple(fc.constantFrom('containers', 'images', 'volumes', 'networks', 'exec', 'info', 'version', 'events', 'constructor', '__proto__', 'libpod/containers'), requestNames, fc.constantFrom('', '/json', '/start', '/update', '/logs', '/exec', '/kill', '/tag', '/wait', '/stats', '/toString'), fc.array(fc.tuple(fc.constantFrom('name', 'filters', 'follow', 'since', 'fromImage', 'tag', 'repo', 'signal', 'force'), hostileText), { maxLength: 3 }))
    .map(([collection, name, action, query]) => `/${collection}/${encodeURIComponent(name)}${action}${query.length === 0 ? '' : `?${new URLSearchParams(query).toString()}`}`),
  apiVersion: fc.constantFrom('1.41', undefined),
  body: fc.oneof(json, fc.constant(undefined), mutatedJson({ Image: 'busybox', Cmd: ['sh', '-c', 'echo'], Labels: { a: 'b' } }, { NanoCpus: 1e8 }, { Memory: 1, MemorySwap: 2, PidsLimit: 3, CpuShares: 4 })),
});
const places: fc.Arbitrary<Endpoint> = fc.oneof(addresses, fc.constantFrom('unix:///a b.sock', 'ssh://me@h:22/x y', 'tcp://h:1')).map((address): Endpoint => {
  try { return parseEndpoint(address); } catch { return { kind: 'tls', host: 'h', port: 2376, files: tls }; }
});

/** Runs a program of ours and tells what it writes. */
function run(program: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'hc-elf-'));
  try {
    writeFileSync(join(folder, 'hello'), program);
    chmodSync(join(folder, 'hello'), 0o755);
    return execFileSync(join(folder, 'hello'), { encoding: 'utf8', maxBuffer: 1e8 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const native: Architecture | undefined = process.arch === 'x64' ? 'amd64' : process.arch === 'arm64' ? 'arm64' : undefined;

/** A small reader of ustar archives, by the standard and not by our writer. */
function untar(archive: Buffer): { name: string; mode: number; content: Buffer }[] {
  const entries: { name: string; mode: number; content: Buffer }[] = [];
  const field = (at: number, length: number): string => archive.subarray(at, at + length).toString('utf8').split('\0', 1)[0] ?? '';
  let at = 0;
  while (archive[at] !== 0) {
    const size = parseInt(field(at + 124, 12), 8);
    const sum = archive.subarray(at, at + 512).reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    assert.equal(parseInt(field(at + 148, 8), 8), sum);
    assert.equal(archive.subarray(at + 257, at + 263).toString('latin1'), 'ustar\0');
    entries.push({ name: archive.subarray(at, at + 100).toString('utf8').replace(/\0+$/, ''), mode: parseInt(field(at + 100, 8), 8), content: archive.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  assert.ok(archive.length >= at + 1024 && archive.subarray(at).every((byte) => byte === 0));
  return entries;
}

const fileName = fc.stringMatching(/^[a-z0-9._-]{1,60}(\/[a-z]{1,20})?$/);

/** A command in a container whose terminal says these bytes. */
async function shellThatSays(chunks: readonly Uint8Array[]): Promise<{ rest: string; pid: number } | undefined> {
  const engine = new ScriptedEngine();
  engine.addContainer('c');
  let killed = '';
  engine.execute = (command) => { killed = command.at(-1) ?? ''; return { exitCode: 0 }; };
  engine.execTerminal = () => Promise.resolve({ output: streamOf(...chunks), write: () => { }, resize: () => Promise.resolve(), exitCode: () => Promise.resolve(0), dispose: () => { } });
  const shell = await orRejects(() => openShell(engine as Engine, 'c', 'it', { columns: 80, rows: 24 }), MalformedStream);
  if (shell === undefined) { return undefined; }
  const rest = Buffer.concat(await collect(shell.output)).toString('latin1');
  await shell.hangUp();
  return { rest, pid: Number(/^kill -HUP (\d+)$/.exec(killed)?.[1]) };
}

const pullLines = mutatedJson(
  { status: 'Downloading', progressDetail: { current: 77, total: 100 }, id: 'a1' }, { status: 'Download complete', progressDetail: {}, id: 'a1' }, { status: 'Pull complete', id: 'a1' },
  { status: 'Already exists', id: 'b2' }, { status: 'Pulling from library/x', id: 'latest' }, { errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' }, { stream: 'Loaded image: x' }, ...dockerSays('pull'),
);

const limitChanges = fc.array(fc.tuple(fc.constantFrom('changed', 'changed', 'changed', 'reset', 'removed'), fc.constantFrom('a', '__proto__'), fc.constantFrom<number | null | undefined>(0.1, 0.5, 1, null, undefined), fc.nat(1000)), { maxLength: 150 });

export const engine = [
  parser('readLines',
    holds('reads the same wherever the bytes are cut', fc.tuple(ndjson, cuts, fc.integer({ min: 1, max: 60 })), async ([bytes, at, most]) => {
      assert.deepEqual(await outcome(readLines(streamOf(...cutAt(bytes, at)), most)), await outcome(readLines(streamOf(bytes), most)));
    }, 2),
    holds('gives no line that is longer than it may be', fc.tuple(ndjson, cuts, fc.integer({ min: 1, max: 60 })), async ([bytes, at, most]) => {
      for (const line of (await outcome(readLines(streamOf(...cutAt(bytes, at)), most))).items) { assert.ok(line.length <= most && !line.includes('\n')); }
    }),
    holds('loses nothing', fc.tuple(fc.array(hostileText.map((line) => line.toWellFormed().replace(/[\r\n]/g, '')), { minLength: 1 }), cuts), async ([lines, at]) => {
      assert.deepEqual((await outcome(readLines(streamOf(...cutAt(Buffer.from(`${lines.join('\n')}\n`), at)), 1e6))).items, lines);
    }),
    linear((text) => collect(readLines(streamOf(Buffer.from(text)), 1e9)), ['\n', '\r', 'a']),
    // A byte at a time is what a slow wire gives.
    linear((text) => collect(readLines(streamOf(...Array.from({ length: Math.ceil(text.length / 16) }, (_, index) => Buffer.from(text.slice(index * 16, index * 16 + 16)))), 1e9)), ['a', '\n'], 0.02)),
  parser('readJsonLines',
    holds('reads the same wherever the bytes are cut, and throws nothing but MalformedStream', fc.tuple(ndjson, cuts), async ([bytes, at]) => {
      assert.deepEqual(await outcome(readJsonLines(streamOf(...cutAt(bytes, at)))), await outcome(readJsonLines(streamOf(bytes))));
    }, 2),
    holds('gives back the values that were written', fc.tuple(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }), cuts), async ([values, at]) => {
      const text = values.map((value) => JSON.stringify(value)).join('\n');
      assert.deepEqual((await outcome(readJsonLines(streamOf(...cutAt(Buffer.from(text), at))))).items, JSON.parse(JSON.stringify(values)));
    }),
    linear((text) => collect(readJsonLines(streamOf(Buffer.from(text)))), ['{}\n', '[', '{"a":', '"', '\\', '1'])),
  parser('parseJson',
    holds('says what JSON.parse says, of a long text as of a short one', fc.tuple(arrays, fc.boolean()), ([bytes, long]) => {
      const text = long ? `["${' '.repeat(70_000)}",${bytes.toString('utf8')}]` : bytes.toString('utf8');
      assert.deepEqual(orThrows(() => parseJson(text), MalformedStream), orThrows(() => JSON.parse(text) as unknown, SyntaxError));
    }),
    linear(parseJson, ['[', '{"":', '"', '\\', '[],'])),
  parser('readJsonArray',
    holds('reads the same wherever the bytes are cut, and throws nothing but MalformedStream', fc.tuple(arrays, cuts, fc.integer({ min: 1, max: 4000 })), async ([bytes, at, most]) => {
      assert.deepEqual(await outcome(readJsonArray(streamOf(...cutAt(bytes, at)), most)), await outcome(readJsonArray(streamOf(bytes), most)));
    }, 2),
    holds('reads what JSON.parse reads, and refuses what it refuses', fc.tuple(arrays, cuts), async ([bytes, at]) => {
      const { items, malformed } = await outcome(readJsonArray(streamOf(...cutAt(bytes, at)), 1e6));
      const whole = orThrows(() => JSON.parse(bytes.toString('utf8')) as unknown, SyntaxError);
      assert.equal(malformed, !(Array.isArray(whole) || whole === null));
      if (!malformed) { assert.deepEqual(items, whole ?? []); }
    }, 2),
    linear((text) => collect(readJsonArray(streamOf(Buffer.from(text)), 1e9)), ['[', '[]', ',', '{', '"', '\\', '1,']),
    linear((text) => collect(readJsonArray(streamOf(...Array.from({ length: Math.ceil(text.length / 16) }, (_, index) => Buffer.from(text.slice(index * 16, index * 16 + 16)))), 1e9)), ['[', '1,', '"a'], 0.02)),
  parser('demultiplex',
    holds('says the same wherever the bytes are cut, and throws nothing but MalformedStream', fc.tuple(framed, cuts), async ([bytes, at]) => { assert.deepEqual(await demuxed(bytes, at), await demuxed(bytes, [])); }, 3),
    holds('gives each stream what was written to it, in order', fc.tuple(frames, cuts), async ([all, at]) => {
      const said = (await demuxed(Buffer.concat(all.map(([stream, content]) => frame(stream, content))), at)).said;
      assert.equal(said.map(([, text]) => text).join(''), Buffer.concat(all.map(([, content]) => content)).toString('latin1'));
      assert.equal(said.filter(([stream]) => stream === 'stdout').map(([, text]) => text).join(''), Buffer.concat(all.filter(([stream]) => stream === 1).map(([, content]) => content)).toString('latin1'));
    }),
    holds('says no more than it was given', fc.tuple(framed, cuts), async ([bytes, at]) => {
      assert.ok((await outcome(demultiplex(streamOf(...cutAt(bytes, at))))).items.reduce((sum, { data }) => sum + data.length, 0) <= bytes.length);
    }),
    linear((text) => collect(demultiplex(streamOf(Buffer.from(text, 'latin1')))), ['\x01\0\0\0\0\0\0\x01a', '\x02\0\0\0\0\0\0\0'])),
  parser('parseEndpoint',
    holds('understands, or refuses with BadEndpoint; a place holds no control character and a port that there is', fc.tuple(addresses, fc.constantFrom(undefined, tls)), ([address, files]) => {
      const endpoint = orThrows(() => parseEndpoint(address, files), BadEndpoint);
      assert.equal(addressProblem(address) === undefined, endpoint !== undefined);
      if (endpoint === undefined) { return; }
      for (const field of fieldsOf(endpoint)) { assert.doesNotMatch(field, /\p{Cc}/u); }
      if ('port' in endpoint) { assert.ok(Number.isInteger(endpoint.port) && endpoint.port >= 0 && endpoint.port < 65_536); }
      if ('host' in endpoint) { assert.doesNotMatch(endpoint.host, /^-|[\s/]|^$/); }
    }, 2),
    holds('prints an address that means the same place', addresses, (address) => {
      const endpoint = orThrows(() => parseEndpoint(address), BadEndpoint);
      if (endpoint === undefined) { return; }
      assert.deepEqual(parseEndpoint(endpointAddress(endpoint), endpoint.kind === 'tls' ? endpoint.files : undefined), endpoint);
    }, 2),
    linear(parseEndpoint, ['tcp://', '[', ']', ':1', '@', '%41', '/', 'a'])),
  parser('isContextName',
    holds('takes what the docker command takes', mutated('lab', 'my.lab-1', 'default'), (name) => { if (isContextName(name)) { assert.match(name, /^[a-zA-Z0-9][\w.+-]+$/); } }, 0.3),
    linear(isContextName, ['a', '.', '+'])),
  reads('toSummary', wire.toSummary, mutatedJson(...eachDockerSays('list')), ['createdAt']),
  reads('toDetails', wire.toDetails, containers, ['exitCode', 'cpuQuota', 'memorySwapBytes']),
  reads('toAnatomy', anatomy.toAnatomy, containers, ['cpuQuota']),
  reads('toEvent', wire.toEvent, mutatedJson(...eachDockerSays('events')), ['at']),
  reads('toStats', wire.toStats, mutatedJson(...eachDockerSays('stats'))),
  reads('toImage', wire.toImage, images, ['createdAt']),
  reads('toFacts', (value) => wire.toFacts((value as unknown[] | null)?.[0], (value as unknown[] | null)?.[1], 1.8e12), mutatedJson(dockerSays('info', 'version')), ['clockOffsetMillis']),
  reads('toPullMessage', wire.toPullMessage, pullLines),
  reads('toVolumes', wire.toVolumes, mutatedJson(...dockerSays('volumes')), [], 0.5),
  reads('toNetwork', wire.toNetwork, mutatedJson(...eachDockerSays('networks')), [], 0.5),
  reads('toMembership', swarmWire.toMembership, mutatedJson({ NodeID: 'n2', NodeAddr: '10.0.0.2', LocalNodeState: 'active', ControlAvailable: true, Error: '', RemoteManagers: [{ NodeID: 'n1', Addr: '10.0.0.1:2377' }] }), [], 0.5),
  reads('toNode', swarmWire.toNode, mutatedJson({ ID: 'n', Spec: { Role: 'manager', Availability: 'drain' }, Description: { Hostname: 'h' }, Status: { State: 'down', Message: 'heartbeat failure', Addr: '10.0.0.1' }, ManagerStatus: { Leader: true } }), [], 0.5),
  reads('toService', swarmWire.toService, swarmServices, [], 0.5),
  reads('toTask', swarmWire.toTask, mutatedJson({ ID: 't', ServiceID: 's', NodeID: 'n', Slot: 1, CreatedAt: '2026-01-01T00:00:00.5Z', Status: { Timestamp: '2026-01-01T00:00:01Z', State: 'failed', Err: 'exit', ContainerStatus: { ContainerID: 'c', ExitCode: 137 } }, DesiredState: 'shutdown', Spec: { Resources: { Limits: { NanoCPUs: 1e8 } } } }), ['createdAt', 'stateSince', 'exitCode'], 0.5),
  parser('withNanoCpus', holds('sets the limit whatever was there', fc.tuple(swarmServices, fc.integer({ min: 0, max: 1e9 })), ([service, nanoCpus]) => {
    const spec = swarmWire.withNanoCpus((service as { Spec?: unknown } | null)?.Spec, nanoCpus) as { TaskTemplate: unknown };
    assert.equal(swarmWire.nanoCpusOf(spec.TaskTemplate), nanoCpus);
  }, 0.5)),
  reads('toFileChange', wire.toFileChange, mutatedJson(...eachDockerSays('changes')), [], 0.5),
  reads('toId, toExitCode, toExecExitCode, toWarnings', (value) => [orThrows(() => wire.toId(value), MalformedStream), wire.toExitCode(value), wire.toExecExitCode(value), wire.toWarnings(value)], mutatedJson(...dockerSays('exec'), { Id: 'x', Warnings: ['no swap'] }, { StatusCode: 137 }), ['1', '2'], 0.5),
  reads('toListedProcesses', anatomy.toListedProcesses, mutatedJson(...dockerSays('top'), { Titles: ['HPID', 'COMMAND'], Processes: [['77', 'sh']] })),
  reads('toHistory and toLayers', (value) => [anatomy.toHistory(value), anatomy.toLayers(value)], mutatedJson(...dockerSays('history', 'image')), [], 0.5),
  reads('toCounts', (value) => anatomy.toCounts(value, 1, 2), mutatedJson(...dockerSays('info')), [], 0.5),
  parser('fromReference',
    holds('asks for one tag, and for what was named', mutated('busybox', 'python:3-alpine', 'localhost:5000/team/app', 'x@sha256:0123'), (reference) => {
      const { fromImage, tag } = wire.fromReference(reference);
      assert.ok([fromImage, `${fromImage}:${tag ?? ''}`, `${fromImage}:latest`].includes(tag === 'latest' && !reference.endsWith(':latest') ? `${reference}:latest` : reference));
      assert.ok(tag !== undefined || reference.includes('@'));
    }, 0.5),
    linear(wire.fromReference, [':', '/', '@'])),
  parser('readCpuLimit and readResourceLimit',
    holds('are figures above zero, or none', containers, (value) => {
      const details = orThrows(() => wire.toDetails(value), MalformedStream);
      if (details === undefined) { return; }
      const limits = [readCpuLimit(details.cpu)?.cores, ...(['memory', 'pids', 'cpuShares'] as const).map((kind) => readResourceLimit(details.resources, kind, { memoryBytes: 8e9 }))];
      for (const limit of limits) { assert.ok(limit === undefined || (Number.isFinite(limit) && limit >= 0)); }
    })),
  parser('parsePercent',
    holds('is a limit that the machine can have, or none', fc.tuple(mutated('15', '15 %', '12,5', '100', '0.05'), fc.integer({ min: 1, max: 256 })), ([typed, cpus]) => {
      const cores = parsePercent(typed, cpus);
      assert.ok(cores === undefined || (cores >= 0.01 && cores <= cpus));
    }),
    holds('reads what was typed', fc.integer({ min: 1000, max: 100_000 }), (thousandths) => {
      assert.ok(Math.abs((parsePercent(`${thousandths / 1000} %`, 1) ?? NaN) - thousandths / 100_000) < 1e-12);
      assert.equal(parsePercent(String(thousandths / 1000).replace('.', ','), 1), parsePercent(String(thousandths / 1000), 1));
    }, 0.3),
    linear((typed) => parsePercent(typed, 4), ['1', ' ', '%', '.', ','])),
  parser('parseResourceLimit',
    holds('is whole and within the bounds, or none', fc.tuple(fc.constantFrom<ResourceKind>('memory', 'pids', 'cpuShares'), mutated('512m', '1.5 GB', '100 MiB', '6291456', '100', '1024')), ([kind, typed]) => {
      const value = parseResourceLimit(kind, typed);
      assert.ok(value === undefined || (Number.isSafeInteger(value) && value >= bounds[kind].least && value <= bounds[kind].most));
    }, 2),
    holds('reads what was typed', fc.tuple(fc.integer({ min: 6, max: 1_000_000 }), fc.constantFrom('m', 'M', 'mb', 'MiB', ' MB')), ([amount, unit]) => { assert.equal(parseResourceLimit('memory', `${amount}${unit}`), amount * 1024 ** 2); }, 0.3),
    linear((typed) => parseResourceLimit('memory', typed), ['1', ' ', 'm', '.'])),
  parser('isImageName',
    holds('takes real names', fc.constantFrom('busybox', 'python:3-alpine', 'localhost:5000/team/app:1', 'ghcr.io/a/b__c@sha256:0123456789abcdef', 'Registry.example.org/x/y.z:V1_2'), (name) => { assert.ok(isImageName(name)); }, 0.05),
    holds('takes nothing that is an option, or more than a name', mutated('busybox', 'python:3-alpine', 'localhost:5000/team/app:1', 'x@sha256:0123'), (name) => { assert.ok(!isImageName(name) || /^[a-zA-Z0-9][\w.:/@-]*$/.test(name)); }),
    linear(isImageName, ['_', '__', 'a_', 'a', '/', '.', ':'])),
  parser('runLine',
    holds('is words of one command line, whatever the engine says', fc.tuple(containers, images, fc.constantFrom('1' as const, '2' as const, 'unknown' as const)), ([container, image, version]) => {
      const words = shellWords(runLine(container, image, version));
      assert.deepEqual(words.slice(0, 2), ['docker', 'run']);
      assert.ok(words.join('').length <= (sizeOf(container) + 200) * 3);
      assert.ok(!words.some((word) => /^(NaN|Infinity|undefined|null)$/.test(word) && !JSON.stringify(container).includes(word)));
    }, 2),
    holds('gives the container\'s own words to a real shell', fc.array(argument, { minLength: 1, maxLength: 6 }), (words) => {
      const line = runLine({ Id: 'x', Config: { Image: 'busybox', Cmd: words } }, undefined, '2').replace(/^docker run --detach busybox /, '');
      assert.deepEqual(execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0').slice(0, -1), words);
    }, 0.02),
    linear((whole) => {
      // A quarter: making the objects takes longer than reading them.
      const lines = whole.slice(0, whole.length / 4).split('\n');
      const named = (end: string) => ({ Env: lines.map((line) => line + end), Labels: Object.fromEntries(lines.map((line, index) => [`${line}${index}${end}`, line])) });
      return runLine({ Id: 'x', Config: named('') }, { Config: named('!') }, '1');
    }, ['A=b\n', '\'', '\n'], 0.03)),
  parser('asDockerCommand',
    holds('is words of one command of docker, or nothing', requests, (request) => {
      const command = asDockerCommand(request);
      if (command !== undefined) { assert.equal(shellWords(command)[0], 'docker'); }
      assert.doesNotMatch(command ?? '', /native code|\[object|undefined/);
    }, 2),
    linear((text) => asDockerCommand({ method: 'GET', path: `/containers/${encodeURIComponent(text)}/json?filters=${encodeURIComponent(text)}`, apiVersion: undefined, body: undefined }), ['a', '/', '%', '\''])),
  parser('asCurl',
    holds('is words of one command, and ends in the request', fc.tuple(requests, places), ([request, endpoint]) => {
      const words = shellWords(asCurl(request, endpoint));
      const curl = endpoint.kind === 'ssh' ? shellWords(words.at(-1) ?? '') : words;
      assert.equal(words[0], endpoint.kind === 'ssh' ? 'ssh' : 'curl');
      assert.equal(curl[0], 'curl');
      assert.ok(curl.at(-1)?.endsWith(request.path));
    })),
  parser('replyOf and explainRefusal',
    holds('say something short of any body', fc.tuple(fc.integer({ min: 100, max: 599 }), mutated(...dockerSays('missing').map((value) => JSON.stringify(value)), '<html>Bad Gateway</html>', '{"message":', 'null', '"text"')), ([status, body]) => {
      const reply = replyOf(body);
      assert.ok(typeof reply === 'string' && reply.length <= body.length + 1);
      assert.ok(explainRefusal(status, reply) instanceof HumanError);
    }),
    holds('are bounded, however long the answer is', fc.constantFrom('x', '{"message":"', '<b>'), (start) => {
      assert.ok(replyOf(start + 'x'.repeat(100_000)).length < 5_000);
      assert.ok(replyOf(JSON.stringify({ message: start.repeat(50_000) })).length < 5_000);
    }, 0.02),
    linear(replyOf, ['{', '"message":', '"', '\\'])),
  parser('explainConnectionError',
    holds('gives back an error whatever it gets', fc.tuple(fc.oneof(fc.anything(), fc.tuple(hostileText, fc.oneof(hostileText, fc.constantFrom('ENOENT', 'EACCES', 'ERR_SSL_X_ALERT', 'HPE_INVALID', 'CERT_HAS_EXPIRED'))).map(([message, code]) => Object.assign(new Error(message), { code }))), places), ([error, endpoint]) => {
      const explained = explainConnectionError(error, endpoint);
      assert.ok(Object.is(explained, error) || explained instanceof HumanError);
    })),
  parser('explainPullError',
    holds('is a PullFailed that names its kind', mutated('Get "https://x/v2/": dial tcp: lookup x: no such host', 'manifest unknown', 'pull access denied for x'), (reply) => { assert.ok(['registryUnreachable', 'noSuchImage', 'refused'].includes(explainPullError(reply).kind)); }, 0.5),
    linear(explainPullError, ['dial tcp', 'not found', 'i/o ', '.'])),
  parser('PullTracker and ProgressBar',
    holds('go from 0 to 100 percent at the most, and never back', fc.array(pullLines, { maxLength: 12 }), (lines) => {
      const [tracker, bar] = [new PullTracker(), new ProgressBar()];
      let sum = 0;
      for (const line of lines) {
        const message = orThrows(() => wire.toPullMessage(line), PullFailed);
        if (message === undefined) { continue; }
        const progress = tracker.push(message);
        assertFigures(progress);
        assert.ok(progress.layersDone <= progress.layers);
        const step = bar.increment(progress);
        assertFigures(step);
        sum += step;
      }
      assert.ok(sum <= 100.001, `${sum} percent`);
    })),
  parser('asArrangement',
    holds('is whole, whatever was remembered', fc.oneof(fc.anything(), mutatedJson({ groupBy: 'image', sortBy: 'name', filter: 'web' })), (value) => {
      const arrangement = asArrangement(value);
      assert.deepEqual(asArrangement(arrangement), arrangement);
      assert.deepEqual(Object.keys(arrangement), ['groupBy', 'sortBy', 'filter']);
      assert.equal(typeof comparator(arrangement.sortBy), 'function');
    }),
    holds('filters any container by any words', fc.tuple(mutatedJson(...eachDockerSays('list')), hostileText), ([row, filter]) => {
      const container = orThrows(() => wire.toSummary(row), MalformedStream);
      if (container !== undefined) { assert.equal(typeof passes({ ...container, cpuLimit: null }, filter), 'boolean'); }
    })),
  parser('LimitHistory',
    holds('keeps the newest changes of each container, and of none that is gone', limitChanges, (changes) => {
      const [clock, changed] = [new FakeClock(), new Emitter<ContainerChange>()];
      const history = new LimitHistory({ onDidChange: changed.event } as unknown as ContainerStore, clock);
      const now = new Map<string, number | null | undefined>();
      for (const [kind, id, limit, later] of changes) {
        clock.millis += later;
        const of = (cores: number | null | undefined) => ({ ...detailsOf(id), id, cpuLimit: cores === null || cores === undefined ? cores : { cores, dialect: 'CpuQuota' as const } }) as never;
        changed.fire(kind === 'reset' ? { kind } : kind === 'removed' ? { kind, container: of(limit) } : { kind: 'changed', before: of(now.get(id)), container: of(limit) });
        if (kind === 'changed') { now.set(id, limit); } else if (kind === 'removed') { assert.equal(history.of(id).changes.length, 0); }
        const { since, changes: known } = history.of(id);
        assert.ok(known.length <= 100 && known.every(({ at }, index) => at >= since && at >= (known[index - 1]?.at ?? 0)));
        assert.ok(known.every(({ before, after }) => before !== after));
        assertFigures(known);
      }
      history.dispose();
    }, 0.5)),
  parser('tar',
    holds('is read back as it was packed', fc.array(fc.record({ name: fileName, content: fc.uint8Array({ maxLength: 1500 }), mode: fc.constantFrom(0o644, 0o755, 0o7777) }), { maxLength: 4 }), (files) => {
      const archive = tar(files);
      assert.equal(archive.length % 512, 0);
      assert.deepEqual(untar(archive), files.map(({ name, content, mode }) => ({ name, mode, content: Buffer.from(content) })));
    }, 0.3),
    holds('is read by the machine\'s own tar', fc.uniqueArray(fileName, { minLength: 1, maxLength: 4 }), (names) => {
      assert.deepEqual(execFileSync('tar', ['-tf', '-'], { input: tar(names.map((name) => ({ name, content: Buffer.from(name) }))), encoding: 'utf8' }).trim().split('\n'), names);
    }, 0.01)),
  parser('helloProgram',
    holds('is a whole ELF file that ends in its text', fc.tuple(hostileText, fc.constantFrom<Architecture>('amd64', 'arm64')), ([text, architecture]) => {
      const program = helloProgram(text, architecture);
      assert.equal(program.subarray(0, 4).toString('latin1'), '\x7fELF');
      assert.equal(program.readBigUInt64LE(96), BigInt(program.length));
      assert.ok(program.subarray(-Buffer.byteLength(text) || program.length).equals(Buffer.from(text)));
    }, 0.3),
    holds('writes its text and ends well, on this machine\'s processor', argument, (text) => { if (native !== undefined) { assert.equal(run(helloProgram(text, native)), text); } }, 0.01)),
  parser('openShell',
    holds('finds the same process and output wherever the first bytes are cut', fc.tuple(mutated('77\r\n/ # ', '1\n', '4194304\r\nwelcome\n'), cuts), async ([text, at]) => {
      const bytes = Buffer.from(text);
      const [cut, whole] = [await shellThatSays(cutAt(bytes, at)), await shellThatSays([bytes])];
      assert.deepEqual(cut, whole);
      if (whole !== undefined) { assert.ok(Number.isSafeInteger(whole.pid) && whole.pid > 0); }
    }, 0.3),
    linear((text) => shellThatSays(Array.from({ length: Math.ceil(text.length / 16) }, (_, index) => Buffer.from(text.slice(index * 16, index * 16 + 16)))), ['1', ' '], 0.02)),
];
