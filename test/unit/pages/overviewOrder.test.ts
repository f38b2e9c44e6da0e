import { expect, test } from 'vitest';
import { inOrder, type Order, shareOfCap } from '../../../src/pages/overview/order';
import type { OverviewContainer, UsageSample } from '../../../src/webviews/overviewProtocol';

const one = (name: string, sample: Partial<UsageSample>): OverviewContainer => ({
  id: name, name, image: 'i', engine: '', state: 'running', cpus: 2, source: 'cgroup', history: [{ cores: null, throttledShare: null, capCores: null, memoryBytes: null, ...sample }],
});
const all = [
  one('idle', { cores: 0, memoryBytes: 5 }), one('unknown', {}), one('busy', { cores: 1.5, throttledShare: 0, memoryBytes: 9 }),
  one('capped', { cores: 0.1, capCores: 0.1, throttledShare: 1, memoryBytes: 7 }), one('half', { cores: 0.2, capCores: 0.4, throttledShare: 0.1 }),
];

test.each<[Order, string[]]>([
  ['cores', ['busy', 'half', 'capped', 'idle', 'unknown']], ['throttled', ['capped', 'half', 'busy', 'idle', 'unknown']],
  ['ofCap', ['capped', 'half', 'busy', 'idle', 'unknown']], ['memory', ['busy', 'capped', 'idle', 'half', 'unknown']], ['name', ['busy', 'capped', 'half', 'idle', 'unknown']],
])('by %s', (order, names) => { expect(inOrder(all, order).map(({ name }) => name)).toEqual(names); });

test('the share of the own quota is of the quota, not of the machine; null without one', () => {
  expect(shareOfCap({ cores: 0.05, capCores: 0.1, throttledShare: null, memoryBytes: null })).toBeCloseTo(0.5);
  expect(shareOfCap({ cores: 1, capCores: null, throttledShare: null, memoryBytes: null })).toBeNull();
});
