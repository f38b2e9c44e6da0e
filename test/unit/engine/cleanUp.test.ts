import { beforeEach, expect, test } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import { cleanUp, findLeftovers } from '../../../src/engine/cleanUp';
import { explainRefusal } from '../../../src/engine/errors';
import { isStandIn, roleLabel, roleOf, standInImage, standInLabel } from '../../../src/engine/ours';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';

let engine: ScriptedEngine;
const never = new AbortController().signal;

beforeEach(() => {
  engine = new ScriptedEngine();
  engine.addContainer('mine', { name: 'mine', image: 'python:3', state: 'running', labels: { [roleLabel]: 'cpu-demo' } });
  engine.addContainer('old', { name: 'old', image: standInImage, state: 'exited', labels: { [roleLabel]: 'hello-world' } });
  engine.addContainer('theirs', { name: 'theirs', image: 'nginx:1', state: 'running' });
  engine.addImage('nginx:1');
  engine.addImage('python:3');
  engine.addImage('python:2');
  engine.addImage(standInImage, { [standInLabel]: 'true' });
});

test('what we made is found: containers by their label, the bundled image by its own, pulled images by our record', async () => {
  const found = await findLeftovers(engine, ['python:3', 'long-gone:1']);
  expect(found.containers.map(({ name }) => name)).toEqual(['mine', 'old']);
  expect(found.images).toEqual(['python:3', standInImage]);
});

test('what we made goes, running or not, and what we did not make stays', async () => {
  const steps: string[] = [];
  const result = await cleanUp(engine, await findLeftovers(engine, ['python:3']), (name) => steps.push(name), never);
  expect(result).toEqual({ removed: 4, failures: [] });
  expect(steps).toEqual(['mine', 'old', 'python:3', standInImage]);
  expect([...engine.containers.keys()]).toEqual(['theirs']);
  expect([...engine.images.keys()]).toEqual(['nginx:1', 'python:2']);
});

test('what somebody else removed meanwhile counts as removed', async () => {
  const found = await findLeftovers(engine, []);
  engine.containers.delete('mine');
  expect(await cleanUp(engine, found, () => { }, never)).toEqual({ removed: 3, failures: [] });
});

test('one that cannot be removed does not keep the others, and is told with the reason', async () => {
  engine.before = (call) => { if (call.startsWith('removeContainer mine')) { throw explainRefusal(500, 'device busy'); } };
  const { removed, failures } = await cleanUp(engine, await findLeftovers(engine, ['python:3']), () => { }, never);
  expect(removed).toBe(2);
  expect(failures.map(({ name }) => name)).toEqual(['mine', 'python:3']);
  expect(failures[0]?.reason).toContain('device busy');
});

test('cancelling ends it between two removals', async () => {
  const cancel = new AbortController();
  const found = await findLeftovers(engine, ['python:3']);
  engine.after = (call) => { if (call.startsWith('removeContainer mine')) { cancel.abort(); } };
  expect(isAbort(await rejection(cleanUp(engine, found, () => { }, cancel.signal)))).toBe(true);
  expect([...engine.containers.keys()]).toEqual(['old', 'theirs']);
});

test('a role is only one that we know', () => {
  expect(roleOf({ [roleLabel]: 'cpu-demo' })).toBe('cpu-demo');
  expect(roleOf({ [roleLabel]: 'something else' })).toBeUndefined();
  expect(roleOf({})).toBeUndefined();
  expect(isStandIn({ [standInLabel]: 'yes' })).toBe(false);
});
