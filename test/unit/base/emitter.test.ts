import { expect, test } from 'vitest';
import { Emitter } from '../../../src/base/emitter';

test('a listener that throws does not keep the others from hearing', () => {
  const errors: unknown[] = [];
  const heard: number[] = [];
  const emitter = new Emitter<number>((error) => errors.push(error));
  emitter.event(() => { throw new Error('clumsy'); });
  emitter.event((value) => heard.push(value));
  emitter.fire(7);
  expect(heard).toEqual([7]);
  expect(errors).toEqual([new Error('clumsy')]);
});

test('a listener hears nothing after it has unsubscribed', () => {
  const heard: number[] = [];
  const emitter = new Emitter<number>();
  const subscription = emitter.event((value) => heard.push(value));
  emitter.fire(1);
  subscription.dispose();
  emitter.fire(2);
  expect(heard).toEqual([1]);
});

test('the same function subscribed twice is two subscriptions', () => {
  const heard: number[] = [];
  const emitter = new Emitter<number>();
  const listener = (value: number): void => { heard.push(value); };
  const first = emitter.event(listener);
  emitter.event(listener);
  emitter.fire(1);
  first.dispose();
  emitter.fire(2);
  expect(heard).toEqual([1, 1, 2]);
});

test('a listener that subscribes another while hearing does not make that one hear the same value', () => {
  const heard: number[] = [];
  const emitter = new Emitter<number>();
  const subscription = emitter.event(() => {
    subscription.dispose();
    emitter.event((value) => heard.push(value));
  });
  emitter.fire(1);
  emitter.fire(2);
  expect(heard).toEqual([2]);
});

test('nobody hears anything from a disposed emitter', () => {
  const heard: number[] = [];
  const emitter = new Emitter<number>();
  emitter.event((value) => heard.push(value));
  emitter.dispose();
  emitter.fire(1);
  expect(heard).toEqual([]);
});
