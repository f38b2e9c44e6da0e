import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ring } from '../../../src/base/ring';

test('a ring keeps the newest, in their order, and no more than it may', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer()), (most, items) => {
    const ring = new Ring<number>(most);
    for (const item of items) { ring.push(item); }
    expect(ring.toArray()).toEqual(items.slice(-most));
    ring.clear();
    expect(ring.toArray()).toEqual([]);
    ring.push(7);
    expect(ring.toArray()).toEqual([7]);
  }));
});
