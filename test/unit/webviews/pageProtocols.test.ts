import { expect, test } from 'vitest';
import { parseFromCgroupPage } from '../../../src/webviews/cgroupProtocol';
import { parseFromExercisePage } from '../../../src/webviews/exerciseProtocol';

test.each([
  { type: 'ready' }, { type: 'do', task: 'start' }, { type: 'run', task: 'limit-10' }, { type: 'copy', task: 'scope' }, { type: 'place', place: 'engine' },
  { type: 'watch' }, { type: 'startHelper' }, { type: 'rename' }, { type: 'explore' },
])('the exercise\'s page may say %j', (message) => {
  expect(parseFromExercisePage({ ...message, more: 'than asked' })).toEqual(message);
});

test.each([
  null, 'ready', 7, {}, { type: 'exec' }, { type: 'do' }, { type: 'do', task: 'rm -rf /' }, { type: 'do', task: 'scope' }, { type: 'run', task: ['start'] },
  { type: 'place', place: '/etc' }, { type: 'place' }, { type: ['ready'] },
])('and not %j', (value) => {
  expect(parseFromExercisePage(value)).toBeUndefined();
});

test('the page of control groups says nothing but that it is there', () => {
  expect(parseFromCgroupPage({ type: 'ready', pid: 1 })).toEqual({ type: 'ready' });
  for (const value of [null, undefined, 'ready', {}, { type: 'open', pid: 1 }]) { expect(parseFromCgroupPage(value)).toBeUndefined(); }
});
