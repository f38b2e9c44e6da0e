import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../../src/engine/endpoint';
import type { ContainerProcess, LessonFacts, RunEvent } from '../../../../src/lesson/facts';
import { aProcess } from '../../../../src/lesson/steps/aProcess';
import { architecture } from '../../../../src/lesson/steps/architecture';
import { connect } from '../../../../src/lesson/steps/connect';
import { followTheRun } from '../../../../src/lesson/steps/followTheRun';
import { otherRuntime } from '../../../../src/lesson/steps/otherRuntime';
import { remoteEngine } from '../../../../src/lesson/steps/remoteEngine';
import { connectedFacts, containerOf, engineFacts } from '../../support/lessonFacts';

const at = (endpoint: Endpoint, fields: Partial<LessonFacts> = {}): LessonFacts => connectedFacts({ engines: [{ name: 'e', endpoint, facts: engineFacts() }], ...fields });

describe('the architecture', () => {
  test('its right answer is the address of the engine that is used, among others that are not', () => {
    for (const [endpoint, address] of [[{ kind: 'unix', path: '/var/run/docker.sock' }, 'unix:///var/run/docker.sock'], [{ kind: 'ssh', host: 'far', user: 'me' }, 'ssh://me@far'], [{ kind: 'unix', path: '/run/docker.sock' }, 'unix:///run/docker.sock']] satisfies [Endpoint, string][]) {
      const question = architecture.question?.(at(endpoint));
      expect(question?.answer).toBe(address);
      expect(question?.options).toHaveLength(4);
      // One socket by two names would be two right answers.
      expect(question?.options.filter((option) => option.endsWith('/run/docker.sock')).length).toBeLessThan(2);
      expect(question?.options).toEqual(question?.options.toSorted());
    }
  });

  test('is done by the right answer for this engine only', () => {
    const answers = { architecture: ['ssh://far'] };
    expect(architecture.check(at({ kind: 'ssh', host: 'far' }, { answers }))).toMatchObject({ state: 'done', evidence: { Daemon: '27.1', containerd: '1.7', runc: '1.1' } });
    expect(architecture.check(at({ kind: 'ssh', host: 'near' }, { answers })).state).toBe('open');
    expect(architecture.check({ ...at({ kind: 'ssh', host: 'far' }, { answers }), connected: false }).state).toBe('unknown');
  });
});

describe('following the run', () => {
  const events: RunEvent[] = [{ action: 'create', at: 10 }, { action: 'attach', at: 12 }, { action: 'start', at: 20 }, { action: 'die', at: 50.5, exitCode: 0 }];
  const facts = (life: readonly RunEvent[]): LessonFacts => connectedFacts({ run: { value: { id: 'r', name: 'run', events: life } }, containers: [containerOf('r')] });

  test('is done by the engine\'s own events, with their times', () => {
    expect(followTheRun.check(facts(events))).toEqual({
      state: 'done', reason: 'The engine told of run: create, attach, start, die with exit code 0.',
      evidence: { 'create → attach': '2.0 ms', 'attach → start': '8.0 ms', 'start → die': '30.5 ms', 'containerd': '1.7', 'runc': '1.1' },
    });
  });

  test('needs no attach, and only the first life of a container that was started again', () => {
    expect(followTheRun.check(facts(events.filter(({ action }) => action !== 'attach'))).reason).toContain('create, start, die');
    expect(followTheRun.check(facts([...events, { action: 'start', at: 60 }, { action: 'die', at: 70, exitCode: 1 }])).reason).toContain('create, attach, start, die with');
  });

  test('is open, with the reason, without a run, when the engine forgot it, and when it failed', () => {
    expect(followTheRun.check(connectedFacts())).toEqual({ state: 'open', reason: 'There is no run of hello-world that ended well.' });
    expect(followTheRun.check(facts(events.slice(2)))).toMatchObject({ state: 'open', reason: expect.stringContaining('does not remember') as string });
    expect(followTheRun.check(facts([...events.slice(0, 3), { action: 'die', at: 50, exitCode: 1 }])).reason).toBe('run ended with exit code 1.');
    expect(followTheRun.check({ ...facts(events), containers: [] }).state).toBe('open');
    expect(followTheRun.check(connectedFacts({ run: { why: 'lost' } }))).toEqual({ state: 'unknown', reason: 'lost' });
  });

  test('asks for the parent where the kernel tells it', () => {
    expect(followTheRun.question?.(facts(events))).toBeUndefined();
    const question = followTheRun.question?.(connectedFacts({ process: { value: process({ parent: { pid: 70, name: 'containerd-shim' } }) } }));
    expect(question).toMatchObject({ answer: 'containerd-shim', explanation: expect.stringContaining('process 77 has the parent 70') as string });
    expect(question?.options).toContain('dockerd');
  });
});

function process(fields: Partial<ContainerProcess> = {}): ContainerProcess {
  return { containerId: 'c', name: 'demo', pid: 77, pidInside: 1, from: 'kernel', namespaces: ['mnt', 'pid'], cgroup: '/docker/c', parent: undefined, ...fields };
}

describe('the process', () => {
  const facts = (fields: Partial<ContainerProcess> = {}): LessonFacts => connectedFacts({ process: { value: process(fields) }, containers: [containerOf('c')] });

  test('is done by the kernel, or by the engine where the kernel is elsewhere', () => {
    expect(aProcess.check(facts())).toEqual({
      state: 'done', reason: 'demo is process 77 of this machine and process 1 inside, with 2 namespaces and a control group of its own.',
      evidence: { 'Process on its machine': 77, 'The same process inside': 1, 'Control group': '/docker/c', 'Namespaces of its own': 'mnt, pid' },
    });
    expect(aProcess.check(facts({ namespaces: undefined })).reason).toContain('only root may see');
    expect(aProcess.check(facts({ from: 'engine', cgroup: undefined, namespaces: undefined }))).toMatchObject({ state: 'done', reason: expect.stringContaining('says the engine') as string, evidence: { 'Process on its machine': 77 } });
  });

  test('is open while none runs, and in a container that sees its machine\'s processes', () => {
    expect(aProcess.check(connectedFacts()).reason).toContain('No container is running');
    expect(aProcess.check({ ...facts(), containers: [containerOf('c', { state: 'exited' })] }).state).toBe('open');
    expect(aProcess.check(facts({ pidInside: undefined })).reason).toContain('--pid host');
    expect(aProcess.check({ ...facts(), process: { why: 'no cat' } })).toEqual({ state: 'unknown', reason: 'no cat' });
  });

  test('asks for its number outside, and tells commands for where it is', () => {
    expect(aProcess.question?.(facts())?.answer).toBe('Process 77 of the machine');
    expect(aProcess.question?.(connectedFacts())).toBeUndefined();
    expect(aProcess.hints(facts())[2]).toContain('/proc/$pid/ns');
    expect(aProcess.hints(facts({ from: 'engine' }))[2]).toContain('docker top demo');
  });
});

describe('an engine elsewhere', () => {
  test.each<[Endpoint, string]>([
    [{ kind: 'unix', path: '/var/run/docker.sock' }, 'open'], [{ kind: 'npipe', path: '//./pipe/docker_engine' }, 'open'],
    [{ kind: 'tcp', host: 'localhost', port: 2375 }, 'open'], [{ kind: 'tls', host: '127.0.1.1', port: 2376, files: {} }, 'open'], [{ kind: 'ssh', host: '::1' }, 'open'],
    [{ kind: 'tcp', host: '10.0.0.7', port: 2375 }, 'done'], [{ kind: 'tls', host: 'docker.example', port: 2376, files: {} }, 'done'], [{ kind: 'ssh', host: 'far', user: 'me' }, 'done'],
  ])('%o is %s', (endpoint, state) => {
    expect(remoteEngine.check(at(endpoint)).state).toBe(state);
  });

  test('counts also when another one is used', () => {
    const engines: LessonFacts['engines'] = [{ name: 'a', endpoint: { kind: 'unix', path: '/a' }, facts: engineFacts() }, { name: 'b', endpoint: { kind: 'ssh', host: 'far' }, facts: engineFacts({ components: [{ name: 'Podman Engine', version: '4.3.1' }] }) }];
    expect(remoteEngine.check(connectedFacts({ engines })).reason).toBe('The engine at ssh://far answers.');
    expect(otherRuntime.check(connectedFacts({ engines })).reason).toBe('The engine at ssh://far says that it is Podman Engine 4.3.1.');
    expect(otherRuntime.check(connectedFacts()).state).toBe('open');
  });
});

test('the commands name the engine that is used, unless the docker command would take it anyway', () => {
  const version = (endpoint: Endpoint): string | undefined => connect.hints(at(endpoint))[2].split('\n').at(-1);
  expect(version({ kind: 'unix', path: '/run/docker.sock' })).toBe('docker version');
  expect(version({ kind: 'unix', path: '/a b/docker.sock' })).toBe('docker -H \'unix:///a b/docker.sock\' version');
  expect(version({ kind: 'ssh', host: 'far', user: 'me' })).toBe('docker -H ssh://me@far version');
  expect(version({ kind: 'tls', host: 'far', port: 2376, files: { ca: '/c/ca.pem' } })).toBe('docker --tlsverify --tlscacert=/c/ca.pem -H tcp://far:2376 version');
});
