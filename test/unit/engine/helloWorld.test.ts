import { beforeEach, describe, expect, test } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import type { OutputChunk } from '../../../src/engine/engine';
import { explainRefusal } from '../../../src/engine/errors';
import { type HelloResult, type HelloStage, runHelloWorld } from '../../../src/engine/helloWorld';
import { roleLabel, standInImage } from '../../../src/engine/ours';
import { PullFailed, type PullProgress } from '../../../src/engine/pull';
import { FakeClock } from '../support/fakeClock';
import { RecordingLog } from '../support/recordingLog';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';

let engine: ScriptedEngine;
let clock: FakeClock;
let log: RecordingLog;
let cancel: AbortController;
let stages: HelloStage[];
let output: OutputChunk[];
let pulls: PullProgress[];
let onStage: (stage: HelloStage) => void;

beforeEach(() => {
  engine = new ScriptedEngine();
  clock = new FakeClock();
  log = new RecordingLog();
  cancel = new AbortController();
  [stages, output, pulls] = [[], [], []];
  onStage = () => { };
});

function run(image = 'hello-world'): Promise<HelloResult> {
  return runHelloWorld({
    engine, image, clock, log, signal: cancel.signal,
    listener: {
      onStage: (stage) => {
        stages.push(stage);
        onStage(stage);
      },
      onPull: (progress) => pulls.push(progress),
      onOutput: (chunk) => output.push(chunk),
    },
  });
}

describe('a run', () => {
  test('makes the calls that "docker run" makes, in its order', async () => {
    await run();
    expect(engine.calls).toEqual(['inspectImage hello-world', 'pullImage hello-world', 'createContainer', 'attachContainer c1', 'startContainer c1', 'waitContainer c1', 'inspectContainer c1']);
    expect(stages).toEqual(['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect']);
  });

  test('does not pull what is there', async () => {
    engine.addImage('hello-world');
    await run();
    expect(stages).toEqual(['look', 'create', 'attach', 'start', 'wait', 'inspect']);
    expect(pulls).toEqual([]);
  });

  test('listens before it starts, so that no line is lost, and hands the output over', async () => {
    await run();
    expect(engine.calls.indexOf('attachContainer c1')).toBeLessThan(engine.calls.indexOf('startContainer c1'));
    expect(Buffer.concat(output.map(({ data }) => data)).toString()).toBe('Hello\n');
  });

  test('tells how far the pull is', async () => {
    await run();
    expect(pulls.at(-1)).toMatchObject({ layers: 1, layersDone: 1 });
  });

  test('keeps the container, labelled as ours, and tells its name, its exit code and how long each stage took', async () => {
    engine.before = (call) => { if (call.startsWith('startContainer')) { clock.millis += 250; } };
    const result = await run();
    expect(result).toMatchObject({ id: 'c1', name: 'silly_c1', image: 'hello-world', exitCode: 0 });
    expect(result.stages.find(({ stage }) => stage === 'start')).toEqual({ stage: 'start', millis: 250 });
    expect(result.stages.map(({ stage }) => stage)).toEqual(stages);
    expect(engine.containers.get('c1')?.summary.labels).toEqual({ [roleLabel]: 'hello-world' });
  });

  test('that exits with an error is a result, not a failure', async () => {
    engine.addImage('hello-world');
    engine.after = (call) => { if (call.startsWith('startContainer')) { engine.addContainer('c1', {}, { exitCode: 3 }); } };
    expect((await run()).exitCode).toBe(3);
  });

  test('of the bundled stand-in loads it instead of pulling it', async () => {
    await run(standInImage);
    expect(stages).toEqual(['look', 'load', 'create', 'attach', 'start', 'wait', 'inspect']);
    expect(engine.count('pullImage')).toBe(0);
  });

  test('of the bundled stand-in loads it once', async () => {
    await run(standInImage);
    stages = [];
    await run(standInImage);
    expect(stages).not.toContain('load');
  });

  test('beside another one is fine', async () => {
    const results = await Promise.all([run(), run()]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(2);
  });
});

describe('cancelling leaves nothing behind', () => {
  const everyStage: HelloStage[] = ['look', 'pull', 'create', 'attach', 'start', 'wait', 'inspect'];

  test.each(everyStage)('when the stage "%s" begins', async (at) => {
    onStage = (stage) => { if (stage === at) { cancel.abort(); } };
    expect(isAbort(await rejection(run()))).toBe(true);
    expect([...engine.containers.keys()]).toEqual([]);
    expect([...engine.images.keys()]).toEqual([]);
  });

  const everyCall = ['inspectImage', 'pullImage', 'createContainer', 'attachContainer', 'startContainer', 'waitContainer', 'inspectContainer'];

  test.each(everyCall)('when the engine has just done "%s"', async (name) => {
    engine.after = (call) => { if (call.split(' ')[0] === name) { cancel.abort(); } };
    expect(isAbort(await rejection(run()))).toBe(true);
    expect([...engine.containers.keys()]).toEqual([]);
    expect([...engine.images.keys()]).toEqual([]);
  });

  test.each(everyCall.filter((name) => name !== 'pullImage'))('and keeps an image that was there before the run, at "%s"', async (name) => {
    engine.addImage('hello-world');
    engine.after = (call) => { if (call.split(' ')[0] === name) { cancel.abort(); } };
    expect(isAbort(await rejection(run()))).toBe(true);
    expect([...engine.containers.keys()]).toEqual([]);
    expect([...engine.images.keys()]).toEqual(['hello-world']);
  });

  test('not the bundled image either, if this run brought it', async () => {
    onStage = (stage) => { if (stage === 'start') { cancel.abort(); } };
    await rejection(run(standInImage));
    expect([...engine.images.keys()]).toEqual([]);
  });

  test('not the image, when somebody else has already removed the container', async () => {
    engine.after = (call) => {
      if (!call.startsWith('startContainer')) { return; }
      engine.containers.clear();
      cancel.abort();
    };
    expect(isAbort(await rejection(run()))).toBe(true);
    expect([...engine.images.keys()]).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  test('before it began asks the engine nothing', async () => {
    cancel.abort();
    expect(isAbort(await rejection(run()))).toBe(true);
    expect(engine.calls).toEqual([]);
  });

  test('an image that another container uses by then stays, and the log says why', async () => {
    engine.after = (call) => {
      if (!call.startsWith('startContainer')) { return; }
      engine.addContainer('other', { image: 'hello-world' });
      cancel.abort();
    };
    await rejection(run());
    expect([...engine.containers.keys()]).toEqual(['other']);
    expect(log.lines.join()).toContain('unable to remove hello-world');
  });
});

describe('a failure', () => {
  test('of the pull is told as one, and nothing is left', async () => {
    engine.pullMessages = [];
    engine.before = (call) => { if (call.startsWith('pullImage')) { throw explainRefusal(500, 'dial tcp: lookup registry-1.docker.io: no such host'); } };
    expect(await rejection(run())).toBeInstanceOf(PullFailed);
    expect(engine.containers.size).toBe(0);
    expect(log.lines).toEqual([]);
  });

  test.each(['createContainer', 'attachContainer', 'startContainer', 'waitContainer', 'inspectContainer'])('of "%s" is passed on as it is, and nothing is left', async (name) => {
    const refusal = explainRefusal(500, 'disk full');
    engine.before = (call) => { if (call.split(' ')[0] === name) { throw refusal; } };
    expect(await rejection(run())).toBe(refusal);
    expect([...engine.containers.keys(), ...engine.images.keys()]).toEqual([]);
  });

  test('that is only the echo of a cancelling is told as the cancelling', async () => {
    engine.before = (call) => {
      if (!call.startsWith('waitContainer')) { return; }
      cancel.abort();
      throw explainRefusal(500, 'the connection was closed');
    };
    expect(isAbort(await rejection(run()))).toBe(true);
  });

  test('of the undoing does not hide the first one', async () => {
    const refusal = explainRefusal(500, 'cannot start');
    engine.before = (call) => {
      if (call.startsWith('startContainer')) { throw refusal; }
      if (call.startsWith('removeContainer')) { throw explainRefusal(500, 'cannot remove'); }
    };
    expect(await rejection(run())).toBe(refusal);
    expect(log.lines.join()).toContain('cannot remove');
  });
});
