import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sleep } from '../../../src/base/sleep';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test('a sleep ends when its time is over', async () => {
  let awake = false;
  void sleep(1_000, new AbortController().signal).then(() => { awake = true; });
  await vi.advanceTimersByTimeAsync(999);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(awake).toBe(true);
});

test('an abort wakes a sleeper up and leaves no timer behind', async () => {
  const controller = new AbortController();
  const sleeping = sleep(60_000, controller.signal);
  controller.abort();
  await sleeping;
  expect(vi.getTimerCount()).toBe(0);
});

test('nobody falls asleep after the abort', async () => {
  await sleep(60_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
