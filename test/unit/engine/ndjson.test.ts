import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedStream } from '../../../src/engine/errors';
import { readJsonLines, readLines } from '../../../src/engine/ndjson';
import { collect, cutAt, rejection, streamOf } from '../support/streams';

const lines = (...chunks: Uint8Array[]): Promise<string[]> => collect(readLines(streamOf(...chunks), 1_000));
const values = (...chunks: Uint8Array[]): Promise<unknown[]> => collect(readJsonLines(streamOf(...chunks)));

test('lines come without their ends, with or without a carriage return', async () => {
  expect(await lines(Buffer.from('a\nb\r\n\nc\n'))).toEqual(['a', 'b', '', 'c']);
});

test('the last line need not end', async () => {
  expect(await lines(Buffer.from('a\nb'))).toEqual(['a', 'b']);
});

test('a stream without anything has no lines', async () => {
  expect(await lines()).toEqual([]);
  expect(await lines(Buffer.alloc(0))).toEqual([]);
});

test('a line that never ends is refused rather than kept', async () => {
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      await Promise.resolve();
      yield Buffer.alloc(100, 'x');
    }
  }
  expect(await rejection(collect(readLines(endless(), 1_000)))).toBeInstanceOf(MalformedStream);
});

test('lines are the same wherever the bytes are split, inside of characters too', async () => {
  const bytes = Buffer.from('größe 容器\r\n🐳\n\nend');
  for (let at = 0; at <= bytes.length; at += 1) { expect(await lines(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['größe 容器', '🐳', '', 'end']); }
});

test('any lines come back as they were, however the bytes are cut', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n]/.test(text));
  await fc.assert(fc.asyncProperty(fc.array(line), fc.array(fc.nat(), { maxLength: 6 }), async (all, places) => {
    expect(await lines(...cutAt(Buffer.from(all.map((text) => `${text}\n`).join('')), places))).toEqual(all);
  }));
});

test('any JSON values come back as they were, however the bytes are cut', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 6 }), async (all, places) => {
    const written = all.map((value) => JSON.stringify(value));
    const read = await values(...cutAt(Buffer.from(written.map((text) => `${text}\r\n`).join('\n')), places));
    expect(read.map((value) => JSON.stringify(value))).toEqual(written);
  }));
});

test('blank lines are skipped', async () => {
  expect(await values(Buffer.from('\n  \n{"a":1}\n\n2\n'))).toEqual([{ a: 1 }, 2]);
});

test('what came before a line that is not JSON is still given', async () => {
  const given: unknown[] = [];
  const error = await rejection((async () => { for await (const value of readJsonLines(streamOf(Buffer.from('1\n<html>\n2\n')))) { given.push(value); } })());
  expect(given).toEqual([1]);
  expect(error).toBeInstanceOf(MalformedStream);
  expect((error as Error).cause).toBeInstanceOf(SyntaxError);
});

test('whatever bytes come, nothing but a malformed stream is thrown', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
    try {
      await values(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedStream);
    }
  }), { numRuns: 300 });
});

test('an error of the stream itself is passed on as it is', async () => {
  const cut = new Error('cut');
  // eslint-disable-next-line require-yield -- it fails first
  async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
    await Promise.resolve();
    throw cut;
  }
  expect(await rejection(collect(readJsonLines(failing())))).toBe(cut);
});

test('a line that is too long is refused wherever the stream is cut, and what came before it is given', async () => {
  for (const chunks of [['ab\nabcdef\n'], ['ab\nabc', 'def\n'], ['ab', '\nabcdef', '\n']]) {
    const given: string[] = [];
    const error = await rejection((async () => { for await (const line of readLines(streamOf(...chunks.map((chunk) => Buffer.from(chunk))), 5)) { given.push(line); } })());
    expect(error).toBeInstanceOf(MalformedStream);
    expect(given).toEqual(['ab']);
  }
});

test('a long line that comes in small pieces is read in the time of a short one', async () => {
  const piece = Buffer.from('x'.repeat(16));
  const from = performance.now();
  const [line] = await collect(readLines(streamOf(...Array.from({ length: 65_536 }, () => piece)), 2e6));
  expect(line).toHaveLength(1_048_576);
  // Searching all that has come anew with each piece took a minute.
  expect(performance.now() - from).toBeLessThan(5_000);
});
