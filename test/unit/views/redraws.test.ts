import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Redraws } from '../../../src/views/redraws';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test('a change is drawn soon, with those of the same moment, each node once', () => {
  const drawn: (string | undefined)[] = [];
  const redraws = new Redraws<string>((node) => drawn.push(node));
  for (const node of ['a', 'b', 'a']) { redraws.later(node); }
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual(['a', 'b']);
});

test('a storm is drawn a few times a second, and its last change, too', () => {
  let drawn = 0;
  const redraws = new Redraws<string>(() => { drawn += 1; });
  for (let event = 0; event < 2_000; event += 1) {
    redraws.later(undefined);
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(250);
  expect(drawn).toBeGreaterThan(30);
  expect(drawn).toBeLessThan(45);
});

test('everything anew leaves out single nodes', () => {
  const drawn: (string | undefined)[] = [];
  const redraws = new Redraws<string>((node) => drawn.push(node));
  redraws.later('a');
  redraws.later(undefined);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([undefined]);
});
