import { describe, expect, test } from 'vitest';
import { EngineError, explainRefusal } from '../../../src/engine/errors';
import { explainPullError, ProgressBar, pull, PullFailed, type PullProgress, PullTracker } from '../../../src/engine/pull';
import { toPullMessage } from '../../../src/engine/wire';
import { rejection } from '../support/streams';
import { ScriptedEngine } from '../support/scriptedEngine';

describe('why a pull failed', () => {
  test.each<[PullFailed['kind'], string]>([
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host'],
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": dial tcp 3.94.224.37:443: connect: connection refused'],
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": dial tcp 3.94.224.37:443: connect: network is unreachable'],
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)'],
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout'],
    ['registryUnreachable', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution'],
    ['registryUnreachable', 'dial tcp: lookup registry-1.docker.io on 10.0.0.2:53: server misbehaving'],
    ['registryUnreachable', 'read tcp 10.0.0.5:443: read: connection reset by peer'],
    ['registryUnreachable', 'unexpected EOF'],
    ['noSuchImage', 'pull access denied for nosuch, repository does not exist or may require \'docker login\': denied: requested access to the resource is denied'],
    ['noSuchImage', 'manifest for hello-world:nosuch not found: manifest unknown: manifest unknown'],
    ['noSuchImage', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
    ['noSuchImage', 'docker.io/library/nosuch:latest: not found'],
    ['refused', 'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit'],
    ['refused', 'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'],
    ['refused', 'failed to register layer: Error processing tar file(exit status 1): operation not permitted'],
  ])('%s: %s', (kind, reply) => {
    const error = explainPullError(reply);
    expect(error.kind).toBe(kind);
    expect(error.reply).toBe(reply);
    expect(error.message).toContain(reply);
  });

  test('the engine\'s words end as a sentence does, so that ours can follow', () => {
    expect(explainPullError('dial tcp: no such host').message).toMatch(/no such host\. Check the network/);
    expect(explainPullError('dial tcp: no such host.').message).not.toContain('..');
  });

  test('an error line inside the stream is a failed pull', () => {
    const line = { errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' };
    expect(() => toPullMessage(line)).toThrow(PullFailed);
    expect(() => toPullMessage({ error: 'manifest unknown' })).toThrow(PullFailed);
  });

  test('a refusal before the first line is explained too, and remembers what it was', async () => {
    const engine = new ScriptedEngine();
    const refusal = explainRefusal(500, 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host');
    engine.before = () => { throw refusal; };
    const error = await rejection(pull(engine, 'hello-world', () => { }, new AbortController().signal));
    expect(error).toBeInstanceOf(PullFailed);
    expect(error).toMatchObject({ kind: 'registryUnreachable', cause: refusal });
    expect(refusal).toBeInstanceOf(EngineError);
  });
});

/** A pull of an image of three layers by Docker 20.10, one of which was there, thinned out. */
const recorded = [
  { status: 'Pulling from library/python', id: '3-alpine' },
  { status: 'Already exists', progressDetail: {}, id: 'f18232174bc9' },
  { status: 'Pulling fs layer', progressDetail: {}, id: '4e1a4b9d3f0a' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'a1b2c3d4e5f6' },
  { status: 'Waiting', progressDetail: {}, id: 'a1b2c3d4e5f6' },
  { status: 'Downloading', progressDetail: { current: 16_384, total: 1_000_000 }, progress: '[>    ]  16.38kB/1MB', id: '4e1a4b9d3f0a' },
  { status: 'Downloading', progressDetail: { current: 600_000, total: 1_000_000 }, progress: '[==>  ]    600kB/1MB', id: '4e1a4b9d3f0a' },
  { status: 'Downloading', progressDetail: { current: 1_000_000, total: 3_000_000 }, progress: '[=>   ]      1MB/3MB', id: 'a1b2c3d4e5f6' },
  { status: 'Verifying Checksum', progressDetail: {}, id: '4e1a4b9d3f0a' },
  { status: 'Download complete', progressDetail: {}, id: '4e1a4b9d3f0a' },
  { status: 'Extracting', progressDetail: { current: 32_768, total: 1_000_000 }, progress: '[>    ]  32.77kB/1MB', id: '4e1a4b9d3f0a' },
  { status: 'Downloading', progressDetail: { current: 2_900_000, total: 3_000_000 }, progress: '[====>]    2.9MB/3MB', id: 'a1b2c3d4e5f6' },
  { status: 'Pull complete', progressDetail: {}, id: '4e1a4b9d3f0a' },
  { status: 'Verifying Checksum', progressDetail: {}, id: 'a1b2c3d4e5f6' },
  { status: 'Download complete', progressDetail: {}, id: 'a1b2c3d4e5f6' },
  { status: 'Extracting', progressDetail: { current: 3_000_000, total: 3_000_000 }, progress: '[====>]      3MB/3MB', id: 'a1b2c3d4e5f6' },
  { status: 'Pull complete', progressDetail: {}, id: 'a1b2c3d4e5f6' },
  { status: 'Digest: sha256:0f7c5c3ce3dd' },
  { status: 'Status: Downloaded newer image for python:3-alpine' },
];

function follow(): PullProgress[] {
  const tracker = new PullTracker();
  return recorded.map((line) => tracker.push(toPullMessage(line)));
}

describe('how far a pull is', () => {
  test('the tag is not counted as a layer', () => {
    expect(follow()[0]).toMatchObject({ layers: 0, layersDone: 0 });
  });

  test('a layer that was there is done; the others are counted as they come to be known', () => {
    expect(follow()[3]).toMatchObject({ layers: 3, layersDone: 1, status: 'Pulling fs layer', totalBytes: 0 });
  });

  test('bytes of all layers are added up, and extracting does not count them again', () => {
    expect(follow()[7]).toMatchObject({ currentBytes: 1_600_000, totalBytes: 4_000_000, status: 'Downloading' });
    expect(follow()[10]).toMatchObject({ currentBytes: 2_000_000, totalBytes: 4_000_000, status: 'Extracting' });
  });

  test('at the end everything is done', () => {
    expect(follow().at(-1)).toMatchObject({ layers: 3, layersDone: 3, currentBytes: 4_000_000, totalBytes: 4_000_000 });
  });

  test('layers that are done never become fewer', () => {
    const done = follow().map(({ layersDone }) => layersDone);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  test('a layer that starts its download again does not become complete by it', () => {
    const tracker = new PullTracker();
    tracker.push({ id: 'a', status: 'Downloading', current: 50, total: 100 });
    expect(tracker.push({ id: 'a', status: 'Retrying in 5 seconds' })).toMatchObject({ layersDone: 0, currentBytes: 50 });
    expect(tracker.push({ id: 'a', status: 'Downloading', current: 10, total: 100 })).toMatchObject({ currentBytes: 10 });
  });
});

describe('the progress bar', () => {
  test('only ever goes forward, and is full at the end', () => {
    const bar = new ProgressBar();
    const steps = follow().map((progress) => bar.increment(progress));
    expect(Math.min(...steps)).toBe(0);
    expect(steps.reduce((sum, step) => sum + step, 0)).toBeCloseTo(100);
  });

  test('stands still when a new layer makes the whole bigger', () => {
    const bar = new ProgressBar();
    expect(bar.increment({ layers: 1, layersDone: 0, status: 'Downloading', currentBytes: 50, totalBytes: 100 })).toBeCloseTo(40);
    expect(bar.increment({ layers: 2, layersDone: 0, status: 'Downloading', currentBytes: 50, totalBytes: 1_000 })).toBe(0);
    expect(bar.increment({ layers: 2, layersDone: 0, status: 'Downloading', currentBytes: 600, totalBytes: 1_000 })).toBeCloseTo(8);
  });
});

test('a bar goes no further than to its end, though more bytes come than were announced', () => {
  const bar = new ProgressBar();
  expect(bar.increment({ layers: 1, layersDone: 1, status: 'Downloading', currentBytes: 500, totalBytes: 100 })).toBeCloseTo(100);
});
