import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPodman } from '../../lab/docker/podman.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { foldersOf } from '../../src/cgroup/demoGroup';
import type { ProcessHost } from '../../src/cgroup/host';
import { LocalHost } from '../../src/cgroup/localHost';
import { inspectMachine } from '../../src/cgroup/machine';
import { MadeRecord } from '../../src/cgroup/made';
import { groupAt, type GroupRoot } from '../../src/cgroup/observe';
import { findProgram } from '../../src/cgroup/processes';
import type { Engine } from '../../src/engine/engine';
import { ExerciseSession } from '../../src/lesson/exerciseSession';
import { LocalPlace } from '../../src/lesson/localPlace';
import { LessonProgress } from '../../src/lesson/progress';
import type { Exercise, Hands, StepId, StepState } from '../../src/lesson/step';
import { stepOf, steps } from '../../src/lesson/steps';
import { lessonEngine, memoryIn } from '../unit/support/lessonEngine';
import { type Bench, demoImage, disposeAfterTest, figure, hello, localHost, program, useBench, useBenchOf } from './bench';
import { poll, until } from './until';

/*
 * Every step that can be done for the learner, on a real engine and this machine's own kernel: not done, solved, done, undone. By hand
 * with a group and a program of names that nobody else has.
 */

beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

const byHand: readonly StepId[] = ['cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand'];
const signal = new AbortController().signal;

/** This machine with only our own group on it: others make theirs beside us. */
class OwnGroupOnly extends LocalHost {
  constructor(private readonly root: GroupRoot, private readonly name: string) { super(); }

  override async list(path: string): Promise<string[]> {
    const names = await super.list(path);
    return path === this.root.mount || path === '/sys/fs/cgroup' ? names.filter((name) => name === this.name) : names;
  }
}

async function begin(bench: Bench, host: ProcessHost = localHost) {
  const connection = await bench.connected();
  const progress = disposeAfterTest(new LessonProgress(lessonEngine(connection), memoryIn(new Map()), host));
  const pulled: string[] = [];
  const { state } = connection;
  const hands: Hands = {
    engine: state.kind === 'connected' ? state.engine : expect.fail('not connected'), images: { hello: 'hello-world', demo: demoImage, demoChosen: false },
    made: { pulled: () => pulled, addPulled: (_, tag) => { pulled.push(tag); return Promise.resolve(); }, forgetPulled: () => Promise.resolve() },
    program: () => Promise.resolve(program), exercise: undefined, notes: progress.notes, facts: () => progress.facts,
    refresh: (id) => connection.containers.refresh(id), onPull: () => { }, onOutput: () => { }, clock: systemClock, log: silentLog,
  };
  const becomes = (id: StepId, is: (state: StepState) => boolean, what: string): Promise<StepState> =>
    until(progress.onDidChange, `${id} ${what}, is ${JSON.stringify(progress.steps[id])}`, () => is(progress.steps[id]) && progress.steps[id]);
  return {
    progress, hands,
    done: (id: StepId): Promise<StepState> => becomes(id, ({ state }) => state === 'done', 'done'),
    open: (id: StepId): Promise<StepState> => becomes(id, ({ state }) => state === 'open', 'open'),
  };
}

/** The exercise on this machine; nothing of it may be left after the test. */
async function exerciseHere(progress: LessonProgress): Promise<Exercise> {
  const machine = await inspectMachine(localHost);
  const { version, cpuMount: mount, accountMount } = machine;
  if (version === undefined || mount === undefined) { throw new Error('no cpu controller here'); }
  const root: GroupRoot = { version, mount, accountMount: accountMount ?? mount };
  const group = `hello-containers-test-${process.pid}-steps`;
  const file = `factorials-steps-${process.pid}.py`;
  const folder = await mkdtemp(join(tmpdir(), 'hc-'));
  await writeFile(join(folder, file), program);
  onTestFinished(async () => {
    for (const dir of foldersOf(groupAt(root, group))) { await expect(localHost.list(dir)).rejects.toMatchObject({ code: 'ENOENT' }); }
    const left = await findProgram(localHost, file);
    for (const { pid } of left) { process.kill(pid, 'SIGKILL'); }
    expect(left).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });
  const path = join(folder, file);
  const place = await LocalPlace.open({
    host: new OwnGroupOnly(root, group), program: { path, word: path }, saveProgram: () => Promise.resolve(),
    record: new MadeRecord(join(folder, 'made.json'), () => Promise.resolve({ pid: process.pid, startTicks: 0 })),
    spawn: async (_, environment) => {
      const child = spawn('python3', ['-u', path], { stdio: 'ignore', env: { ...process.env, ...environment } });
      await new Promise((resolve) => { child.once('spawn', () => { resolve(undefined); }); });
      return child;
    },
    kill: (pid) => process.kill(pid, 'SIGTERM'),
  });
  const session = disposeAfterTest(new ExerciseSession(place, group, systemClock));
  progress.useExercise(session, { machine, cpus: availableParallelism(), group, program: join(folder, file) });
  await session.look();
  return session;
}

/** What must be there for the step to be open: the clean-up needs something to clean. */
const setUp: Partial<Record<StepId, (engine: Engine) => Promise<unknown>>> = {
  'clean-up': (engine) => hello(engine).result,
};

/** Not done, solved, done, undone, and nothing is left of it. @returns what it was when it was done */
async function goThrough(bench: Bench, id: StepId, host?: ProcessHost): Promise<StepState> {
  const { progress, hands, done, open } = await begin(bench, host);
  if (byHand.includes(id)) { hands.exercise = await exerciseHere(progress); }
  await setUp[id]?.(hands.engine);
  await open(id);
  const { solve, reset, hints } = stepOf(id);
  const from = performance.now();
  await solve?.(hands, signal);
  const state = await done(id);
  figure(`${id} (${Math.round(performance.now() - from)} ms): ${state.reason} ${JSON.stringify(state.evidence ?? {})}`);
  for (const hint of hints(progress.facts)) { expect(hint).not.toBe(''); }
  const question = progress.question(id);
  if (question !== undefined) {
    figure(`${question.prompt} ${question.options.join(' | ')} → ${question.explanation}`);
    expect(question.options).toContain(question.answer);
    expect(question.options.map((option) => progress.answer(id, option)).filter(Boolean)).toHaveLength(1);
  }
  await reset?.(hands, signal);
  await open(id);
  // What an earlier step would have made.
  await stepOf('cpu-demo').reset?.(hands, signal);
  expect(await hands.engine.listContainers()).toEqual([]);
  return state;
}

describe('on a Docker engine and this kernel', () => {
  const bench = useBench('hello-world', 'busybox', demoImage);

  test.each(steps.filter(({ id, solve }) => solve !== undefined && id !== 'swarm').map(({ id }) => id))('%s is not done, solved, done, undone, and nothing is left', async (id) => {
    await goThrough(bench(), id);
  });

  test('the process of a container on another machine is known from the engine and from inside', async () => {
    const elsewhere: ProcessHost = { read: () => Promise.reject(new Error('not here')), readlink: () => Promise.reject(new Error('not here')) };
    expect((await goThrough(bench(), 'a-process', elsewhere)).reason).toMatch(/^cpu-demo is process \d+ of its machine, says the engine, and process 1 inside/);
  });

  test('each is done and undone in a terminal, too', async () => {
    const { docker } = bench();
    const { progress, done, open } = await begin(bench());
    await Promise.all((['containers-and-vms', 'image-container-host', 'follow-the-run', 'a-process'] as const).map(open));

    const proof = await docker('create', 'busybox', 'uname', '-r');
    expect((await docker('start', '-a', proof))).toBe((await done('containers-and-vms')).evidence?.['Kernel inside']);
    const twin = (name: string): Promise<string> => docker('run', '-d', '--name', name, '--label', 'hello-containers.role=twin', 'busybox', 'sleep', '1000');
    await twin('twin-A');
    await twin('twin-B');
    await until(progress.onDidChange, 'both are seen', () => progress.steps['image-container-host'].reason.includes('make a file'));
    await docker('exec', 'twin-A', 'touch', '/made');
    await until(progress.onDidChange, 'the change is seen', () => progress.steps['image-container-host'].reason.includes('twin-A has a change (/made), twin-B of the same image has none'));
    await docker('rm', '-f', 'twin-A');
    await until(progress.onDidChange, 'one is left', () => progress.steps['image-container-host'].reason.includes('There is one container, twin-B'));
    await twin('twin-A');
    expect((await done('image-container-host')).reason).toContain('/made');
    expect(progress.steps['a-process'].state).toBe('open');

    await docker('run', '--name', 'hello', 'hello-world');
    figure((await done('follow-the-run')).reason);
    const other = await docker('run', '-d', '--name', 'other', 'busybox', 'sleep', '1000');
    expect((await done('a-process')).evidence?.['Process on its machine']).toBe((await bench().engine.inspectContainer(other)).pid);

    await docker('rm', '-f', proof, 'twin-A', 'twin-B', 'hello', 'other');
    await Promise.all((['containers-and-vms', 'image-container-host', 'follow-the-run', 'a-process'] as const).map(open));
  });

  test('a run before we looked is known from the engine\'s own memory', async () => {
    const { docker } = bench();
    await docker('run', '--name', 'earlier', 'hello-world');
    const { done } = await begin(bench());
    const { reason, evidence } = await done('follow-the-run');
    figure(`${reason} ${JSON.stringify(evidence)}`);
    expect(reason).toMatch(/earlier: create, attach, start, die/);
    await docker('rm', 'earlier');
  });

  test('a container that is none of the lesson\'s costs no request for its changes, events or log', async () => {
    const { done, hands: { engine } } = await begin(bench());
    await done('connect');
    const asked = new Set<string>();
    // Not exec: any container that runs may be looked into as a process, by a command in it where /proc does not tell.
    for (const call of ['containerChanges', 'pastEvents', 'containerLogs'] as const) {
      const was = engine[call].bind(engine) as (...args: unknown[]) => unknown;
      Object.assign(engine, { [call]: (...args: unknown[]) => { asked.add(call); return was(...args); } });
    }
    const id = await bench().docker('run', '-d', 'busybox', 'true');
    await poll('it ended', async () => (await engine.inspectContainer(id)).state === 'exited');
    await bench().docker('rm', id);
    expect([...asked]).toEqual([]);
  });

  test('undoing takes nothing away that only looks like the lesson\'s', async () => {
    const { docker } = bench();
    await docker('tag', 'busybox', 'me/hello-world');
    await docker('run', '-d', '--name', 'service', 'me/hello-world', 'sleep', '1000');
    await docker('run', '-d', '--name', 'theirs', 'busybox', 'sleep', '1000');
    const { hands } = await begin(bench());
    for (const { id, reset } of steps) { if (!byHand.includes(id)) { await reset?.(hands, signal); } }
    await stepOf('clean-up').solve?.(hands, signal);
    expect((await hands.engine.listContainers()).map(({ name, state }) => `${name} ${state}`).sort()).toEqual(['service running', 'theirs running']);
    await docker('rm', '-f', 'service', 'theirs');
    await docker('rmi', 'me/hello-world');
  });

  test('cancelled in the middle, a step leaves nothing', async () => {
    const { hands, open } = await begin(bench());
    for (const id of ['containers-and-vms', 'image-container-host', 'hello-world', 'a-process', 'limit', 'watch'] as const) {
      await open(id);
      const cancel = new AbortController();
      const start = hands.engine.startContainer.bind(hands.engine);
      hands.engine.startContainer = async (started) => {
        await start(started);
        cancel.abort();
      };
      await expect(stepOf(id).solve?.(hands, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
      hands.engine.startContainer = start;
      expect(await hands.engine.listContainers()).toEqual([]);
    }
  });
});

describe('on Podman', () => {
  const bench = useBenchOf(async () => {
    const podman = await openPodman({ log: (line) => console.log(line) });
    return { host: podman.host, close: () => podman.close({ remove: true }) };
  });

  const ids: readonly StepId[] = ['containers-and-vms', 'image-container-host', 'architecture', 'hello-world', 'follow-the-run', 'a-process', 'cpu-demo', 'limit', 'clean-up'];

  test('the steps are done and undone there, too', { timeout: 240_000 }, async () => {
    for (const id of ids) { await goThrough(bench(), id); }
    await bench().docker('run', '--name', 'earlier', 'hello-world');
    const { done } = await begin(bench());
    figure((await done('other-runtime')).reason);
    figure((await done('follow-the-run')).reason);
    await bench().docker('rm', 'earlier');
    await bench().removeImages();
  });
});
