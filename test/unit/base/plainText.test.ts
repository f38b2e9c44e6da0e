import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from '../../../src/base/plainText';

test.each([
  ['an ordinary name stays as it is', 'cpu-demo_2.x', 'cpu-demo_2.x'],
  ['other scripts and emoji stay as they are', 'größe 容器 🐳', 'größe 容器 🐳'],
  ['HTML and Markdown are text and stay as they are', '<b>**x**</b> [a](command:b)', '<b>**x**</b> [a](command:b)'],
  ['line ends do not make a second line', 'a\nb\r\nc', 'a\ufffdb\ufffd\ufffdc'],
  ['an escape character shows as something', '\x1b[31mred', '\ufffd[31mred'],
  ['C1 control characters show as something', 'a\x9bb', 'a\ufffdb'],
  ['text cannot be turned around (right-to-left override)', 'exe\u202etxt', 'exe\ufffdtxt'],
  ['text cannot be turned around (isolates)', 'a\u2066b\u2069', 'a\ufffdb\ufffd'],
  ['text cannot be turned around (Arabic letter mark)', 'a\u061cb', 'a\ufffdb'],
  ['characters of no width do not hide', 'a\u200bb\ufeffc', 'a\ufffdb\ufffdc'],
])('%s', (_, text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('what is too long is cut and says so', () => {
  const shown = plainText('x'.repeat(201));
  expect(shown).toHaveLength(200);
  expect(shown.endsWith('x…')).toBe(true);
  expect(plainText('x'.repeat(200))).toBe('x'.repeat(200));
  expect(plainText('abcdef', 4)).toBe('abc…');
});

test('an emoji is not cut in half', () => {
  expect(plainText('🐳🐳🐳', 4)).toBe('🐳…');
});

test('whatever comes in, one line without control characters comes out, not longer than asked', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (text, maxChars) => {
    const shown = plainText(text, maxChars);
    expect(shown.length).toBeLessThanOrEqual(maxChars);
    expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    // A lone half of an emoji would come back as something else.
    expect(Buffer.from(shown).toString()).toBe(shown);
  }));
});

test.each([['a tag that says something to a language model', '\u{e0068}\u{e0069}'], ['a soft hyphen', '\u00ad'], ['half of an emoji', '\ud83d']])('%s is seen', (_, text) => {
  expect(plainText(`web${text}`)).toMatch(/^web\ufffd+$/);
});
