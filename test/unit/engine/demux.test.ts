import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demultiplex } from '../../../src/engine/demux';
import type { OutputChunk } from '../../../src/engine/engine';
import { MalformedStream } from '../../../src/engine/errors';
import { collect, cutAt, rejection, streamOf } from '../support/streams';

/** A frame as the engine writes it. */
function frame(stream: number, content: string | Uint8Array): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

/** What each stream said, joined: where the pieces begin and end means nothing. */
function said(chunks: readonly OutputChunk[]): Record<'stdout' | 'stderr', string> {
  const of = (stream: string): string => Buffer.concat(chunks.filter((chunk) => chunk.stream === stream).map(({ data }) => data)).toString('latin1');
  return { stdout: of('stdout'), stderr: of('stderr') };
}

const read = (...chunks: Uint8Array[]): Promise<OutputChunk[]> => collect(demultiplex(streamOf(...chunks)));

test('standard output and standard error are told apart', async () => {
  expect(said(await read(frame(1, 'out'), frame(2, 'err'), frame(1, 'put')))).toEqual({ stdout: 'output', stderr: 'err' });
});

test('the engine\'s own errors and echoed input read among standard error', async () => {
  expect(said(await read(frame(3, 'engine'), frame(0, 'stdin')))).toEqual({ stdout: '', stderr: 'enginestdin' });
});

test('the order between the streams is kept', async () => {
  const chunks = await read(Buffer.concat([frame(1, 'a'), frame(2, 'b'), frame(1, 'c')]));
  expect(chunks.map(({ data }) => Buffer.from(data).toString())).toEqual(['a', 'b', 'c']);
});

test('the stream reads the same wherever it is split', async () => {
  const bytes = Buffer.concat([frame(1, 'hello'), frame(2, ''), frame(2, 'x'), frame(1, '\n')]);
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(said(await read(bytes.subarray(0, at), bytes.subarray(at)))).toEqual({ stdout: 'hello\n', stderr: 'x' });
  }
  expect(said(await read(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))))).toEqual({ stdout: 'hello\n', stderr: 'x' });
});

test('any frames come back as they were, however the bytes are cut', async () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 30 })), { maxLength: 10 });
  await fc.assert(fc.asyncProperty(frames, fc.array(fc.nat(), { maxLength: 8 }), async (all, places) => {
    const of = (kind: number): string => Buffer.concat(all.filter(([stream]) => stream === kind).map(([, content]) => content)).toString('latin1');
    const chunks = await read(...cutAt(Buffer.concat(all.map(([stream, content]) => frame(stream, content))), places));
    expect(said(chunks)).toEqual({ stdout: of(1), stderr: of(2) });
  }));
});

test('content is passed on as it comes, without waiting for the frame\'s end', async () => {
  const header = frame(1, '');
  header.writeUInt32BE(0xffffffff, 4);
  const output = demultiplex(streamOf(header, Buffer.from('first'), Buffer.from('second')));
  expect(Buffer.from((await output.next()).value?.data ?? []).toString()).toBe('first');
  await output.return();
});

describe('what is not the engine\'s format', () => {
  test.each<[string, Buffer]>([
    ['plain text', Buffer.from('Hello from a program with a terminal')],
    ['an unknown stream', frame(4, 'x')],
    ['a header that is not padded with zeros', Buffer.from([1, 0, 7, 0, 0, 0, 0, 0])],
    ['half a header at the end', frame(1, 'x').subarray(0, 5)],
    ['half a frame at the end', frame(1, 'hello').subarray(0, 10)],
  ])('%s is refused', async (_, bytes) => {
    expect(await rejection(read(bytes))).toBeInstanceOf(MalformedStream);
  });

  test('whatever bytes come, nothing but a malformed stream is thrown', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      try {
        await read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedStream);
      }
    }), { numRuns: 300 });
  });
});
