import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openRemote } from '../../lab/docker/remote.mjs';
import { silentLog } from '../../src/base/log';
import { connect } from '../../src/engine/connect';
import { type ConnectionState, EngineConnection } from '../../src/engine/connection';
import { createContext } from '../../src/engine/contextStore';
import { diagnose, diagnosisText } from '../../src/engine/doctor';
import { parseEndpoint, type TlsFiles } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';
import { Engines } from '../../src/engine/engines';
import { EngineUnreachable } from '../../src/engine/errors';
import { openSshRoute, type SshEndpoint } from '../../src/engine/sshRoute';
import { systemClock } from '../../src/base/clock';
import { runHelloWorld } from '../../src/engine/helloWorld';

type Remote = Awaited<ReturnType<typeof openRemote>>;

const ours = 'docker-remote';

async function withEngine<T>(open: Promise<Engine>, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await open;
  try {
    await engine.negotiate();
    return await work(engine);
  } finally {
    engine.dispose();
  }
}

async function hello(engine: Engine): Promise<number> {
  const { id, exitCode } = await runHelloWorld({
    engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: new AbortController().signal,
    listener: { onStage: () => { }, onPull: () => { }, onOutput: () => { } },
  });
  await engine.removeContainer(id);
  return exitCode;
}

describe('an engine on another machine', () => {
  let remote: Remote;
  beforeAll(async () => { remote = await openRemote({ name: 'test-remote' }); });
  afterAll(async () => { await remote.close({ remove: true }); });

  const tls = (folder: string): TlsFiles => ({ ca: `${folder}/ca.pem`, cert: `${folder}/cert.pem`, key: `${folder}/key.pem` });
  const overTls = (folder: string): Promise<Engine> => connect(parseEndpoint(remote.tlsHost, tls(folder)));
  const sshEndpoint = (): SshEndpoint => parseEndpoint(`${remote.sshd.destination}${remote.dockerd.socket}`) as SshEndpoint;
  const overSsh = (config?: string): Promise<Engine> => connect(sshEndpoint(), { ssh: { path: 'ssh', env: remote.sshd.env(config) } });

  it('is reached over TLS, and runs hello-world', async () => {
    await withEngine(overTls(remote.certificates.client), async (engine) => {
      expect((await engine.facts()).name).toBe(ours);
      expect(await hello(engine)).toBe(0);
    });
  });

  it('refuses a client of another authority, in words', async () => {
    await expect(withEngine(overTls(remote.certificates.stranger), (engine) => engine.facts())).rejects.toMatchObject({ reason: 'tls', message: expect.stringMatching(/does not accept your client certificate/) as string });
  });

  it('is not trusted when its certificate is of another authority than ours', async () => {
    await expect(withEngine(overTls(remote.certificates.suspicious), (engine) => engine.facts())).rejects.toMatchObject({ reason: 'tls', message: expect.stringMatching(/ca\.pem is not of the authority/) as string });
  });

  it('is reached over ssh by a forwarded socket, and runs hello-world', async () => {
    await withEngine(overSsh(), async (engine) => {
      expect((await engine.facts()).name).toBe(ours);
      expect(await hello(engine)).toBe(0);
    });
  });

  it('answers 200 questions at once over one ssh connection', async () => {
    await withEngine(overSsh(), async (engine) => {
      const from = performance.now();
      await Promise.all(Array.from({ length: 200 }, () => engine.listContainers()));
      console.log(`200 lists over one ssh connection: ${(performance.now() - from).toFixed(0)} ms`);
    });
  });

  it('says so when the host key is another than before, or ssh is not let in, and asks the engine nothing', async () => {
    const sessions = remote.sshd.sessions();
    await expect(overSsh(remote.sshd.wrongHostConfig)).rejects.toMatchObject({ reason: 'ssh', message: expect.stringMatching(/The host key of \S+ has changed/) as string });
    await expect(overSsh(remote.sshd.wrongKeyConfig)).rejects.toMatchObject({ reason: 'ssh', message: expect.stringMatching(/did not accept your key/) as string });
    expect(remote.sshd.sessions()).toBe(sessions);
  });

  it('is back within 5 s after its ssh was killed in the middle of the event stream', async () => {
    const sshPids = (): number[] => execFileSync('pgrep', ['--exact', '--parent', String(process.pid), 'ssh'], { encoding: 'utf8' }).trim().split('\n').map(Number);
    const connection = new EngineConnection({
      log: silentLog, connect: (endpoint, signal) => connect(endpoint, { signal, ssh: { path: 'ssh', env: remote.sshd.env() } }),
      findCandidates: () => Promise.resolve([{ endpoint: sshEndpoint(), reason: 'test' }]),
    });
    try {
      await connection.engine();
      const from = performance.now();
      const back = new Promise<void>((resolve) => {
        connection.onDidChangeState(({ kind }) => { if (kind === 'connected') { resolve(); } });
      });
      for (const pid of sshPids()) { process.kill(pid, 'SIGKILL'); }
      await back;
      const millis = performance.now() - from;
      console.log(`ssh killed: back after ${millis.toFixed(0)} ms`);
      expect(millis).toBeLessThan(5_000);
    } finally {
      connection.dispose();
    }
  });

  it('is one of several: over TLS and over ssh at the same time, beside the one here and one that is dead', async () => {
    const home = await mkdtemp(join(tmpdir(), 'hc-engines-'));
    const store = join(home, '.docker');
    await createContext(store, 'far-ssh', sshEndpoint());
    await createContext(store, 'far-tls', parseEndpoint(remote.tlsHost, tls(remote.certificates.client)));
    await createContext(store, 'dead', parseEndpoint('tcp://127.0.0.1:1'));
    const engines = new Engines({
      log: silentLog, clock: systemClock,
      finderInput: () => ({ setting: inject('engineHost'), env: {}, platform: process.platform, homeDir: home }),
      connect: (endpoint, signal) => connect(endpoint, { signal, ssh: { path: 'ssh', env: remote.sshd.env() } }),
    });
    try {
      const becomes = (key: string, kind: string): Promise<void> => new Promise((resolve) => {
        engines.onDidChangeState((known) => { if (known.key === key && known.connection.state.kind === kind) { resolve(); } });
      });
      const all = Promise.all([...['default', 'context far-ssh', 'context far-tls'].map((key) => becomes(key, 'connected')), becomes('context dead', 'failed')]);
      engines.start();
      await all;
      for (const key of ['default', 'context far-ssh', 'context far-tls']) {
        const engine = await engines.get(key)?.connection.engine();
        expect(engine && await hello(engine), key).toBe(0);
      }
      const names = await Promise.all(['default', 'context far-ssh'].map(async (key) => (await (await engines.get(key)?.connection.engine())?.facts())?.name));
      expect(names[1]).toBe(ours);
      expect(names[0]).not.toBe(ours);
    } finally {
      engines.dispose();
      await rm(home, { recursive: true, force: true });
    }
  });

  it('notices a wire that was cut without a word, and comes back after it is mended', async () => {
    const connection = new EngineConnection({
      log: silentLog, connect: (endpoint, signal) => connect(endpoint, { signal }),
      findCandidates: () => Promise.resolve([{ endpoint: parseEndpoint(remote.tlsHost, tls(remote.certificates.client)), reason: 'test' }]),
    });
    const next = (kind: ConnectionState['kind']): Promise<number> => new Promise((resolve) => {
      const from = performance.now();
      const subscription = connection.onDidChangeState((state) => {
        if (state.kind !== kind) { return; }
        subscription.dispose();
        resolve(performance.now() - from);
      });
    });
    let cut = false;
    try {
      await connection.engine();
      const lost = next('failed');
      await remote.machine.cut();
      cut = true;
      const noticed = await lost;
      const back = next('connected');
      await remote.machine.mend();
      cut = false;
      const returned = await back;
      console.log(`a cut wire: noticed after ${noticed.toFixed(0)} ms, back ${returned.toFixed(0)} ms after it was mended`);
      expect(noticed).toBeLessThan(15_000);
      expect(returned).toBeLessThan(5_000);
    } finally {
      if (cut) { await remote.machine.mend(); }
      connection.dispose();
    }
  });
});

describe('an ssh server that forwards nothing', () => {
  it('is reached by docker system dial-stdio', async () => {
    const remote = await openRemote({ name: 'test-strict', forwarding: false });
    try {
      const endpoint = parseEndpoint(remote.sshd.destination) as SshEndpoint;
      const route = await openSshRoute(endpoint, { path: 'ssh', env: remote.sshd.env() });
      expect(route.way).toBe('dial-stdio');
      route.dispose();
      const diagnosis = diagnosisText(await diagnose({ endpoint, reason: 'test' }, {
        connect: (place) => connect(place, { ssh: { path: 'ssh', env: remote.sshd.env() } }), platform: process.platform, signal: new AbortController().signal,
      }));
      expect(diagnosis).toMatch(/ssh logs in\n.*refuses to forward.*docker system dial-stdio/);
      await withEngine(connect(endpoint, { ssh: { path: 'ssh', env: remote.sshd.env() } }), async (engine) => {
        expect((await engine.facts()).name).toBe(ours);
        await Promise.all(Array.from({ length: 30 }, () => engine.listContainers()));
        expect(await hello(engine)).toBe(0);
      });
    } finally {
      await remote.close({ remove: true });
    }
  }, 120_000);
});

it('an ssh address where nobody listens is explained by ssh itself', async () => {
  await expect(connect(parseEndpoint('ssh://127.0.0.1:1'))).rejects.toBeInstanceOf(EngineUnreachable);
});
