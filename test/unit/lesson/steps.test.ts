import { describe, expect, test } from 'vitest';
import type { Container } from '../../../src/engine/containers';
import { roleLabel } from '../../../src/engine/ours';
import { type LessonFacts, noFacts } from '../../../src/lesson/facts';
import { checkSteps, stepIds, type StepState } from '../../../src/lesson/steps';
import { summaryOf } from '../support/scriptedEngine';

function container(id: string, fields: Partial<Container> = {}): Container {
  return { ...summaryOf(id, { name: id }), cpuLimit: null, ...fields };
}

const demo = (fields: Partial<Container> = {}): Container => container('demo', { labels: { [roleLabel]: 'cpu-demo' }, ...fields });
const limited = (cores = 0.1): Container => demo({ cpuLimit: { cores, dialect: 'CpuQuota' } });
const hello = (fields: Partial<Container> = {}): Container => container('hello', { image: 'hello-world', state: 'exited', status: 'Exited (0) 1 second ago', ...fields });

function check(step: typeof stepIds[number], facts: Partial<LessonFacts>): StepState {
  return checkSteps({ ...noFacts('not asked'), connected: true, ...facts })[step];
}

const watched = (periods = 50, throttledPeriods = 48, containerId = 'demo'): NonNullable<LessonFacts['account']> => ({ containerId, cores: 0.1002, periods, throttledPeriods });

test('without an engine nothing can be said of what is done on it', () => {
  const steps = checkSteps({ ...noFacts('not asked'), containers: [hello(), limited()], madeSomething: true, account: watched() });
  expect(steps.connect).toEqual({ state: 'open', reason: 'No Docker engine answers yet.' });
  const byHand = ['cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand'] as const;
  for (const id of byHand) { expect(steps[id]).toEqual({ state: 'unknown', reason: 'not asked' }); }
  // None is connected: that is all that these two ask.
  for (const id of ['remote-engine', 'other-runtime'] as const) { expect(steps[id].state).toBe('open'); }
  const others = stepIds.slice(1).filter((id) => ![...byHand, 'remote-engine', 'other-runtime'].includes(id));
  for (const id of others) { expect(steps[id]).toEqual({ state: 'unknown', reason: 'There is no engine to ask.' }); }
});

test('connecting is done when an engine answers', () => {
  expect(check('connect', {})).toEqual({ state: 'done', reason: 'A Docker engine answers.' });
});

describe('hello-world', () => {
  test('is open while there is no such container', () => {
    expect(check('hello-world', { containers: [container('x')] })).toEqual({ state: 'open', reason: 'No container of hello-world exists.' });
  });

  test.each<[string, Container]>([
    ['run by us', hello({ image: 'sha256:0', labels: { [roleLabel]: 'hello-world' } })],
    ['run in a terminal', hello()],
    ['with a tag', hello({ image: 'hello-world:linux' })],
    ['from another registry', hello({ image: 'localhost:5000/library/hello-world' })],
    ['in Podman\'s words', hello({ status: 'exited (0) 3 seconds ago' })],
  ])('is done by a container that ended well, %s', (_, run) => {
    expect(check('hello-world', { containers: [run] })).toEqual({ state: 'done', reason: 'The container hello ran hello-world and ended with exit code 0.' });
  });

  test('is not done by an image that is only called similarly', () => {
    expect(check('hello-world', { containers: [hello({ image: 'me/my-hello-world' })] }).state).toBe('open');
  });

  test('says how a run ended that did not end well', () => {
    expect(check('hello-world', { containers: [hello({ status: 'Exited (1) 1 second ago' })] })).toEqual({ state: 'open', reason: 'The container hello did not end with exit code 0: Exited (1) 1 second ago.' });
    expect(check('hello-world', { containers: [hello({ state: 'created', status: '' })] }).reason).toContain(': created.');
  });

  test('is done when one of several runs ended well', () => {
    expect(check('hello-world', { containers: [hello({ id: 'a', status: 'Exited (1) 1 second ago' }), hello()] }).state).toBe('done');
  });

  test('is open again when the container is removed', () => {
    expect([[hello()], []].map((containers) => check('hello-world', { containers }).state)).toEqual(['done', 'open']);
  });
});

describe('the CPU demo', () => {
  test('is open while there is none', () => {
    expect(check('cpu-demo', { containers: [hello()] })).toEqual({ state: 'open', reason: 'No CPU demo exists.' });
  });

  test('is done while it runs, and open again, with the reason, when it ends', () => {
    expect(check('cpu-demo', { containers: [demo()] })).toEqual({ state: 'done', reason: 'The container demo is running.' });
    expect(check('cpu-demo', { containers: [demo({ state: 'exited', status: 'Exited (137) 1 second ago' })] })).toEqual({ state: 'open', reason: 'The CPU demo demo is not running: Exited (137) 1 second ago.' });
  });
});

describe('the limit', () => {
  test('cannot be there while no demo runs', () => {
    expect(check('limit', { containers: [] })).toEqual({ state: 'open', reason: 'No CPU demo is running.' });
    expect(check('limit', { containers: [demo({ state: 'exited', cpuLimit: { cores: 0.1, dialect: 'CpuQuota' } })] }).state).toBe('open');
  });

  test('is open while there is none, or another', () => {
    expect(check('limit', { containers: [demo()] })).toEqual({ state: 'open', reason: 'demo has no CPU limit.' });
    expect(check('limit', { containers: [limited(0.25)] })).toEqual({ state: 'open', reason: 'demo is limited to 25 % of a core, not to 10 %.' });
  });

  test('is done at a tenth of a core, in either dialect, and open again when it is lifted', () => {
    expect(check('limit', { containers: [limited()] })).toEqual({ state: 'done', reason: 'The engine says that demo may use 10 % of a core.' });
    expect(check('limit', { containers: [demo({ cpuLimit: { cores: 0.1, dialect: 'NanoCpus' } })] }).state).toBe('done');
    expect(check('limit', { containers: [demo({ cpuLimit: undefined })] }).state).toBe('open');
  });
});

describe('watching', () => {
  test('needs a limited demo', () => {
    expect(check('watch', { containers: [demo()], account: watched() })).toEqual({ state: 'open', reason: 'No CPU demo is running with a limit of 10 %.' });
  });

  test.each<[string, LessonFacts['account']]>([['nobody looked', undefined], ['it was too short', watched(19, 19)], ['another container was watched', watched(50, 48, 'other')]])('is open while %s', (_, account) => {
    expect(check('watch', { containers: [limited()], account })).toEqual({ state: 'open', reason: 'Its CPU was not watched for two seconds yet. Open the live page.' });
  });

  test('is open when the kernel throttled nothing', () => {
    expect(check('watch', { containers: [limited()], account: watched(50, 0) })).toEqual({ state: 'open', reason: 'The kernel did not throttle demo: it does not use its quota up.' });
  });

  test('is done by the kernel\'s account, which is shown as evidence', () => {
    expect(check('watch', { containers: [limited()], account: watched() })).toEqual({ state: 'done', reason: 'The kernel throttled demo in 48 of 50 periods: it used 10.0 % of a core.' });
  });

  test('is open again when the limit is lifted', () => {
    expect(check('watch', { containers: [demo()], account: watched() }).state).toBe('open');
  });
});

describe('cleaning up', () => {
  test('is open while nothing was made', () => {
    expect(check('clean-up', { containers: [hello()] })).toEqual({ state: 'open', reason: 'Nothing was made yet that could be cleaned up.' });
  });

  test('names what is still there', () => {
    expect(check('clean-up', { containers: [demo(), hello({ labels: { [roleLabel]: 'hello-world' } }), container('theirs')], madeSomething: true })).toEqual({ state: 'open', reason: 'Containers of the lesson still exist: demo, hello.' });
  });

  test('is done when nothing of ours is left, whatever else there is', () => {
    expect(check('clean-up', { containers: [container('theirs')], madeSomething: true })).toEqual({ state: 'done', reason: 'The engine has no container of the lesson any more.' });
  });
});
