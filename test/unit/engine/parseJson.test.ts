import { describe, expect, test } from 'vitest';
import { MalformedStream } from '../../../src/engine/errors';
import { parseJson } from '../../../src/engine/parseJson';

/** Around a value, to make its text a long one. */
const long = (value: unknown): string => JSON.stringify(['x'.repeat(100_000), value]);
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('JSON of the engine\'s', () => {
  test.each([
    ['a value', { a: [1, 'b', null] }],
    ['brackets in strings', ['['.repeat(200_000), '\\"[[[', '"'.repeat(5_000), '{'.repeat(5_000)]],
    ['many values side by side', Array.from({ length: 5_000 }, () => [{}])],
  ])('is read, short and long: %s', (_, value) => {
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(parseJson(long(value))).toEqual(['x'.repeat(100_000), value]);
  });

  test.each(['', '{', 'x', `"${'x'.repeat(100_000)}`, `["${'x'.repeat(100_000)}\\`, '['.repeat(100_000)])('that is none is said to be none', (text) => {
    expect(() => parseJson(text)).toThrow(MalformedStream);
  });

  test('is refused where it nests deeper than any engine\'s does, and is long', () => {
    expect(() => parseJson(`["${'x'.repeat(100_000)}",${nested(1_000)}]`)).toThrow(MalformedStream);
    expect(parseJson(`["${'x'.repeat(100_000)}",${nested(999)}]`)).toHaveLength(2);
  });
});
