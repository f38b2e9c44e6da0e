import assert from 'node:assert/strict';

/**
 * Words of a command line as a POSIX shell reads them, for as much of it as we write: blanks, backslashes, single quotes, and
 * "$(printf '\\ooo')" for what nobody can type. Anything else that means something to a shell is refused.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html (2.2 Quoting)
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length;) {
    const char = line.charAt(at);
    const printed = /^"\$\(printf '((?:\\[0-7]{3})+)'\)"/.exec(line.slice(at, at + 4000));
    if (char === ' ') {
      if (word !== undefined) { words.push(word); }
      word = undefined;
      at += 1;
    } else if (char === '\'') {
      const end = line.indexOf('\'', at + 1);
      assert.ok(end > 0, `a quote is open in ${line}`);
      word = (word ?? '') + line.slice(at + 1, end);
      at = end + 1;
    } else if (char === '\\') {
      word = (word ?? '') + line.charAt(at + 1);
      at += 2;
    } else if (printed !== null) {
      word = (word ?? '') + Buffer.from((printed[1] ?? '').split('\\').slice(1).map((octal) => parseInt(octal, 8))).toString('utf8');
      at += printed[0].length;
    } else {
      assert.match(char, /[\w@%+:,./=-]/, `${JSON.stringify(char)} is not quoted in ${JSON.stringify(line)}`);
      word = (word ?? '') + char;
      at += 1;
    }
  }
  return word === undefined ? words : [...words, word];
}
