import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { detailsOf, messageOf } from '../../src/base/errors';
import { inPercent } from '../../src/base/inPercent';
import { PacedOutput, type Piece } from '../../src/base/pacedOutput';
import { listText, messageText, plainText } from '../../src/base/plainText';
import { Ring } from '../../src/base/ring';
import { shellQuote } from '../../src/base/shellQuote';
import { TerminalText } from '../../src/base/terminalText';
import { cutAt } from '../unit/support/streams';
import { argument, asBytes, cuts, hostileText, json, mutated } from './inputs';
import { holds, linear, parser } from './property';
import { shellWords } from './shellWords';

/** What no text of one line may hold: controls, marks of direction, and what cannot be seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** As VS Code finds links in its notifications (base/common/linkedText.ts). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** As VS Code finds icons in labels (base/browser/ui/iconLabel/iconLabels.ts); one with a backslash before it is text. */
const icon = /(?:^|[^\\])\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

const messages = mutated('container [web](command:helloContainers.removeContainer) is gone', '$(trash) web', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host');

/** Colours and styles, which are let through. */
const style = /\x1b\[[\d;:]*m/g; // eslint-disable-line no-control-regex -- finding them is the purpose
const output = asBytes(mutated('\x1b[1;31mred\x1b[0m plain\r\n', '\x1b]0;a title\x07text\x1b[?25l', '\x1bP+q544e\x1b\\after', 'héllo \u{1f433}\n', '\x1b(B\x1b[38:2::1:2:3m#\x1b[2K\x1b[A'));

function shown(bytes: Uint8Array, places: readonly number[]): string {
  const terminal = new TerminalText();
  return cutAt(bytes, places).map((chunk) => terminal.push(chunk)).join('');
}

const pieces = fc.array(fc.record({ mark: fc.constantFrom('out', 'err'), lines: fc.nat(3), bytes: fc.oneof(fc.nat(200), fc.nat(400_000)) }), { maxLength: 12 });

/** What is passed on within a time that never ends: the timers run as soon as they are asked for. */
async function paced(all: readonly Piece<string>[]): Promise<{ passed: Piece<string>[]; skipped: number }> {
  const passed: Piece<string>[] = [];
  let skipped = 0;
  const real = globalThis.setTimeout;
  const waiting: (() => void)[] = [];
  globalThis.setTimeout = ((work: () => void) => waiting.push(work)) as never;
  try {
    const output = new PacedOutput<string>((piece) => passed.push(piece), (bytes) => { skipped += bytes; });
    for (const piece of all) { output.push(piece); }
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) { work(); }
    await output.drained();
    output.dispose();
  } finally {
    globalThis.setTimeout = real;
  }
  return { passed, skipped };
}

const ordinary = ['web', 'a b', 'it\'s', '$HOME', '`id`', '$(id)', '"', '\\', '*', '~', 'x=1', '--', '-n', '!', '\n', '\\n', '%s', 'é\u{1f433}', ''];

export const text = [
  parser('plainText',
    holds('shows one line without controls, marks of direction and what cannot be seen', messages, (input) => { assert.doesNotMatch(plainText(input), unseen); }),
    holds('is never longer than asked for', fc.tuple(messages, fc.integer({ min: 1, max: 300 })), ([input, most]) => { assert.ok(plainText(input, most).length <= most); }),
    holds('changes nothing a second time', messages, (input) => { assert.equal(plainText(plainText(input)), plainText(input)); }),
    holds('leaves ordinary words as they are', fc.array(fc.constantFrom('web', 'café', '容器', '\u{1f433}', 'a-b_c.d:1/2', '"q"'), { maxLength: 8 }), (words) => { assert.equal(plainText(words.join(' ')), words.join(' ')); }, 0.3),
    linear((input) => plainText(input), ['\u202e', '\x1b[', 'a'])),
  parser('messageText',
    holds('holds no link of somebody else\'s', messages, (input) => {
      assert.doesNotMatch(messageText(input), link);
      assert.doesNotMatch(messageText(input), unseen);
      assert.ok(messageText(input).length <= 2000);
    }),
    linear(messageText, ['](', '[', ' ', '\n', 'command:'])),
  parser('listText',
    holds('holds no icon of somebody else\'s', messages, (input) => {
      assert.doesNotMatch(listText(input), icon);
      assert.doesNotMatch(listText(input), unseen);
    }),
    linear(listText, ['$(', '$', '\\$('])),
  parser('TerminalText',
    holds('lets through colours and lines, and nothing else that a terminal obeys', fc.tuple(output, cuts), ([bytes, places]) => {
      assert.doesNotMatch(shown(bytes, places).replace(style, ''), /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/); // eslint-disable-line no-control-regex -- finding them is the purpose
    }, 2),
    holds('shows the same wherever the bytes are cut', fc.tuple(output, cuts), ([bytes, places]) => { assert.equal(shown(bytes, places), shown(bytes, [])); }, 2),
    holds('shows no more than it was given', fc.tuple(output, cuts), ([bytes, places]) => { assert.ok(shown(bytes, places).length <= bytes.length * 2); }),
    holds('leaves text as it is, with a terminal\'s line ends', fc.array(fc.constantFrom('one', 'zwei', '三', '\u{1f433}', '\t', ' '), { maxLength: 9 }), (words) => { assert.equal(shown(Buffer.from(words.join('\n')), []), words.join('\r\n')); }, 0.3),
    linear((input) => new TerminalText().push(Buffer.from(input)), ['\x1b', '\x1b[', '\x1b[1', '\x1b]', '\x9b', '\x07', 'm', '1;'])),
  parser('PacedOutput',
    holds('passes everything on in order, or says how much it left out', pieces, async (all) => {
      const given = all.map(({ mark, lines, bytes }, index) => ({ mark, data: Buffer.from(`${index} `.repeat(lines) + 'x'.repeat(bytes) + '\n') }));
      const { passed, skipped } = await paced(given);
      const [in_, out] = [given, passed].map((some) => Buffer.concat(some.map(({ data }) => data)));
      assert.equal(out?.length, (in_?.length ?? 0) - skipped);
      if (skipped === 0) { assert.deepEqual(out, in_); }
      for (const { data } of passed) { assert.ok(data.length <= 32 * 1024); }
    }, 0.3)),
  parser('Ring',
    holds('has the newest, the oldest first', fc.tuple(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(), { maxLength: 60 })), ([most, items]) => {
      const ring = new Ring<number>(most);
      for (const item of items) { ring.push(item); }
      assert.deepEqual(ring.toArray(), items.slice(-most));
    }, 0.3)),
  parser('shellQuote',
    holds('is one word that means exactly this text', argument, (word) => { assert.deepEqual(shellWords(shellQuote(word)), [word]); }, 2),
    holds('keeps words apart', fc.array(argument, { maxLength: 5 }), (words) => { assert.deepEqual(shellWords(words.map(shellQuote).join(' ')), words); }),
    holds('holds no control character, which a terminal that it is pasted into would obey', argument, (word) => {
      assert.doesNotMatch(shellQuote(word), /[\0-\x09\x0b-\x1f\x7f-\x9f]/); // eslint-disable-line no-control-regex -- finding them is the purpose
    }),
    holds('means the same to a real shell', fc.array(fc.oneof(argument, fc.constantFrom(...ordinary)), { minLength: 1, maxLength: 8 }), (words) => {
      const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
      assert.deepEqual(printed.split('\0').slice(0, -1), words);
    }, 0.02),
    linear(shellQuote, ['\'', '\\', '\x1b', 'a', ' '])),
  parser('inPercent',
    holds('is a figure with at most one decimal', fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (share) => {
      const percent = inPercent(share);
      assert.ok(Number.isFinite(percent) && Math.abs(percent - share * 100) <= 0.051 + Math.abs(share) * 1e-12);
    }, 0.5)),
  parser('messageOf and detailsOf',
    holds('say something of whatever was thrown', fc.tuple(fc.oneof(fc.anything(), json, hostileText.map((message) => new Error(message))), fc.nat(3)), ([thrown, times]) => {
      let error: unknown = thrown;
      for (let i = 0; i < times; i += 1) { error = new Error('outer', { cause: error }); }
      assert.equal(typeof messageOf(error), 'string');
      assert.equal(typeof detailsOf(error), 'string');
    }),
    holds('come to an end where causes go in a circle', fc.integer({ min: 1, max: 5 }), (length) => {
      const errors = Array.from({ length }, (_, index) => new Error(`${index}`));
      errors.forEach((error, index) => { error.cause = errors[(index + 1) % length]; });
      assert.ok(detailsOf(errors[0]).length < 100_000);
    }, 0.1)),
];
