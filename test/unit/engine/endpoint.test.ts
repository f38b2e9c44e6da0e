import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadEndpoint, type Endpoint, endpointAddress, parseEndpoint } from '../../../src/engine/endpoint';

const files = { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem' };

test.each<[string, Endpoint]>([
  ['unix:///var/run/docker.sock', { kind: 'unix', path: '/var/run/docker.sock' }],
  ['UNIX:///a b/c.sock', { kind: 'unix', path: '/a b/c.sock' }],
  ['/run/user/1000/docker.sock', { kind: 'unix', path: '/run/user/1000/docker.sock' }],
  ['  unix:///x.sock\n', { kind: 'unix', path: '/x.sock' }],
  ['npipe:////./pipe/docker_engine', { kind: 'npipe', path: '\\\\.\\pipe\\docker_engine' }],
  ['tcp://10.0.0.1:2375', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
  ['tcp://example.org', { kind: 'tcp', host: 'example.org', port: 2375 }],
  ['tcp://example.org:80/', { kind: 'tcp', host: 'example.org', port: 80 }],
  ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
  ['tcp://:2375', { kind: 'tcp', host: 'localhost', port: 2375 }],
  ['example.org:2375', { kind: 'tcp', host: 'example.org', port: 2375 }],
  ['[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
  [':2375', { kind: 'tcp', host: 'localhost', port: 2375 }],
  ['http://example.org:2375', { kind: 'tcp', host: 'example.org', port: 2375 }],
  ['https://example.org', { kind: 'tls', host: 'example.org', port: 2376, files: {} }],
  ['ssh://me@example.org:2222', { kind: 'ssh', host: 'example.org', port: 2222, user: 'me' }],
  ['ssh://example.org', { kind: 'ssh', host: 'example.org' }],
])('%j is understood', (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual(endpoint);
});

test('with the files of a TLS client, tcp means TLS, on its own port', () => {
  expect(parseEndpoint('tcp://example.org', files)).toEqual({ kind: 'tls', host: 'example.org', port: 2376, files });
  expect(parseEndpoint('tcp://example.org:1234', files)).toEqual({ kind: 'tls', host: 'example.org', port: 1234, files });
});

test('the files of a TLS client do not make a unix socket encrypted', () => {
  expect(parseEndpoint('unix:///x.sock', files)).toEqual({ kind: 'unix', path: '/x.sock' });
});

test.each(['', '   ', 'docker', 'unix://', 'unix://relative.sock', 'tcp://', 'ssh://', 'tcp://host:99999', 'tcp://host/path', 'ftp://host', 'tcp://a b:1', 'javascript:alert(1)'])('%j is refused, with an example of how to write it', (text) => {
  expect(() => parseEndpoint(text)).toThrow(BadEndpoint);
  expect(() => parseEndpoint(text)).toThrow(/unix:\/\/\/path\/to\/docker\.sock/);
});

const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('::1', 'fe80::1', '2001:db8::7'));
const port = fc.integer({ min: 1, max: 65_535 });
const path = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((part) => !/[\s/]/u.test(part)), { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const anyEndpoint: fc.Arbitrary<Endpoint> = fc.oneof(
  path.map((socket): Endpoint => ({ kind: 'unix', path: socket })),
  fc.tuple(host, port).map(([name, number]): Endpoint => ({ kind: 'tcp', host: name, port: number })),
  fc.tuple(host, port).map(([name, number]): Endpoint => ({ kind: 'ssh', host: name, port: number })),
  fc.tuple(host, fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,10}$/)).map(([name, user]): Endpoint => ({ kind: 'ssh', host: name, user })),
  fc.constant<Endpoint>({ kind: 'npipe', path: '\\\\.\\pipe\\docker_engine' }),
);

test('an address that we print is understood as the same place', () => {
  fc.assert(fc.property(anyEndpoint, (endpoint) => {
    expect(parseEndpoint(endpointAddress(endpoint))).toEqual(endpoint);
  }));
});

test('an encrypted address is printed as Docker writes it and understood again with the same files', () => {
  fc.assert(fc.property(host, port, (name, number) => {
    const endpoint: Endpoint = { kind: 'tls', host: name, port: number, files };
    expect(endpointAddress(endpoint)).toMatch(/^tcp:\/\//);
    expect(parseEndpoint(endpointAddress(endpoint), files)).toEqual(endpoint);
  }));
});

test.each(['ssh://%@host', 'ssh://host/%', 'ssh://-oProxyCommand=x'])('%s is refused as a bad endpoint', (text) => {
  expect(() => parseEndpoint(text)).toThrow(BadEndpoint);
});

test('whatever is typed is understood or refused as a bad endpoint', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((rest) => `tcp://${rest}`), fc.string().map((rest) => `ssh://${rest}`)), (text) => {
    try {
      parseEndpoint(text);
    } catch (error) {
      expect(error).toBeInstanceOf(BadEndpoint);
    }
  }), { numRuns: 300 });
});

test.each(['unix:///a\0b', '/a\nb', 'ssh://a%00@host', 'ssh://host/a%0ab', 'npipe://a\x1b'])('%j holds what no path and no name can, and is refused', (text) => {
  expect(() => parseEndpoint(text)).toThrow(BadEndpoint);
});

test.each(['ssh://me%40domain@host', 'ssh://a%3Ab@host', 'ssh://a%2Fb@host', 'ssh://host/a%3Fb%23c', 'unix:///a\u2028b'])('the place of %s is printed so that it is the same one', (text) => {
  expect(parseEndpoint(endpointAddress(parseEndpoint(text)))).toEqual(parseEndpoint(text));
});
