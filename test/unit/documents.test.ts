import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { releaseOf } from '../../.ci/release.mjs';
import { documents } from '../../docs/tables.mjs';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const markdown = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'lab/README.md', ...readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)];

describe('documents', () => {
  test('have the tables that package.json makes (else: npm run docs)', () => {
    for (const [file, content] of Object.entries(documents())) { expect(read(file), file).toBe(content); }
    expect(read('docs/commands.md')).toContain('| Run hello-world | yes |');
    expect(read('README.md')).toContain('| `helloContainers.endpoint` |');
  });

  test.each(markdown)('%s links to nothing that is not there', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([]);
  });

  test.each(['README.md', 'SECURITY.md', 'CONTRIBUTING.md'])('%s names scripts and tests that there are', (file) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const text = read(file);
    expect([...text.matchAll(/\bnpm run ([\w:]+)/g)].map((match) => match[1] ?? '').filter((name) => !(name in scripts))).toEqual([]);
    expect([...text.matchAll(/`(test\/[\w./-]+)`/g)].map((match) => match[1] ?? '').filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('call commands by their titles', () => {
    const titles = new Set(Object.entries(JSON.parse(read('package.nls.json')) as Record<string, string>).filter(([key]) => key.startsWith('command.')).map(([, title]) => title));
    const called = ['README.md', 'docs/instructor.md'].flatMap((file) => [...read(file).matchAll(/\*{1,2}([^*\n]+)\*{1,2}/g)].map((match) => (match[1] ?? '').replace('Hello Containers: ', '')));
    // Those with an ellipsis are certainly titles.
    expect(called.filter((title) => title.endsWith('…') && !titles.has(title) && !title.startsWith('Extensions:'))).toEqual([]);
  });
});

describe('a release', () => {
  const changelog = '# Changelog\n\n## 0.2.0\n\n- Something.\n';

  test('with an even minor number is one, with an odd number a pre-release', () => {
    expect(releaseOf('v0.2.0', '0.2.0', changelog)).toEqual({ prerelease: false });
    expect(releaseOf('v0.3.1', '0.3.1', '\n## 0.3.1\n')).toEqual({ prerelease: true });
  });

  test('is refused when tag, version and changelog do not agree', () => {
    expect(() => releaseOf('v0.2.1', '0.2.0', changelog)).toThrow('must agree');
    expect(() => releaseOf('v0.2.2', '0.2.2', changelog)).toThrow('no section');
  });

  test('can be made of what is here', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(() => releaseOf(`v${version}`, version, read('CHANGELOG.md'))).not.toThrow();
  });

  test.each(readdirSync(join(root, '.github/workflows')))('%s runs foreign actions at a commit that cannot move, and hands no token to more than it must', (file) => {
    const text = read(`.github/workflows/${file}`);
    const uses = [...text.matchAll(/uses: (\S+)/g)].map((match) => match[1] ?? '');
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});
