import { beforeEach, describe, expect, test } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import { type CpuDemo, type CpuDemoInput, NoPython, startCpuDemo } from '../../../src/engine/cpuDemo';
import { Conflict, EngineError, explainRefusal } from '../../../src/engine/errors';
import { roleLabel } from '../../../src/engine/ours';
import { PullFailed } from '../../../src/engine/pull';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';

let engine: ScriptedEngine;
let cancel: AbortController;
let pulled: string[];

beforeEach(() => {
  engine = new ScriptedEngine();
  cancel = new AbortController();
  pulled = [];
});

function start(input: Partial<CpuDemoInput> = {}): Promise<CpuDemo> {
  return startCpuDemo({ engine, image: 'python:3-alpine', imageChosen: false, program: 'print(1)', onPull: () => { }, onPulled: (image) => pulled.push(image), signal: cancel.signal, ...input });
}

describe('the demo\'s container', () => {
  beforeEach(() => engine.addImage('python:3-alpine'));

  test('runs our program, unbuffered, under our label and a name that says what it is', async () => {
    expect(await start()).toEqual({ id: 'c1', name: 'cpu-demo', image: 'python:3-alpine' });
    expect(engine.containers.get('c1')?.summary).toMatchObject({ state: 'running', command: 'python3 -u -c print(1)', labels: { [roleLabel]: 'cpu-demo' } });
  });

  test('takes the next name when the first are taken', async () => {
    engine.addContainer('x', { name: 'cpu-demo' });
    engine.addContainer('y', { name: 'cpu-demo-2' });
    expect((await start()).name).toBe('cpu-demo-3');
  });

  test('is given up after a hundred names', async () => {
    engine.before = (call) => { if (call.startsWith('createContainer')) { throw explainRefusal(409, 'name in use'); } };
    expect(await rejection(start())).toBeInstanceOf(Conflict);
    expect(engine.count('createContainer')).toBe(100);
  });
});

describe('the image', () => {
  test('that is wanted is taken when it is there, without a pull', async () => {
    engine.addImage('python:3.12');
    engine.addImage('python:3-alpine');
    expect((await start()).image).toBe('python:3-alpine');
    expect(pulled).toEqual([]);
  });

  test.each(['python:3.12-slim', 'python:3', 'python:latest', 'docker.io/library/python:3-alpine', 'docker.io/python:3.11', 'library/python:3-slim', 'python:3.13'])('%s does as well when the engine has it', async (tag) => {
    engine.addImage('nginx:1');
    engine.addImage(tag);
    expect((await start()).image).toBe(tag);
    expect(engine.count('pullImage')).toBe(0);
  });

  test.each(['python:2.7', 'python:2', 'pythonic:3', 'me/python:3', 'evil.example/python:3', 'pypy:3', 'python-app:3'])('%s does not: we cannot know that it has python3', async (tag) => {
    engine.addImage(tag);
    expect((await start()).image).toBe('python:3-alpine');
    expect(pulled).toEqual(['python:3-alpine']);
  });

  test('that the user chose is taken and no other, even when it must be pulled', async () => {
    engine.addImage('python:3.12');
    expect((await start({ image: 'my/image:1', imageChosen: true })).image).toBe('my/image:1');
    expect(pulled).toEqual(['my/image:1']);
  });

  test('that cannot be pulled is a failed pull, and nothing is left', async () => {
    engine.before = (call) => { if (call.startsWith('pullImage')) { throw explainRefusal(404, 'pull access denied for python'); } };
    expect(await rejection(start())).toBeInstanceOf(PullFailed);
    expect(pulled).toEqual([]);
    expect(engine.containers.size).toBe(0);
  });

  test.each(['OCI runtime create failed: exec: "python3": executable file not found in $PATH: unknown', 'exec: "python3": stat python3: no such file or directory'])('without python3 is told so, with the setting, and nothing is left (%s)', async (reply) => {
    engine.addImage('python:3-alpine');
    engine.before = (call) => { if (call.startsWith('startContainer')) { throw explainRefusal(400, reply); } };
    const error = await rejection(start());
    expect(error).toBeInstanceOf(NoPython);
    expect((error as Error).message).toMatch(/python:3-alpine has no python3.*helloContainers\.cpuDemo\.image/);
    expect(engine.containers.size).toBe(0);
  });

  test('without python3 is told so even when the container went by itself', async () => {
    engine.addImage('python:3-alpine');
    engine.before = (call) => {
      if (!call.startsWith('startContainer')) { return; }
      engine.containers.clear();
      throw explainRefusal(400, 'exec: "python3": executable file not found in $PATH');
    };
    expect(await rejection(start())).toBeInstanceOf(NoPython);
  });
});

describe('what goes wrong', () => {
  test('at the start is passed on as it is, and nothing is left', async () => {
    engine.addImage('python:3-alpine');
    const refusal = explainRefusal(500, 'cannot allocate memory');
    engine.before = (call) => { if (call.startsWith('startContainer')) { throw refusal; } };
    expect(await rejection(start())).toBe(refusal);
    expect(refusal).toBeInstanceOf(EngineError);
    expect(engine.containers.size).toBe(0);
  });

  test.each(['inspectImage', 'listImages', 'pullImage', 'createContainer', 'startContainer'])('cancelled once the engine has done "%s", no container is left', async (name) => {
    engine.after = (call) => { if (call.split(' ')[0] === name) { cancel.abort(); } };
    expect(isAbort(await rejection(start()))).toBe(true);
    expect(engine.containers.size).toBe(0);
  });

  test('cancelled after the pull, the image is on record for the clean-up', async () => {
    engine.before = (call) => { if (call.startsWith('createContainer')) { cancel.abort(); } };
    await rejection(start());
    expect(pulled).toEqual(['python:3-alpine']);
    expect(engine.containers.size).toBe(0);
  });
});
