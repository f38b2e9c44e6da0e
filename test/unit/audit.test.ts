import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { tempDir } from './support/tempDir';

const root = join(import.meta.dirname, '../..');
const advisory = { id: 1, url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc', title: 'A hole', severity: 'high', vulnerable_versions: '<99', cwe: [], cvss: { score: 0, vectorString: null } };
const entry = { id: 'GHSA-aaaa-bbbb-cccc', package: 'uplot', reason: 'Not reached.', expires: '2999-01-01' };

/** A registry that knows of these advisories, or none that knows of any. */
async function serveRegistry(advisories: Record<string, unknown[]> | undefined): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/-/npm/') === true && advisories === undefined) {
      response.writeHead(405).end();
    } else if (request.url?.startsWith('/-/npm/v1/security/advisories/bulk') === true) {
      request.resume().on('end', () => response.end(JSON.stringify(advisories)));
    } else {
      const name = decodeURIComponent(request.url?.slice(1) ?? '');
      response.end(JSON.stringify({ name, 'dist-tags': {}, versions: {} }));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => { server.close(); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Runs the audit as CI does. */
async function audit(registry: string, allowed: unknown[]): Promise<{ code: number; said: string }> {
  const file = join(tempDir(), 'allowed.json');
  writeFileSync(file, JSON.stringify(allowed));
  const child = spawn(process.execPath, ['packaging/audit.mjs', '--registry', registry, '--allowed', file], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, said: stdout + stderr };
}

test('an advisory that nobody allowed fails the audit, and is told to be in the extension', async () => {
  const { code, said } = await audit(await serveRegistry({ uplot: [advisory] }), []);
  expect(said).toContain('GHSA-aaaa-bbbb-cccc uplot <99 (high, in the extension): A hole.');
  expect(code).toBe(1);
});

test('an advisory about a tool fails it too, and is told not to be in the extension', async () => {
  const { code, said } = await audit(await serveRegistry({ 'axe-core': [advisory] }), []);
  expect(said).toContain('(high, only on the machines of those who build it)');
  expect(code).toBe(1);
});

test('an advisory that is allowed with a reason and a day passes', async () => {
  const { code, said } = await audit(await serveRegistry({ uplot: [advisory] }), [entry]);
  expect(said).toContain('allowed until 2999-01-01');
  expect(code).toBe(0);
});

test.each([
  ['that has run out', [{ ...entry, expires: '2020-01-01' }], 'look at it again'],
  ['that names another package', [{ ...entry, package: 'axe-core' }], 'no longer there'],
  ['without a reason', [{ ...entry, reason: '' }], 'is not understood'],
])('a permission %s fails', async (_, allowed, words) => {
  const { code, said } = await audit(await serveRegistry({ uplot: [advisory] }), allowed);
  expect(said).toContain(words);
  expect(code).toBe(1);
});

test('a permission for what is mended fails: the list is no longer than it must be', async () => {
  const { code, said } = await audit(await serveRegistry({}), [entry]);
  expect(said).toContain('no longer there: remove it');
  expect(code).toBe(1);
});

test('nothing known is green', async () => {
  const { code, said } = await audit(await serveRegistry({}), []);
  expect(said).toContain('0 advisories, 0 complaints');
  expect(code).toBe(0);
});

test.each([
  ['gives none', () => serveRegistry(undefined)],
  ['does not answer', () => Promise.resolve('http://127.0.0.1:1/')],
])('a registry that %s is neither green nor red: it says that nobody was asked', async (_, open) => {
  const { code, said } = await audit(await open(), []);
  expect(said).toContain('audit: NOT DONE');
  expect(code).toBe(75);
}, 120_000);
