import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HelloStage } from '../../../src/engine/helloWorld';
import { BadRecording, parseRecording, replay, RunRecorder, type RunRecording } from '../../../src/lesson/recording';
import { traceRun } from '../../../src/lesson/runTrace';
import type { RunEvidence } from '../../../src/lesson/runEvidence';
import { engineFacts } from '../support/lessonFacts';

const bundled = readFileSync('media/recorded-run.json', 'utf8');
const signal = new AbortController().signal;

async function play(recording: RunRecording, until = signal): Promise<{ stages: HelloStage[]; output: string }> {
  const stages: HelloStage[] = [];
  let output = '';
  await replay(recording, { onStage: (stage) => stages.push(stage), onOutput: ({ data }) => { output += new TextDecoder().decode(data); } }, until);
  return { stages, output };
}

test('the run that comes along is a real one, from the pull to exit code 0, and names no machine', async () => {
  const recording = parseRecording(bundled);
  const { stages, output } = await play(recording);
  expect(stages).toEqual(['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect']);
  expect(output).toContain('Hello from Docker!');
  expect(recording).toMatchObject({ image: 'hello-world', exitCode: 0 });
  expect(Object.keys(recording.engine)).toEqual(['version', 'apiVersion', 'kernelVersion', 'components']);
  // Of no machine: the usual places, and no others.
  expect(bundled).not.toMatch(/\/(root|home|tmp|work)\//);
  expect(traceRun(recording.evidence ?? expect.fail('it cannot be drawn'), undefined).map(({ certainty }) => certainty)).toEqual(['observed', 'observed', 'inferred', 'observed', 'observed', 'observed', 'observed']);
});

test('what is recorded is what was heard, and what is played', async () => {
  let now = 0;
  const heard: string[] = [];
  const recorder = new RunRecorder({ now: () => Date.UTC(2026, 0, 1), monotonic: () => now }, { onStage: (stage) => heard.push(stage), onPull: () => { }, onOutput: ({ data }) => heard.push(Buffer.from(data).toString()) });
  recorder.onStage('create');
  now = 12.34;
  // A character that two pieces share.
  const bytes = Buffer.from('é\n');
  recorder.onOutput({ stream: 'stdout', data: bytes.subarray(0, 1) });
  recorder.onOutput({ stream: 'stdout', data: bytes.subarray(1) });
  const recording = recorder.finish({ id: 'x', name: 'n', image: 'i', exitCode: 3, stages: [] }, engineFacts());
  expect(heard).toHaveLength(3);
  expect(parseRecording(JSON.stringify(recording))).toEqual(recording);
  expect(recording.entries[1]?.at).toBe(12.3);
  expect(await play(recording)).toEqual({ stages: ['create'], output: 'é\n' });
});

test('it ends when nobody looks any more', async () => {
  const stop = new AbortController();
  stop.abort();
  expect((await play(parseRecording(bundled), stop.signal)).stages).toEqual([]);
});

const evidence: RunEvidence = { stages: [{ stage: 'look', at: 0 }], requests: [], events: [{ action: 'die', at: 1, engineAt: 1 }], sightings: [], endedAt: 2, exitCode: 0 };

test('what was seen of the run goes along, and is not needed', () => {
  const good = JSON.parse(bundled) as RunRecording;
  expect(parseRecording(JSON.stringify({ ...good, evidence })).evidence).toEqual(evidence);
  const { evidence: _, ...without } = good;
  expect(parseRecording(JSON.stringify(without))).toEqual(without);
});

test('nothing but a recording is played', () => {
  const good = JSON.parse(bundled) as RunRecording;
  for (const bad of [null, 7, {}, { ...good, format: 'other' }, { ...good, exitCode: '0' }, { ...good, entries: [{ at: 0, stage: 'rm' }] }, { ...good, entries: [{ at: 5, stage: 'look' }, { at: 1, stage: 'pull' }] }, { ...good, entries: [{ at: null, stage: 'look' }] }, { ...good, evidence: {} }, { ...good, evidence: { ...evidence, events: [{ action: 'die', at: 'soon', engineAt: 1 }] } }]) {
    expect(() => parseRecording(JSON.stringify(bad))).toThrow(BadRecording);
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => { expect(() => parseRecording(text)).toThrow(BadRecording); }));
});

test('a moment that no clock can tell is no recording', () => {
  const value = JSON.parse(bundled) as { evidence: { endedAt: number } };
  value.evidence.endedAt = 1e308;
  expect(() => parseRecording(JSON.stringify(value))).toThrow(BadRecording);
});
