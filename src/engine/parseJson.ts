import { MalformedStream } from './errors';

/** Docker's own answers nest a dozen deep. */
const mostDepth = 1_000;

/** So many characters, all of them brackets, are parsed in some milliseconds: shorter texts are not looked through before. */
const short = 64 * 1024;

/**
 * A JSON value of the engine's. Millions of arrays in arrays would hold up the extension host for seconds before the parser gave up on them.
 * @throws MalformedStream when it is not JSON, or nests deeper than any engine does
 */
export function parseJson(text: string): unknown {
  try {
    if (text.length > short && isDeep(text)) { throw new RangeError(`nested more than ${mostDepth} deep`); }
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new MalformedStream('JSON', error);
  }
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > mostDepth) { return true; }
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
  }
  return false;
}

/** Where a string's quote is, or the text's end. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) { return at; }
    // What a backslash escapes is no end.
    if (code === 0x5c) { at += 1; }
  }
  return text.length;
}
