import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Bundled, bundledPackages } from '../../packaging/bundled.mjs';
import { noticesFile, noticesOf } from '../../packaging/notices.mjs';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface LockedPackage { version?: string; integrity?: string; resolved?: string; link?: boolean; license?: string; devDependencies?: Record<string, string> }

describe('the lock file', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const { devDependencies, ...manifest } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> } & Record<string, unknown>;
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  test('is that of the manifest', () => {
    expect(packages['']?.devDependencies).toEqual(devDependencies);
  });

  test('pins every package to its bytes', () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  test('takes every package from the registry: none from a repository, a folder or an address', () => {
    // .npmrc keeps addresses out of it, so that everybody's own registry serves; the bytes are the same.
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
    expect(locked.filter(([, { resolved, link }]) => resolved !== undefined || link !== undefined)).toEqual([]);
    expect(Object.entries(devDependencies).filter(([, range]) => !/^[~^]?\d+(\.\d+)*$/.test(range))).toEqual([]);
  });

  test('installs nothing with the extension: what runs is in the bundle', () => {
    expect(Object.keys(manifest).filter((key) => /dependencies$/i.test(key))).toEqual([]);
  });

  test('is what is installed from: npm ci, never npm install', () => {
    expect(read('lab/dependencies.mjs')).toContain('[\'ci\', ');
  });
});

describe('the licences of what is bundled', () => {
  test('are in THIRD-PARTY-NOTICES.txt as it is (npm run notices renews it)', async () => {
    const packages = await bundledPackages();
    expect(readFileSync(noticesFile, 'utf8')).toBe(noticesOf(packages));
    expect(packages.map(({ name }) => name)).toEqual([
      '@microsoft/fast-element', '@microsoft/fast-foundation', '@microsoft/fast-web-utilities', '@vscode/l10n', '@vscode/webview-ui-toolkit',
      'docker-modem', 'dockerode', 'exenv-es6', 'split-ca', 'tslib', 'uplot',
    ]);
  });

  const bundled: Bundled = { name: 'x', version: '1.0.0', license: 'MIT', author: 'A', text: '' };

  test('that may not be bundled are refused', () => {
    expect(() => noticesOf([{ ...bundled, license: 'GPL-3.0' }])).toThrow('x (GPL-3.0)');
    expect(() => noticesOf([{ ...bundled, license: 'undefined' }])).toThrow('x (undefined)');
  });

  test('are told in full, also for a package that only names its own', () => {
    expect(noticesOf([bundled])).toMatch(/x 1\.0\.0 \(MIT\)[^]*Copyright \(c\) A[^]*WITHOUT WARRANTY/);
    expect(() => noticesOf([{ ...bundled, license: 'Apache-2.0' }])).toThrow('carries no text');
  });
});
