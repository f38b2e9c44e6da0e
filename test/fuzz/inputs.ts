import fc from 'fast-check';

/** What has made some parser stumble: controls, escape sequences, marks of direction, quotes, brackets, odd numbers, names that objects have of themselves. */
const hostile = [
  '\0', '\x03', '\x07', '\b', '\t', '\n', '\r', '\r\n', '\x1b', '\x1b[31m', '\x1b[2J', '\x1b]0;title\x07', '\x1b]52;c;AAAA\x1b\\', '\x1b[201~', '\x7f', '\x9b', '\x9d', '\u0085', '\u00a0', '\u00ad',
  '\u061c', '\u200b', '\u200d', '\u200e', '\u2028', '\u202e', '\u2066', '\u2069', '\ufeff', '\ufffe', '\u{e0041}', '\u{1f433}', '\u{10ffff}', '\ud83d', '\udc33', 'e\u0301',
  '"', '\'', '`', '\\', '$', '$(id)', '${x}', '](command:x)', '<b>', '&', '|', ';', '*', '{', '}', '[', ']', '(', ')', '%', '%2f', '%zz', '%00', '..', '../', '//', '://', ':', '@', '#', '?', '=', ',', '.', '-', '--', '_', '~', '!', ' ', '  ',
  '0', '-0', '-1', '+1', '00', '1.5', '1e3', '1e999', '0x1f', '0b1', '9007199254740993', '99999999999999999999', '9'.repeat(400), 'NaN', 'Infinity', 'null', 'true', 'max', '\u0661', '１',
  '\n```jsonl\n', '\n```\n', '\nSHA-256: 0\n', '\n| x |',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length',
] as const;

export const fragment = fc.constantFrom(...hostile);

/** Any UTF-16 code units, halves of surrogate pairs among them. */
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes));

/** Text that nobody meant well. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: fragment }, fc.string({ maxLength: 6 })), { maxLength: 8 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: units },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);

/** One change of a text, at places that are brought into its length. */
const change = fc.record({ kind: fc.constantFrom('insert', 'delete', 'double', 'move', 'cut', 'digit', 'flip'), at: fc.nat(), to: fc.nat(), piece: fc.oneof({ weight: 3, arbitrary: fragment }, hostileText) });
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(text: string, { kind, at, to, piece }: Change): string {
  const [a, b] = [at % (text.length + 1), to % (text.length + 1)].sort((x, y) => x - y) as [number, number];
  switch (kind) {
    case 'insert': return text.slice(0, a) + piece + text.slice(a);
    case 'delete': return text.slice(0, a) + text.slice(b);
    case 'double': return text.slice(0, b) + text.slice(a);
    case 'move': return text.slice(0, a) + text.slice(b) + text.slice(a, b);
    case 'cut': return text.slice(0, b);
    // A number becomes another one, or none.
    case 'digit': return text.slice(0, a) + text.slice(a).replace(/\d+/, () => piece);
    case 'flip': return text.slice(0, a) + String.fromCharCode((text.charCodeAt(a) || 0) ^ 1 << to % 8) + text.slice(a + 1);
  }
}

/** Real texts with a few changes, and texts that are none. */
export function mutated(...samples: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 })).map(([sample, changes]) => changes.reduce(changed, sample)) },
    { weight: 1, arbitrary: hostileText },
  );
}

/** A number that a JSON text may hold, beyond what is meant: 1e999 reads as Infinity. */
const oddNumber = fc.oneof(fc.constantFrom(0, -0, -1, 0.5, 1e308, -1e308, Infinity, -Infinity, 2 ** 31, 2 ** 53, 2 ** 64, 5e-324), fc.double({ noNaN: true }), fc.integer());

const grown = (text: string): unknown => JSON.parse(text) as unknown;
const polluting = fc.constantFrom('{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"__proto__":"text"}', '[["__proto__","polluted"]]', '{"length":1e999}', '{"toString":7,"valueOf":null}').map(grown);

/** A value that a JSON text may hold. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  { depthSize: 'small', withCrossShrink: true },
  fc.constantFrom<unknown>(null, true, false, '', [], {}), oddNumber, hostileText, polluting,
  fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }),
);

const step = fc.record({ path: fc.array(fc.nat(40), { maxLength: 5 }), value: json, kind: fc.constantFrom('replace', 'replace', 'delete', 'add'), key: fc.oneof(fragment, fc.string({ maxLength: 5 })) });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function walked(root: unknown, { path, value, kind, key }: Step): unknown {
  let at = root;
  for (const [depth, place] of path.entries()) {
    if (typeof at !== 'object' || at === null) { break; }
    const keys = Object.keys(at);
    const name = keys[place % Math.max(1, keys.length)];
    if (name === undefined) { break; }
    const inside = (at as Record<string, unknown>)[name];
    if (depth < path.length - 1 && typeof inside === 'object' && inside !== null) {
      at = inside;
      continue;
    }
    // A JSON text has no holes in its lists.
    if (Array.isArray(at)) { at.splice(Number(name), kind === 'add' ? 0 : 1, ...kind === 'delete' ? [] : [value]); } else if (kind === 'delete') { Reflect.deleteProperty(at, name); } else { Object.defineProperty(at, kind === 'add' ? key : name, { value, enumerable: true, configurable: true, writable: true }); }
    return root;
  }
  return kind === 'replace' && path.length === 0 ? value : root;
}

/** Real JSON with a few changes, and JSON that is something else. */
export function mutatedJson(...samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const texts = samples.map((sample) => JSON.stringify(sample));
  return fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...texts), fc.array(step, { maxLength: 5 })).map(([sample, steps]) => steps.reduce(walked, grown(sample))) },
    { weight: 1, arbitrary: json },
  );
}

/** Where bytes are cut into chunks. */
export const cuts = fc.array(fc.nat(), { maxLength: 6 });

/** Bytes of a text, with some that are no UTF-8. */
export function asBytes(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc.oneof({ weight: 4, arbitrary: text.map((whole) => Buffer.from(whole)) }, { weight: 1, arbitrary: fc.tuple(text, fc.uint8Array({ maxLength: 12 }), fc.nat()).map(([whole, bytes, at]) => {
    const all = Buffer.from(whole);
    return Buffer.concat([all.subarray(0, at % (all.length + 1)), bytes, all.subarray(at % (all.length + 1))]);
  }) });
}

/** Unicode that is well-formed and holds no NUL: what an argument of a program can be. */
export const argument: fc.Arbitrary<string> = hostileText.map((text) => text.toWellFormed().replaceAll('\0', ''));
