import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readArchitecturePage } from '../../../src/webviews/architectureProtocol';
import { readCgroupPage } from '../../../src/webviews/cgroupProtocol';
import { readExercisePage } from '../../../src/webviews/exerciseProtocol';
import { readMeasurePage } from '../../../src/webviews/measureProtocol';
import { readOverviewPage } from '../../../src/webviews/overviewProtocol';
import { key, type Kinds, PageKey, reader, type Reader } from '../../../src/webviews/pageMessages';
import { readLivePage } from '../../../src/webviews/protocol';
import { readRunPage } from '../../../src/webviews/runProtocol';
import { readXrayPage } from '../../../src/webviews/xrayProtocol';

const protocols: Record<string, Reader<{ type: string }>> = {
  protocol: readLivePage, architectureProtocol: readArchitecturePage, cgroupProtocol: readCgroupPage, exerciseProtocol: readExercisePage, measureProtocol: readMeasurePage,
  overviewProtocol: readOverviewPage, runProtocol: readRunPage, xrayProtocol: readXrayPage,
};

test('every protocol is here', () => {
  const files = readdirSync(join(import.meta.dirname, '../../../src/webviews')).filter((file) => /^protocol\.ts$|Protocol\.ts$/.test(file));
  expect(Object.keys(protocols).sort()).toEqual(files.map((file) => file.replace('.ts', '')).sort());
});

/** What a page could wish to reach. */
const wishes = ['/etc/passwd', '../../x', 'file:///etc/passwd', 'unix:///var/run/docker.sock', 'tcp://evil:2375', 'workbench.action.terminal.new', 'helloContainers.removeContainer', 'rm -rf /', '__proto__', 'constructor', 'toString', '', ' ', 'START', 'start\u0000'];
const lies: unknown[] = [...wishes, null, undefined, 7, NaN, true, [], ['ready'], {}, { type: 'ready' }, 'x'.repeat(1_000_000)];
const wordsOf = (kinds: Kinds): string[] => Object.values(kinds).flatMap((fields) => Object.values(fields)).flatMap((field) => field === key ? [] : [...field]);

/** A message as its page may write it. */
function honest(kinds: Kinds, type: string): Record<string, unknown> {
  return { type, ...Object.fromEntries(Object.entries(kinds[type] ?? {}).map(([name, field]) => [name, field === key ? 'known' : field[0]])) };
}

describe.each(Object.entries(protocols))('%s', (_, read) => {
  const { kinds } = read;

  test('reads each of its messages, with their fields and nothing else', () => {
    for (const type of Object.keys(kinds)) {
      const message = honest(kinds, type);
      const heard = read({ ...message, more: 'than asked', command: 'x', path: '/etc' });
      expect(Object.keys(heard ?? {}).sort()).toEqual(Object.keys(message).sort());
    }
  });

  test('reads no message of another kind, whatever is in it', () => {
    for (const type of lies.filter((lie) => !(typeof lie === 'string' && lie in kinds))) { expect(read({ ...honest(kinds, 'ready'), type, containerId: 'known', engine: 'known', task: 'start' })).toBeUndefined(); }
    for (const value of lies.filter((lie) => JSON.stringify(lie) !== '{"type":"ready"}')) { expect(read(value)).toBeUndefined(); }
  });

  test('reads no message with a word that is none of its own, or a key that is no text', () => {
    for (const [type, fields] of Object.entries(kinds)) {
      for (const [name, field] of Object.entries(fields)) {
        for (const lie of lies) {
          const heard = read({ ...honest(kinds, type), [name]: lie });
          const mayBe = field === key ? typeof lie === 'string' && lie.length <= 512 : false;
          expect(heard !== undefined, `${type} ${name} ${String(lie).slice(0, 20)}`).toBe(mayBe);
        }
        expect(read({ ...honest(kinds, type), [name]: undefined })).toBeUndefined();
      }
    }
  });

  test('reads nothing from a prototype', () => {
    for (const type of Object.keys(kinds)) {
      expect(read(Object.create(honest(kinds, type)))).toBeUndefined();
      expect(read(JSON.parse(`{"__proto__":${JSON.stringify(honest(kinds, type))}}`))).toBeUndefined();
    }
  });

  test('whatever comes, what the host reads is its own words and keys that say nothing', () => {
    const words = new Set([...Object.keys(kinds), ...wordsOf(kinds)]);
    const value = fc.oneof(fc.constantFrom(...words, ...wishes), fc.anything());
    const message = fc.record({ type: value, containerId: value, engine: value, number: value, as: value, task: value, place: value }, { requiredKeys: [] });
    fc.assert(fc.property(fc.oneof(message, fc.anything()), (said) => {
      for (const held of Object.values(read(said) ?? {}) as unknown[]) { expect(held instanceof PageKey || words.has(held as string)).toBe(true); }
    }), { numRuns: 500 });
  });
});

describe('a key', () => {
  const heard = reader({ open: { what: key } })({ type: 'open', what: '/etc/passwd' });

  test('finds what was offered, and nothing else', () => {
    expect(heard?.what.among(['a', '/etc/passwd'], (text) => text)).toBe('/etc/passwd');
    expect(heard?.what.among(['a', 'b'], (text) => text)).toBeUndefined();
    expect(heard?.what.among<string>([], () => '/etc/passwd')).toBeUndefined();
  });

  test('cannot be read: it says nothing wherever it is written', () => {
    const { what } = heard ?? { what: undefined };
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- that it says nothing is the point
    expect([JSON.stringify(what), String(what), Object.keys(what ?? {}).join(), Object.getOwnPropertyNames(what).join()].join()).not.toContain('passwd');
  });
});

test('the exercise\'s page may name tasks, the way without root and two places', () => {
  for (const message of [{ type: 'do', task: 'start' }, { type: 'run', task: 'limit-10' }, { type: 'copy', task: 'scope' }, { type: 'place', place: 'engine' }]) { expect(readExercisePage(message)).toEqual(message); }
  for (const message of [{ type: 'do', task: 'scope' }, { type: 'do', task: 'rm -rf /' }, { type: 'place', place: '/etc' }]) { expect(readExercisePage(message)).toBeUndefined(); }
});
