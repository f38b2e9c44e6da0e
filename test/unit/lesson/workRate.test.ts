import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../src/engine/ndjson';
import { parseWorkRate } from '../../../src/lesson/workRate';

test.each<[string, number | undefined]>([
  ['12 calculations, 11.834 per second', 11.834],
  ['1 calculations, 0.912 per second', 0.912],
  ['Calculations per second: 12', 12],
  ['calculations per second:12.5', 12.5],
  ['2026-01-01 12 calculations, 11.834 per second', 11.834],
  ['11.834123456789012 per second', 11.834123456789012],
  ['', undefined],
  ['Calculations per second', undefined],
  ['per second', undefined],
  ['12 per seconds', undefined],
  ['12 calculations', undefined],
  ['Traceback (most recent call last):', undefined],
  ['12  per second', undefined],
])('%j tells %s', (line, rate) => {
  expect(parseWorkRate(line)).toBe(rate);
});

test.each([
  ['of digits', '9'.repeat(5_000_000)],
  ['of almost the right words', 'per second: per second:'.repeat(200_000)],
  ['of dots and digits', '1.1'.repeat(1_000_000)],
])('a hostile line of megabytes %s costs nothing', (_, line) => {
  // A text as a stream gives it: what is put together from parts is only joined when it is first looked at.
  const text = Buffer.from(line).toString();
  const begin = performance.now();
  parseWorkRate(text);
  // Far more than it takes on a busy machine, far less than a search through all of it would.
  expect(performance.now() - begin).toBeLessThan(1_000);
});

test('any rate that our program can print is read as it was printed', () => {
  fc.assert(fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1e6, noNaN: true }), (count, rate) => {
    expect(parseWorkRate(`${count} calculations, ${rate.toFixed(3)} per second`)).toBe(Number(rate.toFixed(3)));
  }));
});

test('whatever a line says, it tells a finite number of at least 0 or nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.tuple(fc.string(), fc.double()).map(([text, number]) => `${text}${number} per second`)), (line) => {
    const rate = parseWorkRate(line);
    if (rate !== undefined) { expect(Number.isFinite(rate) && rate >= 0).toBe(true); }
  }), { numRuns: 300 });
});

const python = await new Promise<boolean>((resolve) => {
  const version = spawn('python3', ['--version'], { stdio: 'ignore' });
  version.once('error', () => resolve(false));
  version.once('close', (code) => resolve(code === 0));
});

test.skipIf(!python)('the demo\'s own program prints lines that tell its rate, and ends well when it is told to (skipped without python3)', async () => {
  const program = spawn('python3', ['-u', fileURLToPath(new URL('../../../media/factorials.py', import.meta.url))], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(program, 'close');
  const errors: string[] = [];
  program.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const rates: (number | undefined)[] = [];
  for await (const line of readLines(program.stdout as AsyncIterable<Uint8Array>, 1_000)) {
    rates.push(parseWorkRate(line));
    if (rates.length === 2) { program.kill('SIGTERM'); }
  }
  expect(await closed).toEqual([0, null]);
  expect(errors).toEqual([]);
  expect(rates.length).toBeGreaterThanOrEqual(2);
  for (const rate of rates) { expect(rate).toBeGreaterThan(0); }
}, 60_000);
