import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFromLivePage } from '../../../src/webviews/protocol';

test.each(['ready', 'limitTo10', 'chooseLimit', 'removeLimit'] as const)('the page may say "%s"', (type) => {
  expect(parseFromLivePage({ type })).toEqual({ type });
});

test('nothing but the type of a message gets through', () => {
  expect(parseFromLivePage({ type: 'limitTo10', containerId: 'another', command: 'x' })).toEqual({ type: 'limitTo10' });
});

test.each([undefined, null, 7, 'ready', [], ['ready'], {}, { type: undefined }, { type: 'init' }, { type: ['ready'] }, { type: 'READY' }, { type: 'toString' }, { type: '__proto__' }, { kind: 'ready' }])('%j is not in the protocol', (value) => {
  expect(parseFromLivePage(value)).toBeUndefined();
});

test('whatever a page sends, it is one of four messages or nothing', () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    const message = parseFromLivePage(value);
    expect([undefined, 'ready', 'limitTo10', 'chooseLimit', 'removeLimit']).toContain(message?.type);
  }));
});
