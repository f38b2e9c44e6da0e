import { expect, test } from 'vitest';
import { parseFromArchitecturePage } from '../../../src/webviews/architectureProtocol';
import { parseFromCgroupPage } from '../../../src/webviews/cgroupProtocol';
import { parseFromExercisePage } from '../../../src/webviews/exerciseProtocol';
import { parseFromMeasurePage } from '../../../src/webviews/measureProtocol';
import { parseFromOverviewPage } from '../../../src/webviews/overviewProtocol';
import { parseFromRunPage } from '../../../src/webviews/runProtocol';
import { parseFromXrayPage } from '../../../src/webviews/xrayProtocol';

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

test.each<[string, (value: unknown) => unknown, object[], unknown[]]>([
  ['a run', parseFromRunPage, [{ type: 'ready' }, { type: 'run' }, { type: 'save' }, { type: 'replayRecorded' }], [{ type: 'exec' }, { type: ['run'] }]],
  ['measurements', parseFromMeasurePage, [{ type: 'ready' }, { type: 'measure' }, { type: 'cancel' }], [{ type: 'pull', image: 'x' }]],
  ['the architecture', parseFromArchitecturePage, [{ type: 'ready' }, { type: 'export', engine: 'e' }, { type: 'copy', engine: 'e', number: 3, as: 'curl' }], [{ type: 'export' }, { type: 'copy', engine: 'e', number: '3', as: 'curl' }, { type: 'copy', engine: 'e', number: 3, as: 'rm' }]],
  ['all that run', parseFromOverviewPage, [{ type: 'ready' }, { type: 'watch', containerId: 'c' }, { type: 'limitTo10', containerId: 'c' }, { type: 'removeLimit', containerId: 'c' }], [{ type: 'watch' }, { type: 'limitTo10', containerId: 7 }, { type: 'remove', containerId: 'c' }]],
  ['an X-ray', parseFromXrayPage, [{ type: 'ready' }, { type: 'refresh' }, { type: 'startHelper' }, { type: 'cgroups' }, { type: 'compare', containerId: 'c' }], [{ type: 'compare' }, { type: 'compare', containerId: 7 }]],
])('the page of %s may say what is in its protocol, and nothing else', (_, parse, good, bad) => {
  for (const message of good) { expect(parse({ ...message, more: 'than asked' })).toEqual(message); }
  for (const value of [null, undefined, 'ready', 7, {}, ...bad]) { expect(parse(value)).toBeUndefined(); }
});
