import { describe, expect, test } from 'vitest';
import { asArrangement, comparator, groupOf, passes, staysInPlace, usualArrangement } from '../../../src/engine/arrangement';
import type { Container } from '../../../src/engine/containers';
import { summaryOf } from '../support/scriptedEngine';

const container = (id: string, fields: Partial<Container> = {}): Container => ({ ...summaryOf(id, fields), cpuLimit: undefined, ...fields });

describe('the order', () => {
  const web = container('1', { name: 'web', image: 'nginx', state: 'exited', createdAt: 3 });
  const api = container('2', { name: 'api', image: 'python', state: 'running', createdAt: 1 });
  const job = container('3', { name: 'job', image: 'busybox', state: 'paused', createdAt: 2 });

  test.each([
    ['state', ['job', 'api', 'web']], ['name', ['api', 'job', 'web']], ['created', ['web', 'job', 'api']], ['image', ['job', 'web', 'api']],
  ] as const)('by %s', (sortBy, names) => {
    expect([web, api, job].sort(comparator(sortBy)).map(({ name }) => name)).toEqual(names);
  });
});

describe('the filter', () => {
  const one = container('abc123', { name: 'Web-1', image: 'nginx:1.27', state: 'running', labels: { team: 'shop' } });

  test.each(['', '  ', 'web', 'WEB nginx', 'abc12', 'team=shop', 'running 1.27'])('"%s" leaves it', (filter) => { expect(passes(one, filter)).toBe(true); });
  test.each(['db', 'web db', 'team=bank', 'exited'])('"%s" does not', (filter) => { expect(passes(one, filter)).toBe(false); });
});

test('groups are Compose\'s projects, images or states', () => {
  const labels = { 'com.docker.compose.project': 'shop' };
  const one = container('1', { image: 'nginx', state: 'paused', labels });
  expect((['none', 'project', 'image', 'state'] as const).map((groupBy) => groupOf(one, groupBy))).toEqual([undefined, 'shop', 'nginx', 'paused']);
  expect(groupOf(container('2'), 'project')).toBe('');
});

describe('a changed container', () => {
  const before = container('1', { name: 'web', state: 'running', createdAt: 1 });

  test('stays at its place when only its sentence or its limit is another', () => {
    expect(staysInPlace(before, { ...before, status: 'Up 5 minutes', cpuLimit: { cores: 0.1, dialect: 'CpuQuota' } }, usualArrangement)).toBe(true);
  });

  test('moves with its state, its group, or as it comes into the filter', () => {
    expect(staysInPlace(before, { ...before, state: 'exited' }, usualArrangement)).toBe(false);
    expect(staysInPlace(before, { ...before, state: 'paused' }, { ...usualArrangement, sortBy: 'name' })).toBe(true);
    expect(staysInPlace(before, { ...before, state: 'paused' }, { groupBy: 'state', sortBy: 'name', filter: '' })).toBe(false);
    expect(staysInPlace(before, { ...before, name: 'db' }, { groupBy: 'none', sortBy: 'created', filter: 'web' })).toBe(false);
  });
});

test.each([undefined, null, 7, 'x', {}, { groupBy: 'owner', sortBy: 5, filter: [] }])('what was remembered as %j is the usual arrangement', (value) => {
  expect(asArrangement(value)).toEqual(usualArrangement);
});

test('a remembered arrangement is taken as it was', () => {
  const chosen = { groupBy: 'project', sortBy: 'image', filter: 'web' };
  expect(asArrangement({ ...chosen, more: true })).toEqual(chosen);
});
