/** One word of a POSIX shell that means exactly this text. Words that need no quotes get none: they are there to be read and learned. */
export function shellQuote(text: string): string {
  // "~" and "=" mean something at some places of a command, so they are quoted at every place.
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
