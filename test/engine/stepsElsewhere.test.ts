import { connect as dial, createServer, type Server } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRemote } from '../../lab/docker/remote.mjs';
import { silentLog } from '../../src/base/log';
import { connect } from '../../src/engine/connect';
import { EngineConnection } from '../../src/engine/connection';
import { type Endpoint, parseEndpoint } from '../../src/engine/endpoint';
import { LessonProgress } from '../../src/lesson/progress';
import type { StepId, StepState } from '../../src/lesson/step';
import { stepOf } from '../../src/lesson/steps';
import { lessonEngine, memoryIn } from '../unit/support/lessonEngine';
import { disposeAfterTest, localHost, useBench } from './bench';
import { until } from './until';

/*
 * The steps that only the learner can do: each is done when an engine answers there, and not any more when it does not.
 */

function follow(endpoint: Endpoint, env?: NodeJS.ProcessEnv) {
  const connection = disposeAfterTest(new EngineConnection({
    findCandidates: () => Promise.resolve([{ endpoint, reason: 'test' }]), log: silentLog,
    connect: (to, signal) => connect(to, { signal, ...env === undefined ? {} : { ssh: { path: 'ssh', env } } }),
  }));
  const progress = disposeAfterTest(new LessonProgress(lessonEngine(connection), memoryIn(new Map()), localHost));
  connection.start();
  const becomes = (id: StepId, state: StepState['state']): Promise<StepState> => until(progress.onDidChange, `${id} is ${state}`, () => progress.steps[id].state === state && progress.steps[id], 60_000);
  return { connection, progress, becomes };
}

describe('connecting', () => {
  const bench = useBench();

  test('is open without an engine, done with one, and open again without it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hc-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const socket = join(folder, 'docker.sock');
    const { connection, progress, becomes } = follow({ kind: 'unix', path: socket });
    await until(connection.onDidChangeState, 'it failed', () => connection.state.kind === 'failed');
    expect(progress.steps.connect.state).toBe('open');
    expect(progress.steps['hello-world'].state).toBe('unknown');
    for (const hint of stepOf('connect').hints(progress.facts)) { expect(hint).not.toBe(''); }

    const open = await passOn(socket, bench().host.replace('unix://', ''));
    connection.reconnect();
    await becomes('connect', 'done');
    await until(progress.onDidChange, 'it says what it is', () => /^\d/.test(String(progress.steps.connect.evidence?.API)));
    expect([progress.steps['remote-engine'].state, progress.steps['other-runtime'].state]).toEqual(['open', 'open']);
    await open.close();
    await becomes('connect', 'open');
  });
});

test('an engine on another machine ticks its step while it answers', async () => {
  const remote = await openRemote({ name: 'test-remote-step' });
  onTestFinished(() => remote.close({ remove: true }));
  const { progress, becomes } = follow(parseEndpoint(`${remote.sshd.destination}${remote.dockerd.socket}`), remote.sshd.env());
  expect(progress.steps['remote-engine'].state).toBe('open');
  const { reason } = await becomes('remote-engine', 'done');
  expect(reason).toContain('ssh://');
  await until(progress.onDidChange, 'it says which machine', () => progress.steps['remote-engine'].evidence?.['Its machine'] === 'docker-remote');
  for (const hint of stepOf('remote-engine').hints(progress.facts)) { expect(hint).not.toBe(''); }
  await remote.dockerd.kill();
  await becomes('remote-engine', 'open');
});

/** A socket that leads to another, until it is closed with all that came by it. */
async function passOn(path: string, to: string): Promise<{ close(): Promise<void> }> {
  const ends = new Set<{ destroy(): void }>();
  const server: Server = createServer((client) => {
    const engine = dial(to);
    for (const end of [client, engine]) {
      ends.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => {
        client.destroy();
        engine.destroy();
      });
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  return {
    close: async () => {
      const closed = new Promise((resolve) => { server.close(resolve); });
      for (const end of ends) { end.destroy(); }
      await closed;
    },
  };
}
