import * as l10n from '@vscode/l10n';
import { GrowingBytes } from '../base/growingBytes';
import { TooMuch } from './errors';
import { parseJson } from './parseJson';

/** The longest line of JSON that we read, in bytes. The engine's own are under 100 kB: an event carries its container's labels. */
export const longestLine = 1024 * 1024;

const lineEnd = 0x0a;

/**
 * The JSON values of a stream that holds one a line (events, pull progress, stats). Blank lines are skipped.
 * @throws MalformedStream at a line that is not JSON; TooMuch at one that is longer than any of Docker's
 */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  for await (const line of readLines(chunks, longestLine)) {
    if (line.trim() === '') { continue; }
    yield parseJson(line);
  }
}

/**
 * The lines of a stream, without their line ends. The last one need not end.
 * @param most bytes of a line: what is kept of the stream at once
 * @throws TooMuch when a line is longer
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<string, void, undefined> {
  const line = new GrowingBytes(most);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const end = chunk.indexOf(lineEnd, at);
      if (!line.push(chunk.subarray(at, end < 0 ? undefined : end))) { throw new TooMuch(l10n.t('a line'), most); }
      if (end < 0) { break; }
      yield withoutReturn(line.take());
      at = end + 1;
    }
  }
  if (line.length > 0) { yield line.take(); }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
