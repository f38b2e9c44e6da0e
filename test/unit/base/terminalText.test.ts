import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TerminalText } from '../../../src/base/terminalText';
import { cutAt } from '../support/streams';

function shown(...chunks: readonly (string | Uint8Array)[]): string {
  const text = new TerminalText();
  return chunks.map((chunk) => text.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)).join('');
}

/** What a program might write to do more than show text, and what is left of it. */
const cases: readonly [name: string, written: string, left: string][] = [
  ['plain text stays', 'hello', 'hello'],
  ['tabs and carriage returns stay', 'a\tb\rc', 'a\tb\rc'],
  ['line ends become those of a terminal', 'a\nb', 'a\r\nb'],
  ['other scripts and emoji stay', 'größe 容器 🐳', 'größe 容器 🐳'],
  ['colours stay', '\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
  ['colours of 256 and of 16 million stay', '\x1b[38;5;9m1\x1b[48:2::1:2:3m2', '\x1b[38;5;9m1\x1b[48:2::1:2:3m2'],
  ['a reset without a number stays', '\x1b[m', '\x1b[m'],
  ['colours by C1 become plain ones', '\x9b31mred', '\x1b[31mred'],
  ['cursor moves go', 'a\x1b[2Ab\x1b[10;10Hc', 'abc'],
  ['clearing the screen goes', '\x1b[2J\x1b[3Jx\x1bcy', 'xy'],
  ['the alternate screen goes', '\x1b[?1049hx\x1b[?1049l', 'x'],
  ['private sequences that end in m go', '\x1b[>4;2mx\x1b[?4m', 'x'],
  ['questions to the terminal go', '\x1b[6n\x1b[c\x1b[>0c\x1bZx', 'x'],
  ['a title goes (ended by BEL)', '\x1b]0;title\x07x', 'x'],
  ['a title goes (ended by ST)', '\x1b]2;title\x1b\\x', 'x'],
  ['a title goes (C1)', '\x9d0;title\x9cx', 'x'],
  ['the clipboard is not touched', '\x1b]52;c;ZXZpbA==\x07x', 'x'],
  ['a hyperlink loses its address and keeps its text', '\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\', 'click'],
  ['device control strings go', '\x1bPq#0;2;0;0;0\x1b\\x', 'x'],
  ['device control strings by C1 go', '\x90+q544e\x9cx', 'x'],
  ['application, privacy and start-of-string go', '\x1b_a\x1b\\\x1b^b\x1b\\\x1bXc\x1b\\x', 'x'],
  ['bells, backspaces and other control characters go', 'a\x07b\x08c\x00d\x7fe\x0bf\x0cg', 'abcdefg'],
  ['C1 control characters that begin nothing go', 'a\x84b\x85c', 'abc'],
  ['a sequence inside a sequence begins anew', '\x1b[1\x1b[31mred', '\x1b[31mred'],
  ['the choice of a character set goes, as tput sgr0 writes it', 'a\x1b(B\x1b[mb', 'a\x1b[mb'],
  ['a line end after a stray escape stays', 'a\x1b\nb', 'a\r\nb'],
  ['a colour inside a title that nobody ended ends it', '\x1b]0;title\x1b[31mred', '\x1b[31mred'],
  ['CAN and SUB cancel a sequence', '\x1b[31\x18a\x1b]0;t\x1ab', 'ab'],
  ['a stray string opener costs its line, not the rest of the output', 'a\x9db\nc\n\x1bPd\ne', 'a\r\nc\r\n\r\ne'],
  ['an endless sequence costs itself, not the rest of the output', `\x1b[${'1'.repeat(65)}rest`, 'rest'],
];

test.each(cases)('%s', (_, written, left) => {
  expect(shown(written)).toBe(left);
});

test.each(cases)('%s, wherever the bytes are split', (_, written, left) => {
  const bytes = Buffer.from(written);
  for (let at = 0; at <= bytes.length; at += 1) { expect(shown(bytes.subarray(0, at), bytes.subarray(at))).toBe(left); }
  expect(shown(...Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)))).toBe(left);
});

const anyOutput = fc.array(fc.oneof(
  fc.constantFrom('\x1b', '\x1b[', '\x1b]', '\x1bP', '\x1b\\', '\x9b', '\x9c', '\x9d', '\x90', '\x07', '\x18', '\n', '\r\n', ';', ':', '?', '31', 'm', 'H', '[', ']', '\\'),
  fc.string({ unit: 'binary', maxLength: 4 }),
), { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));

test('whatever a program writes, no escape but a plain SGR and no control character but tab, CR and LF gets through', () => {
  fc.assert(fc.property(fc.oneof(anyOutput, fc.uint8Array({ maxLength: 200 })), (bytes) => {
    // eslint-disable-next-line no-control-regex -- finding them is the purpose
    const rest = shown(bytes).replace(/\x1b\[[\d;:]*m/g, '');
    // eslint-disable-next-line no-control-regex -- finding them is the purpose
    expect(rest).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    expect(rest.replaceAll('\r\n', '')).not.toContain('\n');
  }), { numRuns: 500 });
});

test('whatever a program writes, it shows the same however its bytes come in', () => {
  fc.assert(fc.property(fc.oneof(anyOutput, fc.uint8Array({ maxLength: 200 })), fc.array(fc.nat(), { maxLength: 8 }), (bytes, places) => {
    expect(shown(...cutAt(bytes, places))).toBe(shown(bytes));
  }), { numRuns: 500 });
});
