import { expect, test } from 'vitest';
import { DisposableStore, toDisposable } from '../../../src/base/disposable';

test('what was added last is let go first', () => {
  const order: string[] = [];
  const store = new DisposableStore();
  for (const name of ['first', 'second', 'third']) { store.add({ dispose: () => order.push(name) }); }
  store.dispose();
  expect(order).toEqual(['third', 'second', 'first']);
});

test('disposing a store twice lets go of everything once', () => {
  let times = 0;
  const store = new DisposableStore();
  store.add({ dispose: () => { times += 1; } });
  store.dispose();
  store.dispose();
  expect(times).toBe(1);
});

test('what is added after the end is let go at once', () => {
  let gone = false;
  const store = new DisposableStore();
  store.dispose();
  store.add({ dispose: () => { gone = true; } });
  expect(gone).toBe(true);
});

test('add hands back what it was given', () => {
  const item = { dispose: () => { }, name: 'mine' };
  expect(new DisposableStore().add(item)).toBe(item);
});

test('a disposable made from a function runs it once', () => {
  let times = 0;
  const disposable = toDisposable(() => { times += 1; });
  disposable.dispose();
  disposable.dispose();
  expect(times).toBe(1);
});
