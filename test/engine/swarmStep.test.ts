import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSwarm } from '../../lab/docker/swarm.mjs';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { connect } from '../../src/engine/connect';
import type { Engine } from '../../src/engine/engine';
import { Engines } from '../../src/engine/engines';
import { Swarms } from '../../src/engine/swarm/swarms';
import { LessonProgress } from '../../src/lesson/progress';
import type { Hands, StepState } from '../../src/lesson/step';
import { stepOf } from '../../src/lesson/steps';
import { memoryIn } from '../unit/support/lessonEngine';
import { demoImage, figure, localHost } from './bench';
import { poll, rejectionOf, until } from './until';

const execute = promisify(execFile);
const minute = 60_000;
const { solve, reset, hints } = stepOf('swarm');

/** Each test begins with an engine in no swarm and leaves one. */
describe('the lesson\'s step with a swarm', { timeout: 3 * minute }, () => {
  let lab: Awaited<ReturnType<typeof openSwarm>>;
  let home: string;
  let engines: Engines;
  let swarms: Swarms;
  let progress: LessonProgress;

  beforeAll(async () => {
    lab = await openSwarm({ name: 'heal', count: 1 });
    home = await mkdtemp(join(tmpdir(), 'hc-swarm-'));
    engines = new Engines({
      log: silentLog, clock: systemClock, connect: (endpoint, signal) => connect(endpoint, { signal }),
      finderInput: () => ({ setting: lab.hosts[0]?.dockerd.host ?? '', env: {}, platform: process.platform, homeDir: home }),
    });
    swarms = new Swarms(engines);
    progress = new LessonProgress(engines, memoryIn(new Map()), localHost, {
      get state() { return engines.used && swarms.get(engines.used.key)?.model.state; }, onDidChange: swarms.onDidChange,
    });
    engines.start();
    await until(engines.onDidChangeState, 'the engine is known', () => engines.facts !== undefined);
  });
  afterAll(async () => {
    progress.dispose();
    swarms.dispose();
    engines.dispose();
    await lab.close({ remove: true });
    await rm(home, { recursive: true, force: true });
  });

  const docker = (...args: string[]): Promise<string> => lab.hosts[0]?.docker(...args) ?? expect.fail();
  const engine = (): Engine => {
    const { state } = engines.used?.connection ?? expect.fail();
    return state.kind === 'connected' ? state.engine : expect.fail('not connected');
  };
  const hands = (): Hands => ({
    engine: engine(), images: { hello: 'hello-world', demo: demoImage, demoChosen: false }, made: { pulled: () => [], addPulled: () => Promise.resolve(), forgetPulled: () => Promise.resolve() },
    program: () => Promise.resolve(''), exercise: undefined, notes: progress.notes, facts: () => progress.facts, refresh: () => Promise.resolve(), onPull: () => { }, onOutput: () => { },
    clock: systemClock, log: silentLog,
  });
  const becomes = (what: string, is: (state: StepState) => boolean): Promise<StepState> => until(progress.onDidChange, what, () => is(progress.steps.swarm) && progress.steps.swarm, minute);
  const containerEvent = (wanted: string): Promise<void> => new Promise((resolve) => {
    const { connection } = engines.used ?? expect.fail();
    const listening = connection.onEvent(({ type, action }) => {
      if (type === 'container' && action === wanted) {
        listening.dispose();
        resolve();
      }
    });
  });
  const isAlone = async (): Promise<void> => {
    await becomes('the engine is in no swarm', ({ state, reason }) => state === 'open' && reason.endsWith('is in no swarm.'));
    expect(await docker('info', '--format', '{{.Swarm.LocalNodeState}}')).toBe('inactive');
    // The tasks' containers go a moment later.
    await poll('no container', async () => await docker('ps', '--all', '--quiet') === '');
  };

  it('is not done, done for the learner, and undone', async () => {
    await isAlone();
    const from = performance.now();
    await solve?.(hands(), new AbortController().signal);
    const done = await becomes('done', ({ state }) => state === 'done');
    figure(`${((performance.now() - from) / 1000).toFixed(1)} s: ${done.reason} ${JSON.stringify(done.evidence)}`);
    expect(done.reason).toMatch(/^A task of self-healing failed, and \d+\.\d s later another ran in its place\.$/);
    expect(done.evidence).toMatchObject({ 'Its exit code': 137 });
    expect(await docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}')).toBe('self-healing 2/2');
    for (const hint of hints(progress.facts)) { expect(hint).not.toBe(''); }
    await reset?.(hands(), new AbortController().signal);
    await isAlone();
  });

  it('is done in a terminal, by the last hint; Clean Up takes service and swarm away', async () => {
    for (const line of hints(progress.facts)[2].split('\n')) {
      if (line.includes('kill')) { await becomes('both tasks run', ({ reason }) => reason.includes('2 of 2')); }
      await execute('sh', ['-c', line]);
    }
    await becomes('done', ({ state }) => state === 'done');
    expect(progress.steps['clean-up'].reason).toBe('Services of the lesson still exist: self-healing.');
    // It was started by the learner: with a swarm that is not the lesson's, only the service goes.
    const found = await findLeftovers(engine(), []);
    expect({ ...found, services: found.services.map(({ name }) => name) }).toEqual({ services: ['self-healing'], swarm: false, containers: [], images: [] });
    expect(await cleanUp(engine(), found, () => { }, new AbortController().signal)).toEqual({ removed: 1, failures: [] });
    await becomes('the service is gone', ({ reason }) => reason === 'The swarm has no service of the lesson yet.');
    await docker('swarm', 'leave', '--force');
    await isAlone();
  });

  it.each([
    ['its service is there', () => becomes('the service is there', ({ reason }) => reason.includes('of 2 tasks'))],
    ['a container of it is being made', () => containerEvent('create')],
    ['a container of it starts', () => containerEvent('start')],
  ])('is cancelled when %s: what it made is gone', async (_moment, comes) => {
    const cancel = new AbortController();
    const moment = comes();
    const solving = rejectionOf(solve?.(hands(), cancel.signal) ?? expect.fail());
    await moment;
    cancel.abort();
    expect(await solving).toMatchObject({ name: 'AbortError' });
    await isAlone();
  });

  it('was started for the lesson, and Clean Up finds it', async () => {
    await solve?.(hands(), new AbortController().signal);
    const found = await findLeftovers(engine(), []);
    expect(found).toMatchObject({ services: [{ name: 'self-healing' }], swarm: true, containers: [] });
    expect(await cleanUp(engine(), found, () => { }, new AbortController().signal)).toEqual({ removed: 2, failures: [] });
    await isAlone();
  });

  it('was started for the lesson, and then used for something else: Clean Up takes only the lesson\'s service away', async () => {
    await solve?.(hands(), new AbortController().signal);
    await docker('service', 'create', '--detach', '--no-resolve-image', '--name', 'theirs', '--network', 'host', '--stop-signal', 'SIGKILL', 'busybox', 'sleep', '1000000');
    await poll('theirs runs', async () => await docker('service', 'ls', '--filter', 'name=theirs', '--format', '{{.Replicas}}') === '1/1');
    const found = await findLeftovers(engine(), []);
    expect({ ...found, services: found.services.map(({ name }) => name) }).toEqual({ services: ['self-healing'], swarm: false, containers: [], images: [] });
    expect(await cleanUp(engine(), found, () => { }, new AbortController().signal)).toEqual({ removed: 1, failures: [] });
    expect(await docker('service', 'ls', '--format', '{{.Name}}')).toBe('theirs');
    // Once that is gone, the swarm is the lesson's alone again.
    await docker('service', 'rm', 'theirs');
    expect(await findLeftovers(engine(), [])).toMatchObject({ services: [], swarm: true });
    await poll('no container', async () => await docker('ps', '--all', '--quiet') === '');
    await docker('swarm', 'leave', '--force');
    await isAlone();
  });
});
