import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Redraws } from '../../../src/views/redraws';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** Rows are in small letters, levels in capitals. */
function drawing(rows = 0) {
  const drawn: (string | undefined)[] = [];
  const redraws = new Redraws<string>({ redraw: (node) => drawn.push(node), rows: () => rows, isRow: (node) => node === node.toLowerCase() });
  return { drawn, redraws };
}

test('a change is drawn soon, with those of the same moment, each node once', () => {
  const { drawn, redraws } = drawing();
  for (const node of ['a', 'b', 'a']) { redraws.later(node); }
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual(['a', 'b']);
});

test('a storm is drawn a few times a second, and its last change, too', () => {
  const { drawn, redraws } = drawing();
  for (let event = 0; event < 2_000; event += 1) {
    redraws.later(`row ${event}`);
    redraws.later(undefined);
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(250);
  expect(drawn.length).toBeGreaterThan(30);
  expect(drawn.length).toBeLessThan(45);
});

test('everything anew leaves out single nodes', () => {
  const { drawn, redraws } = drawing();
  redraws.later('a');
  redraws.later(undefined);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([undefined]);
});

test('a long level is drawn at once, and then seldom; rows do not wait for it', () => {
  const { drawn, redraws } = drawing(1_000);
  redraws.later(undefined);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([undefined]);
  redraws.later(undefined);
  vi.advanceTimersByTime(300);
  redraws.later('a');
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([undefined, 'a']);
  vi.advanceTimersByTime(3_000);
  expect(drawn).toEqual([undefined, 'a', undefined]);
});

test('what the user asks for does not wait', () => {
  const { drawn, redraws } = drawing(1_000);
  redraws.asked();
  vi.advanceTimersByTime(20);
  redraws.asked();
  vi.advanceTimersByTime(250);
  expect(drawn).toEqual([undefined, undefined]);
});

test('a row that is gone is not drawn', () => {
  const { drawn, redraws } = drawing();
  redraws.later('a');
  redraws.later('b');
  redraws.forget('a');
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual(['b']);
});
