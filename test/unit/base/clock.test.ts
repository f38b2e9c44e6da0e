import { expect, test } from 'vitest';
import { steadyClock } from '../../../src/base/clock';

test('a clock that is set back goes on until it has caught up, and one that is set forward is followed', () => {
  let [wall, monotonic] = [1_000_000, 50.5];
  const clock = steadyClock(() => wall, () => monotonic);
  const after = (millis: number, set = 0): number => {
    monotonic += millis;
    wall += millis + set;
    return clock.now();
  };
  expect(clock.now()).toBe(1_000_000);
  expect(after(100)).toBe(1_000_100);
  expect(after(100, -3_600_000)).toBe(1_000_200);
  expect(after(1_000)).toBe(1_001_200);
  expect(after(100, 3_600_000)).toBe(1_001_300);
  expect(after(100, 3_600_000)).toBe(4_601_400);
  expect(clock.monotonic()).toBe(1_450.5);
});

test('a clock that is slept over is followed: the monotonic one stands still meanwhile', () => {
  let wall = 0;
  const clock = steadyClock(() => wall, () => 5);
  clock.now();
  wall = 28_800_000;
  expect(clock.now()).toBe(28_800_000);
});
