import { describe, expect, test } from 'vitest';
import { FlightRecorder } from '../../../src/engine/recorder';
import { type RunEvidence, RunTracer } from '../../../src/lesson/runEvidence';
import { traceRun, type TracedEngine } from '../../../src/lesson/runTrace';
import type { TraceStage, TraceStageId } from '../../../src/lesson/traceStage';
import { FakeClock } from '../support/fakeClock';

const docker: TracedEngine = { version: '20.10', components: [{ name: 'containerd', version: '1.6' }, { name: 'runc', version: '1.1' }] };

const whole: RunEvidence = {
  stages: [{ stage: 'look', at: 0 }, { stage: 'pull', at: 5 }, { stage: 'create', at: 105 }, { stage: 'attach', at: 145 }, { stage: 'start', at: 150 }, { stage: 'wait', at: 400 }, { stage: 'inspect', at: 420 }],
  pull: { layers: 1, bytes: 2_500 },
  requests: [
    { method: 'GET', path: '/images/hello-world/json', at: 0, status: 404, millis: 4 }, { method: 'POST', path: '/images/create?fromImage=hello-world&tag=latest', at: 5, status: 200, millis: 20 },
    { method: 'POST', path: '/containers/create', at: 105, status: 201, millis: 38 }, { method: 'POST', path: '/containers/c1/attach?stream=1', at: 145, status: 200, millis: 4 },
    { method: 'POST', path: '/containers/c1/start', at: 150, status: 204, millis: 240 }, { method: 'POST', path: '/containers/c1/wait', at: 400, status: 200, millis: 18 },
  ],
  events: [{ action: 'create', at: 140, engineAt: 1e12 }, { action: 'start', at: 380, engineAt: 1e12 + 240 }, { action: 'die', at: 410, engineAt: 1e12 + 270, exitCode: 0 }],
  sightings: [
    { role: 'shim', pid: 62, parent: 1, parentName: 'systemd', command: 'containerd-shim-runc-v2 -id c1 -address /run/containerd.sock', at: 200 },
    { role: 'runtime', pid: 63, parent: 62, parentName: 'containerd-shim', command: 'runc create c1', at: 230 },
    { role: 'container', pid: 64, parent: 62, parentName: 'containerd-shim', command: '/hello', cgroup: '/docker/c1', at: 370 },
  ],
  endedAt: 430, exitCode: 0,
};

function stage(evidence: RunEvidence, id: TraceStageId, engine: TracedEngine | undefined = docker): TraceStage {
  return traceRun(evidence, engine).find((traced) => traced.id === id) ?? expect.fail(id);
}

const certainties = (evidence: RunEvidence, engine = docker) => Object.fromEntries(traceRun(evidence, engine).map(({ id, certainty }) => [id, certainty]));

describe('a run of which everything was seen', () => {
  test('has each stage observed but the call that nobody hears', () => {
    expect(certainties(whole)).toEqual({ request: 'observed', pull: 'observed', containerd: 'inferred', shim: 'observed', runtime: 'observed', process: 'observed', exit: 'observed' });
  });

  test('tells of each stage when it began, how long it took, and what shows it', () => {
    expect(stage(whole, 'request')).toMatchObject({ from: 105, millis: 282 });
    expect(stage(whole, 'pull')).toMatchObject({ from: 5, millis: 100, evidence: [expect.stringContaining('/images/create'), 'Layers: 1, 2500 bytes'] });
    expect(stage(whole, 'containerd')).toMatchObject({ from: 150, millis: 50, evidence: [expect.stringContaining('containerd 1.6'), expect.stringContaining('/run/containerd.sock')] });
    expect(stage(whole, 'shim')).toMatchObject({ from: 200, millis: 30 });
    expect(stage(whole, 'runtime')).toMatchObject({ from: 230, millis: 140 });
    expect(stage(whole, 'process')).toMatchObject({ from: 370, millis: 40 });
    expect(stage(whole, 'process').evidence.join()).toMatch(/Process 64.*process 62, containerd-shim.*\/docker\/c1/);
    expect(stage(whole, 'exit').evidence.join()).toMatch(/exit code 0/);
  });
});

test('without /proc the shim and runc are inferred from what came of them, and said to be', () => {
  const elsewhere = { ...whole, sightings: [] };
  expect(certainties(elsewhere)).toMatchObject({ containerd: 'inferred', shim: 'inferred', runtime: 'inferred', process: 'observed' });
  expect(stage(elsewhere, 'shim').evidence.join()).toContain('Not seen itself');
  expect(stage(elsewhere, 'shim')).toMatchObject({ from: null, millis: null });
});

test('where the image was there, no registry was asked; nor for the bundled one', () => {
  const { pull: _, ...rest } = whole;
  const there = { ...rest, stages: whole.stages.filter(({ stage }) => stage !== 'pull') };
  expect(stage(there, 'pull')).toMatchObject({ certainty: 'absent', millis: null, what: expect.stringContaining('was there already') as string });
  expect(stage({ ...there, stages: [...there.stages, { stage: 'load', at: 5 }] }, 'pull')).toMatchObject({ certainty: 'absent', what: expect.stringContaining('bundled') as string });
});

test('while it goes, what is to come is pending', () => {
  const { endedAt: _, exitCode: __, pull: ___, ...rest } = whole;
  const begun: RunEvidence = { ...rest, stages: [{ stage: 'look', at: 0 }], requests: [], events: [], sightings: [] };
  expect(new Set(Object.values(certainties(begun)))).toEqual(new Set(['pending']));
  expect(certainties({ ...begun, endedAt: 9, failure: 'no registry' })).toMatchObject({ request: 'absent', process: 'absent', shim: 'absent', exit: 'absent' });
  expect(stage({ ...begun, endedAt: 9, failure: 'no registry' }, 'exit').evidence).toEqual(['no registry']);
});

test('Podman has no containerd, and says conmon for the shim', () => {
  const podman: TracedEngine = { version: '4.3', components: [{ name: 'Podman Engine', version: '4.3' }, { name: 'Conmon', version: '2.1' }, { name: 'OCI Runtime (crun)', version: '1.8' }] };
  expect(certainties(whole, podman)).toMatchObject({ containerd: 'absent', shim: 'observed' });
  expect(stage(whole, 'shim', podman).title).toContain('conmon');
});

test('the tracer keeps what names its run, and nothing that others do meanwhile', () => {
  const clock = new FakeClock();
  const recorder = new FlightRecorder(clock);
  const ask = (method: string, path: string): void => {
    const flight = recorder.begin({ method, path }, '1.41');
    clock.millis += 10;
    flight.answered(200);
    flight.ended();
  };
  ask('GET', '/images/hello-world/json');
  const tracer = new RunTracer({ recorder }, 'hello-world', { read: () => Promise.reject(new Error('no')), list: () => Promise.resolve([]) }, clock);
  tracer.onStage('look');
  ask('GET', '/images/hello-world/json');
  ask('GET', '/containers/json');
  ask('POST', '/containers/create');
  tracer.onCreated('c1');
  ask('POST', '/containers/c1/start');
  ask('POST', '/containers/c2/start');
  for (const id of ['c1', 'c2']) { recorder.accept({ type: 'container', action: 'die', id, attributes: { exitCode: '0' }, at: 1e12 }); }
  clock.millis += 5;
  tracer.finish({ id: 'c1', name: 'n', image: 'hello-world', exitCode: 0, stages: [] });
  expect(tracer.evidence.requests).toEqual([
    { method: 'GET', path: '/images/hello-world/json', at: 0, status: 200, millis: 10 },
    { method: 'POST', path: '/containers/create', at: 20, status: 200, millis: 10 },
    { method: 'POST', path: '/containers/c1/start', at: 30, status: 200, millis: 10 },
  ]);
  expect(tracer.evidence).toMatchObject({ events: [{ action: 'die', at: 50, engineAt: 1e12, exitCode: 0 }], endedAt: 55, exitCode: 0 });
  tracer.dispose();
});
