import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedStream, TooMuch } from '../../../src/engine/errors';
import { readJsonArray } from '../../../src/engine/jsonArray';
import { collect, cutAt, rejection, streamOf } from '../support/streams';

const read = (text: string, places: readonly number[] = []): Promise<unknown[]> => collect(readJsonArray(streamOf(...cutAt(Buffer.from(text), places)), 1_000));

test.each([['[]', []], [' [ ]\r\n', []], ['null', []], ['[1, "a,]" ,{"b":[2,{"c":"\\"]"}]},[[]],null]\n', [1, 'a,]', { b: [2, { c: '"]' }] }, [[]], null]]])('%j is read', async (text, values) => {
  expect(await read(text)).toEqual(values);
});

test.each(['', '{}', '"a"', 'nul', 'nullx', '1', '[1', '[1,', '[1}', '[1,]', '[,1]', '[}', '[1]x', '[1][2]', '[{]', '[{"a":1]', '["a', '<html>', '[1 2]', '[NaN]', '[null]null', 'n\r\null', '[\ufeff]'])('%j is none', async (text) => {
  expect(await rejection(read(text))).toBeInstanceOf(MalformedStream);
});

test('an element may be so long and no longer, however the bytes are cut', async () => {
  expect(await read(`["${'x'.repeat(998)}"]`)).toHaveLength(1);
  expect(await rejection(read(`["${'x'.repeat(999)}"]`, [10, 500]))).toBeInstanceOf(TooMuch);
  expect(await rejection(read(`[${'['.repeat(2_000)}`, [10, 500]))).toBeInstanceOf(TooMuch);
});

test('any array is read as JSON.parse reads it, however the bytes are cut', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.constantFrom(undefined, 1, '\t'), fc.array(fc.nat(), { maxLength: 6 }), async (values, space, places) => {
    const text = JSON.stringify(values, undefined, space);
    expect(await collect(readJsonArray(streamOf(...cutAt(Buffer.from(text), places)), 1e6))).toEqual(JSON.parse(text));
  }));
});

test('what JSON.parse refuses is refused, and nothing else is thrown', async () => {
  const piece = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '1', 'null', ' ', '"a"', '{}', '[]');
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), async (text) => {
    let expected: unknown;
    try { expected = JSON.parse(text); } catch { expected = undefined; }
    if (expected === null) { expected = []; }
    if (Array.isArray(expected)) { expect(await read(text)).toEqual(expected); } else { expect(await rejection(read(text))).toBeInstanceOf(MalformedStream); }
  }), { numRuns: 3_000 });
});
