import { expect, test } from 'vitest';
import { HumanError } from '../../../src/base/errors';
import { typedLines } from '../../../src/base/typedLine';

test('lines that a key could have typed go into a terminal as they are', () => {
  const lines = ['docker stats demo', 'echo \'größe 容器\' > "$x"'];
  expect(typedLines(lines)).toEqual(lines);
});

test.each(['\x03', '\n', '\r', '\x15', '\x1b', '\x7f', '\x85', '\u2028'])('what a terminal would obey (%j) is refused, within quotes too', (char) => {
  expect(() => typedLines(['fine', `docker stats 'a${char}reboot'`])).toThrow(HumanError);
});
