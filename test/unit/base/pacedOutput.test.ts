import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PacedOutput } from '../../../src/base/pacedOutput';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function paced() {
  const shown: string[] = [];
  const skipped: number[] = [];
  let seen = 0;
  const output = new PacedOutput<'out' | 'err'>(({ data }) => {
    seen += data.length;
    shown.push(Buffer.from(data).toString());
  }, (bytes) => {
    skipped.push(bytes);
    shown.push('[skipped]');
  });
  return { output, shown, skipped, push: (text: string) => output.push({ mark: 'out', data: Buffer.from(text) }), bytes: () => seen };
}

test('a line now and then is shown at once', () => {
  const { shown, push } = paced();
  push('one\n');
  vi.advanceTimersByTime(1_000);
  push('two\n');
  expect(shown).toEqual(['one\n', 'two\n']);
});

test('a hundred megabytes take no more than a portion at a time, and their end is there', async () => {
  const { output, shown, skipped, push, bytes } = paced();
  const kilobyte = `${'x'.repeat(1023)}\n`;
  let most = 0;
  for (let round = 0; round < 1_600; round += 1) {
    push(kilobyte.repeat(64));
    const before = bytes();
    if (round % 50 === 49) { vi.advanceTimersByTime(50); }
    most = Math.max(most, bytes() - before);
  }
  push('the end\n');
  const drained = output.drained();
  await vi.runAllTimersAsync();
  await drained;
  expect(most).toBeLessThanOrEqual(32 * 1024);
  expect(shown.at(-1)).toMatch(/the end\n$/);
  // The line that is cut is left out up to its end, and not counted.
  const left = skipped.reduce((sum, value) => sum + value, 0);
  expect(bytes() + left).toBeGreaterThan(1_600 * 65_536 - skipped.length * 1024);
  expect(bytes()).toBeLessThan(10e6);
});

test('after something was left out it goes on with a whole line', () => {
  const { shown, push } = paced();
  push('first\n');
  push('a'.repeat(1024 * 1024));
  push('rest of a line\nwhole line\n');
  vi.advanceTimersByTime(50);
  expect(shown.slice(0, 3)).toEqual(['first\n', '[skipped]', 'whole line\n']);
});

test('nothing comes after it is done with, and nobody waits for ever', async () => {
  const { output, shown, push } = paced();
  push('shown');
  push('waits');
  const drained = output.drained();
  output.dispose();
  await drained;
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual(['shown']);
});

test('what is left out of a line that was cut is told, too', async () => {
  const { output, skipped, push, bytes } = paced();
  const pieces = ['first\n', 'x'.repeat(600_000), `${'y'.repeat(600_000)}\n`, 'the end\n'];
  for (const piece of pieces) { push(piece); }
  const drained = output.drained();
  await vi.runAllTimersAsync();
  await drained;
  expect(bytes() + skipped.reduce((sum, left) => sum + left, 0)).toBe(pieces.join('').length);
});
