import * as l10n from '@vscode/l10n';
import { GrowingBytes } from '../base/growingBytes';
import { MalformedStream, TooMuch } from './errors';
import { parseJson } from './parseJson';

const [quote, backslash, comma, openArray, closeArray, openObject, closeObject] = Buffer.from('"\\,[]{}');

/**
 * The elements of a JSON array (null is an empty one, as Go writes it), each read as its last byte comes. An array that is read as a whole takes many times its size before the
 * first element can be looked at: ten million empty ones fit into 30 MB, and would be a gigabyte.
 * @param most bytes of one element
 * @throws MalformedStream when it is no array; TooMuch when an element is longer
 */
export async function* readJsonArray(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<unknown, void, undefined> {
  const element = new GrowingBytes(most);
  let count = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;
  let instead = '';
  const take = (isLast: boolean): unknown[] => {
    const text = element.take();
    if (isLast && count === 0 && /^[ \t\n\r]*$/.test(text)) { return []; }
    count += 1;
    return [parseJson(text)];
  };
  for await (const chunk of chunks) {
    let from = 0;
    const keep = (to: number): void => { if (!element.push(chunk.subarray(from, to))) { throw new TooMuch(l10n.t('an answer'), most); } };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) { escaped = false; } else if (byte === backslash) { escaped = true; } else if (byte === quote) { inString = false; }
        continue;
      }
      if (depth === 0 && (ended || instead !== '' || byte !== openArray)) {
        // Within the word a space is as wrong as any other character.
        if (!isSpace(byte) || (instead !== '' && instead !== 'null')) { instead += String.fromCharCode(byte ?? 0); }
        if (!(ended ? '' : 'null').startsWith(instead)) { throw new MalformedStream(l10n.t('a list')); }
      } else if (byte === quote) {
        inString = true;
      } else if (byte === openArray || byte === openObject) {
        depth += 1;
        if (depth === 1) { from = at + 1; }
      } else if (byte === comma && depth === 1) {
        keep(at);
        from = at + 1;
        yield* take(false);
      } else if (byte === closeArray || byte === closeObject) {
        depth -= 1;
        if (depth > 0) { continue; }
        if (byte !== closeArray) { throw new MalformedStream(l10n.t('a list')); }
        keep(at);
        ended = true;
        yield* take(true);
      }
    }
    if (depth > 0) { keep(chunk.length); }
  }
  if (!ended && instead !== 'null') { throw new MalformedStream(l10n.t('a list')); }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
