import { expect, onTestFinished, test } from 'vitest';
import { openRemote } from '../../lab/docker/remote.mjs';
import { run } from '../../lab/processes.mjs';
import { silentLog } from '../../src/base/log';
import { connect } from '../../src/engine/connect';
import { EngineConnection } from '../../src/engine/connection';
import { parseEndpoint } from '../../src/engine/endpoint';
import { figure } from '../engine/bench';
import { pause, until } from '../engine/until';
import { shown } from './open';

const cutMillis = 30_000;

test('a network that is cut for 30 s: the view says so, and is right again within 5 s', async () => {
  const remote = await openRemote({ name: 'test-faults-net' });
  onTestFinished(() => remote.close({ remove: true }));
  const docker = async (...args: string[]): Promise<string> => (await run('docker', ['--host', remote.dockerd.host, ...args])).trim();
  await docker('pull', '--quiet', 'hello-world');
  const files = remote.certificates.client;
  const tls = { ca: `${files}/ca.pem`, cert: `${files}/cert.pem`, key: `${files}/key.pem` };
  const connection = new EngineConnection({
    log: silentLog, connect: (endpoint, signal) => connect(endpoint, { signal }),
    findCandidates: () => Promise.resolve([{ endpoint: parseEndpoint(remote.tlsHost, tls), reason: 'test' }]),
  });
  onTestFinished(() => connection.dispose());
  await connection.engine();
  await remote.machine.cut();
  const cutAt = performance.now();
  await until(connection.onDidChangeState, 'the view tells of it', () => connection.state.kind === 'failed', 20_000);
  figure(`cut: told after ${((performance.now() - cutAt) / 1000).toFixed(1)} s`);
  expect(connection.containers.size).toBe(0);
  // What happens there meanwhile is to be seen afterwards.
  await docker('create', '--name', 'meanwhile', 'hello-world');
  await pause(cutMillis - (performance.now() - cutAt));
  await remote.machine.mend();
  const from = performance.now();
  await until(connection.onDidChangeState, 'connected', () => connection.state.kind === 'connected', 60_000);
  const millis = performance.now() - from;
  figure(`mended: right again after ${millis.toFixed(0)} ms: ${shown(connection).join()}`);
  expect(shown(connection)).toEqual(['meanwhile created']);
  expect(millis).toBeLessThan(5_000);
}, 300_000);
