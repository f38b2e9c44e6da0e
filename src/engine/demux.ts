import * as l10n from '@vscode/l10n';
import { MalformedStream } from './errors';
import type { OutputChunk } from './engine';

const headerBytes = 8;

/**
 * Takes apart the stream in which the engine sends stdout and stderr of a container without a terminal: frames of
 * [stream, 0, 0, 0, length (4 bytes, big endian)] and the content. Content is passed on as it comes: a frame's length, which
 * may be up to 4 GiB, is never buffered. A log has a frame a line: those of one stream that come together are passed on as one.
 * @throws MalformedStream when a header is none, or the stream ends inside a frame
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export async function* demultiplex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  const header = Buffer.alloc(headerBytes);
  let headerFilled = 0;
  let stream: OutputChunk['stream'] = 'stdout';
  let left = 0;
  for await (const chunk of chunks) {
    let together: Uint8Array[] = [];
    let togetherOf: OutputChunk['stream'] = stream;
    const passOn = (): OutputChunk[] => {
      const [only] = together;
      const data = together.length === 1 ? only : Buffer.concat(together);
      together = [];
      return only === undefined || data === undefined ? [] : [{ stream: togetherOf, data }];
    };
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const data = chunk.subarray(at, at + left);
        at += data.length;
        left -= data.length;
        if (togetherOf !== stream) { yield* passOn(); }
        togetherOf = stream;
        together.push(data);
        continue;
      }
      const part = chunk.subarray(at, at + headerBytes - headerFilled);
      header.set(part, headerFilled);
      headerFilled += part.length;
      at += part.length;
      if (headerFilled === headerBytes) {
        // 0 is stdin, echoed by some engines; 3 is an error of the engine itself. Both read best among stderr's lines.
        const kind = header.readUInt8(0);
        if (kind > 3 || header.readUIntBE(1, 3) !== 0) {
          yield* passOn();
          throw new MalformedStream(l10n.t('output of a container'));
        }
        stream = kind === 1 ? 'stdout' : 'stderr';
        left = header.readUInt32BE(4);
        headerFilled = 0;
      }
    }
    yield* passOn();
  }
  if (left > 0 || headerFilled > 0) { throw new MalformedStream(l10n.t('whole')); }
}
