import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ProcessHost } from '../../../src/cgroup/host';
import { connect } from '../../../src/engine/connect';
import { EngineConnection } from '../../../src/engine/connection';
import { roleLabel } from '../../../src/engine/ours';
import { LessonProgress } from '../../../src/lesson/progress';
import type { StepId } from '../../../src/lesson/steps';
import { Emitter } from '../../../src/base/emitter';
import { silentLog } from '../../../src/base/log';
import type { ByHand } from '../../../src/lesson/facts';
import type { Exercise } from '../../../src/lesson/step';
import { EngineServer } from '../support/engineServer';
import { lessonEngine, memoryIn } from '../support/lessonEngine';
import { byHandWith } from '../support/lessonFacts';
import { MapHost } from '../support/mapHost';
import { tempDir } from '../support/tempDir';
import { record, until } from '../support/until';

const labels = { [roleLabel]: 'cpu-demo' };
const limited = { NanoCpus: 0, CpuQuota: 10_000, CpuPeriod: 100_000 };
let server: EngineServer;
let connection: EngineConnection;
let memory: Map<string, unknown>;
let progress: LessonProgress;

beforeEach(async () => {
  const path = join(tempDir(), 'docker.sock');
  server = new EngineServer();
  await server.listen(path);
  connection = new EngineConnection({ connect: (endpoint) => connect(endpoint), log: silentLog, findCandidates: () => Promise.resolve([{ endpoint: { kind: 'unix', path }, reason: '' }]) });
  onTestFinished(() => connection.dispose());
  memory = new Map();
  progress = open();
});

function open(): LessonProgress {
  const opened = new LessonProgress(lessonEngine(connection), memoryIn(memory), new NoProcesses());
  onTestFinished(() => opened.dispose());
  return opened;
}

/** A machine that no container runs on. */
class NoProcesses extends MapHost implements ProcessHost {
  constructor() { super({}); }
  readlink(path: string): Promise<string> { return this.read(path); }
}

const state = (step: StepId): string => progress.steps[step].state;
const becomes = (step: StepId, wanted: string): Promise<void> => until(progress.onDidChange, () => state(step) === wanted);

test('the steps follow the engine, forwards and backwards, through the whole lesson', async () => {
  expect(state('connect')).toBe('open');
  connection.start();
  await becomes('connect', 'done');
  expect(state('clean-up')).toBe('open');

  server.add('demo', { labels });
  server.emit('start', 'demo');
  await becomes('cpu-demo', 'done');

  server.add('demo', { labels, cpu: limited });
  server.emit('update', 'demo');
  await becomes('limit', 'done');

  progress.noteAccount('demo', { cores: 0.1, periods: 30, throttledPeriods: 29 });
  await becomes('watch', 'done');

  server.add('demo', { labels });
  server.emit('update', 'demo');
  await becomes('limit', 'open');
  expect(state('watch')).toBe('open');

  server.containers.clear();
  server.emit('destroy', 'demo');
  await becomes('clean-up', 'done');
  expect(state('cpu-demo')).toBe('open');

  await server.kill();
  await becomes('connect', 'open');
  expect(state('clean-up')).toBe('unknown');
});

test('that something was made is remembered over windows, so that the clean-up is not forgotten', async () => {
  server.add('demo', { labels });
  connection.start();
  await becomes('cpu-demo', 'done');
  expect([...memory.values()]).toEqual([true]);
  server.containers.clear();
  server.emit('destroy', 'demo');
  await becomes('clean-up', 'done');
  progress = open();
  expect(state('clean-up')).toBe('done');
});

test('a list of a thousand containers is one check', async () => {
  for (let i = 0; i < 1_000; i += 1) { server.add(`c${i}`, { state: 'exited', status: 'Exited (0)' }); }
  connection.start();
  const checks = record(progress.onDidChange);
  await becomes('connect', 'done');
  expect(checks.length).toBeLessThanOrEqual(3);
});

test('an account of another container, or one that was taken back, ticks nothing', async () => {
  server.add('demo', { labels, cpu: limited });
  connection.start();
  await becomes('limit', 'done');
  const first = record(progress.onDidChange);
  progress.noteAccount('other', { cores: 0.1, periods: 30, throttledPeriods: 29 });
  await until(progress.onDidChange, () => first.length > 0);
  expect(state('watch')).toBe('open');
  progress.noteAccount('demo', { cores: 0.1, periods: 30, throttledPeriods: 29 });
  progress.noteAccount('other', null);
  progress.noteAccount('demo', null);
  const checks = record(progress.onDidChange);
  await until(progress.onDidChange, () => checks.length > 0);
  expect(state('watch')).toBe('open');
});

test('nothing is checked after the end', async () => {
  const checks = record(progress.onDidChange);
  progress.dispose();
  connection.start();
  await until(connection.onDidChangeState, () => connection.state.kind === 'connected');
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(checks).toEqual([]);
});

test('a right answer ticks the step for the engine that it is about, a wrong one does not, and both are for this engine only', async () => {
  expect(progress.question('architecture')).toBeUndefined();
  expect(progress.answer('architecture', 'unix:///var/run/docker.sock')).toBe(false);
  connection.start();
  await becomes('architecture', 'open');
  await until(progress.onDidChange, () => progress.question('architecture') !== undefined);
  const { options = [], answer = '' } = progress.question('architecture') ?? {};
  for (const wrong of options.filter((option) => option !== answer)) { expect(progress.answer('architecture', wrong)).toBe(false); }
  expect(state('architecture')).toBe('open');
  expect(progress.answer('architecture', answer)).toBe(true);
  await becomes('architecture', 'done');
  // Over windows, and not without the engine.
  progress = open();
  await becomes('architecture', 'done');
  await server.kill();
  await becomes('architecture', 'unknown');
});

test('the steps by hand follow the exercise, with or without an engine', async () => {
  expect(progress.steps['cpu-program']).toEqual({ state: 'unknown', reason: expect.stringContaining('open the exercise') as string });
  const changed = new Emitter<undefined>();
  let { value } = byHandWith([]) as { value: ByHand };
  const exercise: Exercise = { get tasks() { return value.tasks; }, onDidChange: changed.event, do: () => Promise.resolve(), forget: () => Promise.resolve(), look: () => Promise.resolve() };
  progress.useExercise(exercise, value);
  await becomes('cpu-program', 'open');
  ({ value } = byHandWith(['start']) as { value: ByHand });
  changed.fire(undefined);
  await becomes('cpu-program', 'done');
  progress.endExercise('It was closed.');
  await becomes('cpu-program', 'unknown');
  expect(progress.steps['cpu-program'].reason).toBe('It was closed.');
});

test('a command that ended in a twin, and nothing else in it, has its files looked at again', async () => {
  server.intercept = (_request, response, path) => {
    if (!path.endsWith('/changes')) { return false; }
    response.end(changes);
    return true;
  };
  let changes = 'null';
  server.add('a', { labels: { [roleLabel]: 'twin' } });
  server.add('b', { labels: { [roleLabel]: 'twin' } });
  connection.start();
  await until(progress.onDidChange, () => progress.steps['image-container-host'].reason.includes('make a file'));
  changes = '[{"Path":"/made","Kind":1}]';
  server.emit('exec_start: sh', 'a');
  server.emit('exec_die', 'a');
  await until(progress.onDidChange, () => progress.steps['image-container-host'].reason.includes('/made'));
  expect(server.requests.filter((request) => request.endsWith('/changes'))).toHaveLength(4);
});
