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

/** Where the quote is that ends a string, or the text's end. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= from && text.charCodeAt(at - 1 - backslashes) === 0x5c) { backslashes += 1; }
    // What a backslash escapes is no end; a backslash may be escaped itself.
    if (backslashes % 2 === 0) { return at; }
  }
  return text.length;
}
