import { StringDecoder } from 'node:string_decoder';
import * as l10n from '@vscode/l10n';
import { MalformedStream } from './errors';

/** The longest line that we read: the engine's own are under 100 kB. */
const maxLineChars = 4 * 1024 * 1024;

/**
 * The JSON values of a stream that holds one a line (events, pull progress, stats). Blank lines are skipped.
 * @throws MalformedStream at a line that is not JSON, or longer than 4 Mi characters
 */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  for await (const line of readLines(chunks, maxLineChars)) {
    if (line.trim() === '') { continue; }
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new MalformedStream('JSON', error);
    }
    yield value;
  }
}

/**
 * The lines of a stream, without their line ends. The last one need not end.
 * @throws MalformedStream when a line is longer than `maxChars`
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) { yield line.endsWith('\r') ? line.slice(0, -1) : line; }
    if (rest.length > maxChars) { throw new MalformedStream(l10n.t('lines')); }
  }
  rest += decoder.end();
  if (rest !== '') { yield rest; }
}
