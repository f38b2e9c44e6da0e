import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { translations } from '../../../l10n/collect.mjs';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const texts = (file: string): Record<string, string> => JSON.parse(read(file)) as Record<string, string>;

/** What stands for something else, or is typed and clicked: it is the same in every language, as often, in whatever order. */
const kept = [/\{\d\}/g, /`+[^`]+`+/g, /\]\([^)]*\)/g, /\b(?:unix|npipe|tcp|ssh|https?):\/\/[\w./:@-]*\w/g, /\bhelloContainers(?:\.\w+)+/g, /\$\([\w-]+\)/g];
const keptOf = (text: string): string[] => kept.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found)).toSorted();

/** Names, commands, symbols and figures: nobody's language. */
const untranslatable = /^(Docker Desktop|MAC|REST API|CPU|API|HTTPS|rootless (Docker|Podman)|systemd|dockerd|containerd(-shim)?|runc|bash|python3|docker run|\/changed|cgroup v[12]|cpu\.[\w.]+|400 ms|128 MiB \+ 5 MiB|Hello Containers|[\d\s{}().·MGkB]*)$/;
/** Where VS Code finds a step's picture or page. */
const isPath = (key: string): boolean => /^walkthrough\..*\.(svg|markdown)$/.test(key);

describe.each(translations())('$file', ({ file, of }) => {
  const [original, translated] = [texts(of), texts(file)];

  test('has all texts, and no others (else: npm run l10n -- --missing)', () => {
    expect(Object.keys(translated)).toEqual(Object.keys(original));
  });

  test('keeps what stands for something else, and what is typed or clicked', () => {
    for (const [key, text] of Object.entries(translated)) { expect(keptOf(text), text).toEqual(keptOf(original[key] ?? '')); }
  });

  test('leaves nothing in English', () => {
    expect(Object.entries(translated).filter(([key, text]) => text === original[key] && !untranslatable.test(text) && !isPath(key)).map(([, text]) => text)).toEqual([]);
  });

  test('has a page for each page of the walkthrough, with the same commands and tables', () => {
    for (const [key, page] of Object.entries(translated)) {
      if (!isPath(key) || !page.endsWith('.md')) { continue; }
      // Comments in a block are for readers.
      const shape = (text: string): unknown => ({
        blocks: [...text.matchAll(/^```[\s\S]*?^```/gm)].map(([block]) => block.replace(/^#.*$/gm, '#')), rows: text.split('\n').filter((line) => line.startsWith('|')).length,
        headings: text.split('\n').filter((line) => /^#+ /.test(line) && !line.startsWith('# quota')).length, links: [...text.matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1]),
      });
      const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');
      const [ours, theirs] = [read(page), read(original[key] ?? '')];
      expect(shape(ours), page).toMatchObject({ blocks: (shape(theirs) as { blocks: string[] }).blocks });
      expect(shape(withoutBlocks(ours)), page).toEqual(shape(withoutBlocks(theirs)));
    }
  });

  test('points to pictures that a build makes', () => {
    for (const [key, picture] of Object.entries(translated)) {
      if (!isPath(key) || !picture.endsWith('.svg')) { continue; }
      const diagram = /^dist\/(.+)\.[\w-]+\.svg$/.exec(picture)?.[1];
      expect(diagram !== undefined && existsSync(join(root, `media/${diagram}.svg`)), picture).toBe(true);
    }
  });
});
