/**
 * What pages may say to the host, as data. A kind of message has fields, and a field is one of a few words that are written down here, or a
 * key to one of the things that the host has shown: so no page can name a file, a command, an address or a container of its own.
 */

/** The longest key that is looked at, in characters: a container's id has 64. */
const longestKey = 512;

/** What a page calls a thing that it was shown. It can be looked up among what the host offers, and used for nothing else. */
export class PageKey {
  readonly #text: string;

  constructor(text: string) { this.#text = text; }

  /** The thing that is meant; undefined when it is not among those that are offered now. */
  among<T>(offered: Iterable<T>, keyOf: (thing: T) => string): T | undefined {
    for (const thing of offered) { if (keyOf(thing) === this.#text) { return thing; } }
    return undefined;
  }
}

/** A field that holds a key. */
export const key = 'key';

type Field = typeof key | readonly string[];

/** Kinds of messages, by their type, with their fields. */
export type Kinds = Readonly<Record<string, Readonly<Record<string, Field>>>>;

type Messages<K extends Kinds, Key> = { [T in keyof K & string]: { type: T } & { [F in keyof K[T]]: K[T][F] extends readonly (infer Word)[] ? Word : Key } }[keyof K & string];

/** Reads what a page sent: a message of one of the kinds with nothing but its fields, or undefined. */
export interface Reader<Message, K extends Kinds = Kinds> {
  (value: unknown): Message | undefined;
  readonly kinds: K;
}

/** What a page writes. */
export type Sent<R> = R extends Reader<unknown, infer K> ? Messages<K, string> : never;

/** What the host reads of it. */
export type Heard<R> = R extends Reader<infer Message> ? Message : never;

export function reader<const K extends Kinds>(kinds: K): Reader<Messages<K, PageKey>, K> {
  const read = (value: unknown): Messages<K, PageKey> | undefined => {
    if (typeof value !== 'object' || value === null) { return undefined; }
    // Its own fields: what it inherits is not its word, and neither is what ours do.
    const said = (name: string): unknown => Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    const type = said('type');
    const fields = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (fields === undefined) { return undefined; }
    const heard: Record<string, unknown> = { type };
    for (const [name, field] of Object.entries(fields)) {
      const text = said(name);
      if (typeof text !== 'string' || text.length > longestKey) { return undefined; }
      if (field !== key && !field.includes(text)) { return undefined; }
      heard[name] = field === key ? new PageKey(text) : text;
    }
    return heard as Messages<K, PageKey>;
  };
  return Object.assign(read, { kinds });
}
