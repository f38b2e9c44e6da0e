import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { HumanError } from '../../src/base/errors';
import type { Container } from '../../src/engine/containers';
import * as anatomy from '../../src/engine/anatomyWire';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine, EngineEvent } from '../../src/engine/engine';
import { MalformedStream } from '../../src/engine/errors';
import { roleLabel } from '../../src/engine/ours';
import * as wire from '../../src/engine/wire';
import { endedWell, isHelloWorld, isKernelProof, processToSee } from '../../src/lesson/candidates';
import { docker } from '../../src/lesson/commandLine';
import { checkTasks, type ExerciseFacts, type ExerciseMemory, remember, taskIds } from '../../src/lesson/exercise';
import { LessonJournal } from '../../src/lesson/journal';
import { describeLayers } from '../../src/lesson/layers';
import { LessonNotes } from '../../src/lesson/notes';
import { readContainerProcess } from '../../src/lesson/readProcess';
import { isWholeRun, madeInside, readKernelProof, toRunEvents } from '../../src/lesson/reads';
import { BadRecording, parseRecording, replay } from '../../src/lesson/recording';
import { reportOf, verifyCommand } from '../../src/lesson/report';
import { describeLimits } from '../../src/lesson/resourceLimits';
import { traceRun } from '../../src/lesson/runTrace';
import { checkSteps, type StepId, stepIds, type StepState } from '../../src/lesson/steps';
import { parseWorkRate } from '../../src/lesson/workRate';
import { xray } from '../../src/lesson/xray';
import { containerLogs } from '../../src/tools/containerLogs';
import { findContainer, NotOneContainer } from '../../src/tools/findContainer';
import { inspectContainer } from '../../src/tools/inspectContainer';
import { numberOf, textOf, WrongInput } from '../../src/tools/tool';
import { FakeClock } from '../unit/support/fakeClock';
import { connectedFacts, containerOf, engineFacts } from '../unit/support/lessonFacts';
import { ScriptedEngine } from '../unit/support/scriptedEngine';
import { containerId, machine } from './anyMachine';
import { hostileText, json, mutated, mutatedJson } from './inputs';
import { assertFigures, holds, linear, orRejects, orThrows, parser } from './property';
import { dockerSays, eachDockerSays, recordedRun } from './samples';
import { shellWords } from './shellWords';

const rateLines = mutated('12 calculations, 11.834 per second', 'Calculations per second: 12', '2026-01-01T00:00:00.5Z 3 calculations, 2.9 per second');
const recordings = mutatedJson(JSON.parse(recordedRun)).map((value) => JSON.stringify(value));

/** No figure that is none in a text for people. */
function assertWords(text: string, allowed: string): void {
  for (const word of ['NaN', 'Infinity', 'undefined', '[object Object]']) { assert.ok(!text.includes(word) || allowed.includes(word), `"${word}" in ${JSON.stringify(text)}`); }
}

const cpuMax = fc.record({ quotaMicros: fc.integer({ min: 1000, max: 1e6 }), periodMicros: fc.constantFrom(100_000, 50_000) }, { noNullPrototype: true });
const facts: fc.Arbitrary<ExerciseFacts> = fc.record({
  program: fc.option(fc.record({ pid: fc.integer({ min: 2, max: 9 }), parent: fc.nat(9), command: fc.array(hostileText, { maxLength: 2 }), uid: fc.nat(9), threads: fc.nat(3), cpuMicros: fc.nat(), contained: fc.boolean(), kernelThread: fc.constant(false), startTicks: fc.nat(3) }), { nil: undefined }),
  programGroup: fc.option(hostileText, { nil: undefined }),
  group: fc.option(fc.record({ dir: fc.constantFrom('/a', '/b'), limit: fc.oneof(cpuMax, fc.constantFrom(null, undefined)), threadsInside: fc.nat(3), isPlainFolder: fc.boolean() }), { nil: undefined }),
  account: fc.option(fc.record({ cores: fc.double({ min: 0, max: 8, noNaN: true }), periods: fc.nat(40), throttledPeriods: fc.nat(40) }), { nil: undefined }),
});

const roles = ['hello-world', 'cpu-demo', 'kernel-proof', 'twin', 'measured', 'cgroup-helper', '__proto__'];
/** Rows of the list with roles of the lesson, as the store would hold them. */
const containers: fc.Arbitrary<Container[]> = fc.array(fc.tuple(mutatedJson(...eachDockerSays('list')), fc.constantFrom(...roles, undefined), fc.constantFrom('running', 'exited', undefined), fc.constantFrom<Container['cpuLimit']>(null, undefined, { cores: 0.1, dialect: 'CpuQuota' })), { maxLength: 5 })
  .map((rows) => rows.flatMap(([row, role, state, cpuLimit]) => {
    const summary = orThrows(() => wire.toSummary(row), MalformedStream);
    return summary === undefined ? [] : [{ ...summary, labels: { ...summary.labels, ...role === undefined ? {} : { [roleLabel]: role } }, state: (state ?? summary.state), cpuLimit }];
  }));

const events: fc.Arbitrary<EngineEvent[]> = fc.array(mutatedJson(...eachDockerSays('events')), { maxLength: 8 }).map((all) => all.map(wire.toEvent).filter((event) => event !== undefined));

const stepState = fc.record({ state: fc.constantFrom('done' as const, 'open' as const, 'unknown' as const), reason: hostileText, evidence: fc.dictionary(hostileText, fc.oneof(hostileText, fc.nat()), { maxKeys: 3 }) }, { noNullPrototype: true });
const states: fc.Arbitrary<Record<StepId, StepState>> = fc.tuple(...stepIds.map(() => stepState)).map((all) => Object.fromEntries(stepIds.map((id, index) => [id, all[index]])) as Record<StepId, StepState>);
const reports = fc.record({
  at: fc.nat(2e12), extensionVersion: fc.constant('1.0.0'), states, withHostName: fc.boolean(), engine: fc.option(mutatedJson(dockerSays('info', 'version')).map((value) => wire.toFacts((value as unknown[] | null)?.[0], (value as unknown[] | null)?.[1], 0)), { nil: undefined }),
  journal: fc.dictionary(fc.constantFrom(...stepIds), fc.record({ at: fc.nat(2e12), reason: hostileText, evidence: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }) }), { maxKeys: 4 }),
});

/** What the command in the report finds: the lines between the first fence and the next one. */
function blockOf(report: string): string {
  const lines = report.split('\n');
  const from = lines.indexOf('```jsonl');
  return lines.slice(from + 1, lines.indexOf('```', from)).map((line) => `${line}\n`).join('');
}

/** What VS Code remembers, whoever wrote it. */
function memoryOf(stored: unknown): { get<T>(key: string, usual: T): T; update(): Promise<void> } {
  return { get: <T>(_key: string, usual: T) => stored === undefined ? usual : stored as T, update: () => Promise.resolve() };
}

function enginesWith(all: readonly Container[], engine: Engine): Parameters<typeof findContainer>[0] {
  const known = { name: 'lab](x)', connection: { state: { kind: 'connected' }, engine: () => Promise.resolve(engine), containers: { containers: all } } };
  return { all: [known], usedEngine: () => Promise.resolve(known) } as never;
}

const fileChanges = fc.array(fc.record({ path: fc.array(fc.constantFrom('etc', 'a', 'b', 'hosts', 'dev', 'var', 'run', '__proto__'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`), kind: fc.constantFrom('modified' as const, 'added' as const, 'deleted' as const) }, { noNullPrototype: true }), { maxLength: 12 });

export const lesson = [
  parser('parseWorkRate',
    holds('is a figure, or none', rateLines, (line) => { assertFigures(parseWorkRate(line)); }, 2),
    holds('reads what the programs print', fc.tuple(fc.nat(100_000), fc.nat(999), fc.nat(1e6)), ([whole, thousandths, count]) => {
      const rate = `${whole}.${String(thousandths).padStart(3, '0')}`;
      assert.equal(parseWorkRate(`${count} calculations, ${rate} per second`), Number(rate));
      assert.equal(parseWorkRate(`Calculations per second: ${whole}`), whole);
    }, 0.5),
    linear(parseWorkRate, ['1', '.', ' per second', 'per second:', ' '])),
  parser('parseRecording, traceRun and replay',
    holds('is a recording that can be drawn, or a BadRecording', recordings, async (text) => {
      const recording = orThrows(() => parseRecording(text), BadRecording);
      if (recording === undefined) { return; }
      assertFigures(recording.entries.map(({ at }) => at));
      assert.deepEqual(parseRecording(JSON.stringify(recording)), recording);
      const end = new AbortController();
      end.abort();
      await replay(recording, { onStage: () => { }, onOutput: () => { } }, end.signal);
      if (recording.evidence === undefined) { return; }
      const stages = traceRun(recording.evidence, { version: recording.engine.version, components: recording.engine.components ?? [] });
      assert.equal(stages.length, 7);
      assertFigures(stages, ['from']);
      for (const { what, evidence } of stages) { assertWords([what, ...evidence].join('\n'), text); }
    }, 3),
    linear((text) => orThrows(() => parseRecording(text), BadRecording), ['{"entries":[', '{"at":1},', '[', '"'])),
  parser('docker (command line)',
    holds('is words of one command that lead to the engine', mutated('unix:///a b.sock', 'ssh://me@host:22/x', 'tcp://host:1', 'unix:///var/run/docker.sock'), (address) => {
      const endpoint = orThrows(() => parseEndpoint(address), HumanError);
      if (endpoint !== undefined) { assert.equal(shellWords(docker(connectedFacts({ engines: [{ name: 'x', endpoint, facts: undefined }] })))[0], 'docker'); }
    })),
  parser('checkTasks and remember (exercise)',
    holds('say something of any facts, and remember what was watched', fc.array(facts, { minLength: 1, maxLength: 6 }), (all) => {
      let memory: ExerciseMemory = { halved: false, watched: false };
      for (const seen of all) {
        memory = remember(seen, memory);
        const tasks = checkTasks(seen, memory);
        assert.deepEqual(Object.keys(tasks), [...taskIds]);
        const said = JSON.stringify(seen);
        for (const { reason } of Object.values(tasks)) {
          assert.notEqual(reason, '');
          assertWords(reason, said);
        }
      }
    })),
  parser('reportOf',
    holds('has the evidence whole, whatever an engine says of itself', reports, (input) => {
      const report = reportOf(input);
      assert.equal(/^SHA-256: (\w+)$/m.exec(report)?.[1], createHash('sha256').update(blockOf(report)).digest('hex'));
      assert.equal(report.split('\n').filter((line) => line === '```jsonl').length, 1);
      assert.equal(report.split('\n').filter((line) => line.startsWith('SHA-256: ')).length, 1);
      for (const line of blockOf(report).trimEnd().split('\n')) { assert.equal(typeof JSON.parse(line), 'object'); }
    }, 0.5),
    holds('is verified by its own command', reports, (input) => {
      const folder = mkdtempSync(join(tmpdir(), 'hc-report-'));
      try {
        const report = reportOf(input);
        writeFileSync(join(folder, 'report.md'), report);
        assert.equal(execFileSync('sh', ['-c', verifyCommand(join(folder, 'report.md'))], { encoding: 'utf8' }).slice(0, 64), /^SHA-256: (\w+)$/m.exec(report)?.[1]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }, 0.01),
    linear((text) => reportOf({ at: 0, extensionVersion: '1', states: Object.fromEntries(stepIds.map((id) => [id, { state: 'done', reason: id === 'connect' ? text : '' }])) as Record<StepId, StepState>, journal: {}, engine: engineFacts({ name: 'h' }), withHostName: false }), ['ssh://', 'tcp://', '|', '```', '\n', 'unix:///var/run/docker.sock'])),
  parser('LessonJournal and LessonNotes (memory)',
    holds('make sense of whatever was remembered', fc.tuple(fc.oneof(json, mutatedJson({ at: 1, reason: 'r', evidence: { a: 'b' } }, { connect: ['a'] }, [{ id: 'a', name: 'n', imageId: 'i', path: '/p', beside: ['b'] }])), states), ([stored, now]) => {
      const journal = new LessonJournal({ onDidChange: () => ({ dispose: () => { } }) }, memoryOf(stored), new FakeClock());
      assert.equal(typeof reportOf({ at: 0, extensionVersion: '1', states: now, journal: journal.entries, engine: undefined, withHostName: true }), 'string');
      const notes = new LessonNotes(memoryOf(stored));
      notes.noteRight('connect', 'x');
      notes.noteChangedOf([{ id: 'a', name: 'n', imageId: 'i', changes: [{ path: '/p', kind: 'added' }] }]);
      checkSteps(connectedFacts({ answers: notes.answers, changedTwins: notes.changedTwins, madeSomething: notes.madeSomething }));
      journal.dispose();
      notes.dispose();
    })),
  parser('checkSteps',
    holds('say something of any containers', fc.tuple(containers, events), ([all, heard]) => {
      const runEvents = toRunEvents(heard);
      const checked = checkSteps(connectedFacts({ containers: all, run: { value: { id: 'x', name: 'y', events: runEvents } }, account: { containerId: all[0]?.id ?? '', cores: 0.1, periods: 30, throttledPeriods: 29 } }));
      const said = JSON.stringify([all, heard]);
      for (const { reason, evidence } of Object.values(checked)) {
        assertWords([reason, ...Object.entries(evidence ?? {}).flat()].join('\n'), said);
        assertFigures(evidence);
      }
    })),
  parser('candidates',
    holds('tell of any row', containers, (all) => {
      for (const container of all) { assert.ok([endedWell(container), isHelloWorld(container), isKernelProof(container)].every((is) => typeof is === 'boolean')); }
      processToSee(all);
    }, 0.3),
    linear((text) => [isKernelProof(containerOf('x', { command: text })), isHelloWorld(containerOf('x', { image: text })), endedWell(containerOf('x', { status: text, state: 'exited' }))], ['uname -r', '/', 'hello-world', ':', 'Exited (0)', 'x'])),
  parser('toRunEvents and isWholeRun',
    holds('are figures in the order of time', events, (heard) => {
      const run = toRunEvents(heard);
      assertFigures(run, ['at', 'exitCode']);
      assert.ok(run.every(({ at }, index) => at >= (run[index - 1]?.at ?? -Infinity)));
      assert.equal(typeof isWholeRun(run), 'boolean');
    })),
  parser('madeInside',
    holds('leaves out what the engine made, and folders that say no more than what is in them', fileChanges, (changes) => {
      const made = madeInside(changes);
      assert.ok(made.every((change) => changes.includes(change) && !/^\/(dev|proc|sys)\b/.test(change.path)));
      for (const { path, kind } of made) { assert.ok(kind !== 'modified' || !made.some((other) => other.path.startsWith(`${path}/`))); }
    }),
    linear((text) => madeInside(text.split(' ').map((path, index) => ({ path: `/${path}${index}`, kind: 'modified' as const }))), ['a ', 'a/', '/', 'etc/hosts '])),
  parser('describeLayers and describeLimits',
    holds('are figures and words of any container', fc.tuple(mutatedJson(...dockerSays('inspect')), mutatedJson(...dockerSays('image')), mutatedJson(...dockerSays('history'))), ([inspected, image, history]) => {
      const found = orThrows(() => anatomy.toAnatomy(inspected), MalformedStream);
      if (found === undefined) { return; }
      assertFigures(describeLayers(found.storage, anatomy.toLayers(image), anatomy.toHistory(history)));
      for (const { value } of describeLimits(found.limits)) { assertWords(value, ''); }
    })),
  parser('readContainerProcess and xray',
    holds('tell of a process in figures, or why not', fc.tuple(machine, mutatedJson(...dockerSays('inspect'))), async ([host, inspected]) => {
      const engine = new ScriptedEngine();
      engine.addContainer(containerId, {}, { pid: 15_248 });
      const container = containerOf(containerId);
      assertFigures(await orRejects(() => readContainerProcess(host, engine, container, new AbortController().signal), HumanError));
      const found = orThrows(() => anatomy.toAnatomy(inspected), MalformedStream);
      if (found === undefined) { return; }
      engine.anatomies.set(containerId, { ...found, id: containerId });
      assertFigures(await xray({ engine, containerId, otherId: undefined, local: host, helper: undefined }), ['cpuQuota']);
    })),
  parser('readKernelProof',
    holds('is in figures, whatever the container printed', fc.tuple(mutatedJson(...dockerSays('inspectDone')), hostileText), async ([inspected, printed]) => {
      const details = orThrows(() => wire.toDetails(inspected), MalformedStream);
      if (details === undefined) { return; }
      const engine = new ScriptedEngine();
      engine.addContainer('c', {}, details);
      engine.output = [{ stream: 'stdout', data: Buffer.from(printed.repeat(20)) }];
      const proof = await readKernelProof(engine, containerOf('c'), new AbortController().signal);
      assert.ok(proof.kernel.length <= 400);
      assertFigures(proof, ['millis']);
    }, 0.5)),
  parser('tools (input)',
    holds('take texts and numbers within bounds, or say what is wrong', fc.oneof(json, fc.anything(), mutatedJson({ container: 'web', lines: 100, percentOfOneCore: 10 })), (input) => {
      const name = orThrows(() => textOf(input, 'container'), WrongInput);
      assert.notEqual(name?.trim(), '');
      const lines = orThrows(() => numberOf(input, 'lines', 1, 1000), WrongInput);
      assert.ok(lines === undefined || (lines >= 1 && lines <= 1000));
    }),
    holds('find one container, and ask about it in plain words', fc.tuple(containers, mutated('web', 'done', '47a30c0d5806')), async ([all, reference]) => {
      const found = await orRejects(() => findContainer(enginesWith(all, new ScriptedEngine()), reference), NotOneContainer);
      if (found !== undefined) { assert.match(found.words, /^[\p{L}\p{N} .:/@_·…-]*$/u); }
    }, 0.5),
    holds('tell logs and configurations as JSON of bounded size, without the environment\'s values', fc.tuple(hostileText, fc.integer({ min: 1, max: 3000 }), mutatedJson(...dockerSays('inspect'))), async ([printed, times, inspected]) => {
      const engine = new ScriptedEngine();
      engine.addContainer('c');
      engine.output = [{ stream: 'stdout', data: Buffer.from(printed.repeat(times)) }];
      engine.inspectRaw = () => Promise.resolve(inspected);
      const engines = enginesWith([containerOf('c', { name: 'web' })], engine);
      const log = await containerLogs(engines).run({ container: 'web' }, new AbortController().signal);
      assert.ok((JSON.parse(log) as { log: string }).log.length <= 60_000);
      const told = JSON.parse(await inspectContainer(engines).run({ container: 'web' }, new AbortController().signal)) as { Config?: { Env?: unknown } } | null;
      const environment = told?.Config?.Env;
      if (Array.isArray(environment)) { for (const entry of environment) { assert.match(String(entry), /^[^=]*=…$/s); } }
    }, 0.3)),
];
