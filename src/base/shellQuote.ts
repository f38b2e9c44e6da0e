/** A line's end may stand between quotes; every other one a terminal that the word is pasted into would obey: Ctrl+C, say, ends the line before it. */
// eslint-disable-next-line no-control-regex -- finding them is the purpose
const control = /[\x01-\x09\x0b-\x1f\x7f-\x9f]+/g;

/**
 * One word of a POSIX shell that means exactly this text (but for NUL, which no argument can hold). Words that need no quotes get none:
 * they are there to be read and learned.
 */
export function shellQuote(text: string): string {
  // "~" and "=" mean something at some places of a command, so they are quoted at every place.
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll('\0', '').replaceAll('\'', '\'\\\'\'').replace(control, printed)}'`;
}

/** Between two quoted parts of a word: what has the shell write these characters itself. */
function printed(controls: string): string {
  const octal = [...new TextEncoder().encode(controls)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `'"$(printf '${octal}')"'`;
}
