import assert from 'node:assert/strict';
import fc from 'fast-check';

/** Something that is true of a parser whatever it is given. */
export interface Property {
  /** A sentence about the parser. */
  what: string;
  /** Its part of all inputs: 1 is usual, a property whose input costs a process or a file gets less. */
  weight: number;
  check(inputs: number, seed: number): Promise<fc.RunDetails<unknown>>;
}

/** A function of the product that reads what somebody else wrote. */
export interface Parser {
  name: string;
  properties: readonly Property[];
}

export function parser(name: string, ...properties: readonly Property[]): Parser {
  return { name, properties };
}

/** @param judge throws, or rejects, when it does not hold for this input */
export function holds<T>(what: string, inputs: fc.Arbitrary<T>, judge: (input: T) => void | Promise<void>, weight = 1): Property {
  const property = fc.asyncProperty(inputs, async (input) => {
    await judge(input);
    assertCleanPrototypes();
  });
  return { what, weight, check: async (numRuns, seed) => await fc.check(property, { numRuns, seed }) as fc.RunDetails<unknown> };
}

const prototypes: readonly object[] = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const namesThen = prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).length);

/** A key such as "__proto__" must stay a key: nothing may reach what all objects share. */
function assertCleanPrototypes(): void {
  for (const [index, prototype] of prototypes.entries()) { assert.equal(Object.getOwnPropertyNames(prototype).length, namesThen[index], 'a prototype that all objects share was changed'); }
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** What is thrown must be one of these; anything else is a crash. @returns undefined when it was thrown */
export function orThrows<T>(work: () => T, ...documented: readonly ErrorClass[]): T | undefined {
  try {
    return work();
  } catch (error) {
    assertDocumented(error, documented);
    return undefined;
  }
}

export async function orRejects<T>(work: () => Promise<T>, ...documented: readonly ErrorClass[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    assertDocumented(error, documented);
    return undefined;
  }
}

function assertDocumented(error: unknown, documented: readonly ErrorClass[]): void {
  if (!documented.some((documentedClass) => error instanceof documentedClass)) { throw error; }
  // Words of JavaScript's own are no message for a person.
  assert.doesNotMatch((error as Error).message, /Cannot (read|destructure|convert)|is not (a function|iterable)|undefined \(reading|\[object Object\]/);
}

/** Everything that is in a value, with the path that leads there. */
function* leaves(value: unknown, path = ''): Generator<[path: string, leaf: unknown], void, undefined> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    yield [path, value];
    return;
  }
  for (const [key, inside] of value instanceof Map ? value.entries() : Object.entries(value)) { yield* leaves(inside, `${path}.${String(key)}`); }
}

/** No NaN and no Infinity among the figures; none below zero but where a name says that it may be. */
export function assertFigures(value: unknown, mayBeNegative: readonly string[] = []): void {
  for (const [path, leaf] of leaves(value)) {
    if (typeof leaf !== 'number') { continue; }
    assert.ok(Number.isFinite(leaf), `${path} is ${leaf}`);
    assert.ok(leaf >= 0 || mayBeNegative.some((name) => path.endsWith(`.${name}`)), `${path} is ${leaf}`);
  }
}

/** How much text and how many figures are in a value: what an answer may not blow up to. */
export function sizeOf(value: unknown): number {
  let size = 0;
  for (const [, leaf] of leaves(value)) { size += 1 + (typeof leaf === 'string' ? leaf.length : 0); }
  return size;
}

/** Milliseconds of this process's CPU time, which other processes do not add to. */
function cpuMillis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const growing = [2 ** 6, 2 ** 10, 2 ** 13, 2 ** 16] as const;
const longest = 2 ** 20;

/**
 * Reads texts of one repeated pattern, up to 64 Ki characters and now and then 1 Mi, in time that grows as they do: what is quadratic
 * takes seconds for 64 Ki, and is stopped there.
 * @param pieces of which such texts are made: what the parser looks for
 */
export function linear(read: (text: string) => unknown, pieces: readonly string[], weight = 0.05): Property {
  const piece = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.constantFrom('', ' ', '\n', 'a', '1', '_', '-', '.', '\t', '/', '\\', '"', '\'', '\0', '\u{1f433}'));
  const text = fc.record({ before: piece, repeated: fc.array(piece, { minLength: 1, maxLength: 3 }), after: piece, huge: fc.nat(15).map((n) => n === 0) });
  return holds('takes no more than linear time', text, async ({ before, repeated, after, huge }) => {
    const pattern = repeated.join('') || 'a';
    for (const size of huge ? [...growing, longest] : growing) {
      const whole = before + pattern.repeat(Math.ceil(size / pattern.length)) + after;
      // Ten times what it takes.
      const most = 100 + size * 0.004;
      let took = Infinity;
      // The collector runs at times, for what others left: of a few readings the shortest is the parser's own.
      for (let attempt = 0; attempt < 10 && took >= most; attempt += 1) {
        const from = cpuMillis();
        try {
          await read(whole);
        } catch {
          // That is another property's business.
        }
        took = Math.min(took, cpuMillis() - from);
      }
      assert.ok(took < most, `${size} characters took ${took.toFixed(0)} ms`);
    }
  }, weight);
}
