import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { FinderInput } from '../../../src/engine/contexts';
import { endpointAddress } from '../../../src/engine/endpoint';
import { candidatesAt, listPlaces, placeKey, placeName } from '../../../src/engine/places';
import { tempDir } from '../support/tempDir';

let home: string;
beforeEach(() => { home = tempDir(); });

const input = (more: Partial<FinderInput> = {}): FinderInput => ({ setting: '', env: {}, platform: 'linux', homeDir: home, ...more });

async function keys(more?: Partial<FinderInput>): Promise<{ places: string[]; selected: string }> {
  const { places, selected } = await listPlaces(input(more));
  return { places: places.map(placeKey), selected: placeKey(selected) };
}

function writeContext(name: string, host: string): void {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host } } }));
}

function useContext(name: string): void {
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}

async function socketAt(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  onTestFinished(() => { server.close(); });
  return path;
}

test('without any context there is the default, even when nothing is there', async () => {
  expect(await keys()).toEqual({ places: ['default'], selected: 'default' });
});

test('the contexts stand beside the default; the one that is used comes first', async () => {
  writeContext('beta', 'ssh://beta');
  writeContext('alpha', 'tcp://alpha:2375');
  expect(await keys({ env: { DOCKER_HOST: 'tcp://host:1' } })).toEqual({ places: ['default', 'context alpha', 'context beta'], selected: 'default' });
  useContext('beta');
  expect((await keys()).selected).toBe('context beta');
  expect((await keys({ choice: { kind: 'context', name: 'alpha' } })).places[0]).toBe('context alpha');
});

test('a default where nothing is stays out of sight while another engine is used', async () => {
  writeContext('far', 'ssh://far');
  useContext('far');
  const places = (await keys()).places.filter((key) => key !== 'default');
  expect(places).toEqual(['context far']);
  await socketAt(join(home, '.docker/run/docker.sock'));
  expect((await keys()).places).toEqual(['context far', 'default']);
});

test('what leads to the same address is one engine, also by another name of its socket', async () => {
  const socket = await socketAt(join(home, 'real.sock'));
  symlinkSync(socket, join(home, 'link.sock'));
  writeContext('one', `unix://${socket}`);
  writeContext('other', `unix://${join(home, 'link.sock')}`);
  expect(await keys({ env: { DOCKER_HOST: `unix://${socket}` } })).toEqual({ places: ['default'], selected: 'default' });
});

test('a typed address is a place of its own while it is chosen', async () => {
  expect(await keys({ env: { DOCKER_HOST: 'tcp://host:1' }, choice: { kind: 'address', address: 'ssh://typed' } }))
    .toEqual({ places: ['address ssh://typed', 'default'], selected: 'address ssh://typed' });
});

test('the setting takes the default\'s place, not a context\'s', async () => {
  writeContext('far', 'ssh://far');
  useContext('far');
  const set = input({ setting: 'tcp://set:1' });
  expect(await keys({ setting: 'tcp://set:1' })).toEqual({ places: ['default', 'context far'], selected: 'default' });
  expect((await candidatesAt(set, { kind: 'default' })).map(({ endpoint }) => endpointAddress(endpoint))).toEqual(['tcp://set:1']);
  expect((await candidatesAt(set, { kind: 'context', name: 'far' })).map(({ reason }) => reason)).toEqual(['Docker\'s context "far"']);
});

test('a chosen "default" means no context, whatever is current', async () => {
  writeContext('far', 'ssh://far');
  useContext('far');
  expect((await keys({ choice: { kind: 'context', name: 'default' } })).selected).toBe('default');
});

test('a context that cannot be read is listed beside the good ones, and one that is gone stays the one that is used', async () => {
  writeContext('good', 'ssh://good');
  writeContext('bad', 'gopher://bad');
  useContext('gone');
  const { places, selected } = await keys();
  expect(places.filter((key) => key !== 'default')).toEqual(['context gone', 'context bad', 'context good']);
  expect(selected).toBe('context gone');
  await expect(candidatesAt(input(), { kind: 'context', name: 'gone' })).rejects.toThrow('there is no such context.');
});

test('places are called as users know them', () => {
  expect([{ kind: 'default' as const }, { kind: 'context' as const, name: 'lab' }, { kind: 'address' as const, address: 'ssh://x' }].map(placeName)).toEqual(['default', 'lab', 'ssh://x']);
});
