import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { HelperHost } from '../../src/cgroup/helperHost';
import { namespaceKinds } from '../../src/cgroup/namespaces';
import { connect } from '../../src/engine/connect';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';
import { runHelloWorld } from '../../src/engine/helloWorld';
import { FlightRecorder } from '../../src/engine/recorder';
import { measure, measuredRuns } from '../../src/lesson/measure';
import { RunRecorder } from '../../src/lesson/recording';
import { RunTracer } from '../../src/lesson/runEvidence';
import { traceRun } from '../../src/lesson/runTrace';
import { xray } from '../../src/lesson/xray';
import { disposeAfterTest, figure, localHost, useBench } from './bench';
import { poll } from './until';

const never = new AbortController().signal;

/** What `docker inspect` says. */
interface Inspected {
  State: { Pid: number };
  GraphDriver: { Data: { LowerDir: string; UpperDir: string } };
  RootFS?: { Layers: string[] };
}

describe('a run', () => {
  const bench = useBench();

  /** With a flight recorder that also hears the events. */
  async function recorded(): Promise<{ engine: Engine; recorder: FlightRecorder }> {
    const recorder = new FlightRecorder(systemClock);
    const engine = disposeAfterTest(await connect(parseEndpoint(bench().host), { recorder }));
    await engine.negotiate();
    const stop = new AbortController();
    disposeAfterTest({ dispose: () => stop.abort() });
    await new Promise<void>((resolve) => {
      void (async () => { for await (const event of engine.events(stop.signal, resolve)) { recorder.accept(event); } })().catch(() => { });
    });
    return { engine, recorder };
  }

  test('is traced through its components as the engine and the kernel tell it, and one without a pull asks no registry', async () => {
    const { engine, recorder } = await recorded();
    const facts = await engine.facts();
    const names: string[] = [];
    for (const pulls of [true, false]) {
      const tracer = disposeAfterTest(new RunTracer({ recorder }, 'hello-world', localHost, systemClock));
      const since = Date.now() / 1000 - 1;
      const runRecorder = new RunRecorder(systemClock, tracer);
      const result = await runHelloWorld({ engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: never, listener: runRecorder });
      names.push(result.id);
      tracer.finish(result);
      await poll('its end was announced', () => tracer.evidence.events.some(({ action }) => action === 'die'));
      const { evidence } = tracer;
      const stages = traceRun(evidence, facts);
      figure(stages.map(({ id, certainty, from, millis }) => `${id} ${certainty} ${from ?? '?'}+${millis ?? '?'}`).join(', '));
      const certainty = Object.fromEntries(stages.map((stage) => [stage.id, stage.certainty]));
      expect(certainty).toEqual({ request: 'observed', pull: pulls ? 'observed' : 'absent', containerd: 'inferred', shim: 'observed', runtime: 'observed', process: 'observed', exit: 'observed' });
      // What the engine says of it, asked by somebody else.
      const events = (await bench().docker('events', '--since', String(since), '--until', String(Date.now() / 1000 + 1), '--filter', `container=${result.id}`, '--format', '{{.Action}} {{.TimeNano}} {{index .Actor.Attributes "exitCode"}}')).split('\n').map((line) => line.split(' '));
      expect(evidence.events.filter(({ action }) => action !== 'pull').map(({ action, engineAt }) => [action, Math.floor(engineAt)])).toEqual(events.map(([action, nanos]) => [action, Math.floor(Number(nanos) / 1e6)]));
      expect(events.at(-1)).toMatchObject({ 0: 'die', 2: '0' });
      const [shim, runtime] = ['shim', 'runtime'].map((role) => evidence.sightings.find((sighting) => sighting.role === role));
      expect(shim?.command).toContain(result.id);
      expect(runtime?.parent).toBe(shim?.pid);
      expect(evidence.requests.every(({ status }) => status !== undefined && (status < 300 || status === 404))).toBe(true);
      if (pulls) {
        mkdirSync('test-results', { recursive: true });
        // media/recorded-run.json is such a file.
        writeFileSync('test-results/recorded-run.json', `${JSON.stringify({ ...runRecorder.finish(result, facts), evidence }, undefined, 2)}\n`);
      }
    }
    await bench().docker('rm', ...names);
    await bench().docker('rmi', 'hello-world');
  });
});

describe('an X-ray', () => {
  const bench = useBench('busybox');

  test('has the kernel\'s own numbers, and the layers of docker inspect', async () => {
    const { docker, engine } = bench();
    const id = await docker('run', '-d', '--memory', '64m', '--pids-limit', '50', '--cap-add', 'NET_ADMIN', '--volume', '/tmp:/seen:ro', 'busybox', 'sh', '-c', 'echo x > /made; sleep 1000 & wait');
    const shared = await docker('run', '-d', '--network', `container:${id}`, 'busybox', 'sleep', '1000');
    await poll('the file is there', async () => (await engine.containerChanges(id)).some(({ path }) => path === '/made'));
    const found = await xray({ engine, containerId: id, otherId: shared, local: localHost, helper: undefined });
    const [inspected] = JSON.parse(await docker('inspect', id)) as [Inspected];
    const { Pid } = inspected.State;
    expect(found.unknown).toEqual([]);
    const kinds = namespaceKinds.filter((kind) => readdirSync(`/proc/${Pid}/ns`).includes(kind));
    expect(found.namespaces.map(({ kind, inode }) => `${kind}:[${inode}]`)).toEqual(kinds.map((kind) => readlinkSync(`/proc/${Pid}/ns/${kind}`)));
    const relations = Object.fromEntries(found.namespaces.map(({ kind, relation }) => [kind, relation]));
    expect(relations).toMatchObject({ pid: 'own', mnt: 'own', net: 'shared', user: 'host' });
    const { LowerDir, UpperDir } = inspected.GraphDriver.Data;
    expect(found.layers.map(({ folder }) => folder)).toEqual([UpperDir, ...LowerDir.split(':')]);
    const [image] = JSON.parse(await docker('image', 'inspect', 'busybox')) as [Inspected];
    expect(found.layers.flatMap(({ digest }) => digest ?? [])).toEqual(image.RootFS?.Layers.toReversed());
    expect(found.layers.every(({ kind, sizeBytes }) => kind !== 'image' || (sizeBytes ?? 0) > 0)).toBe(true);
    expect(found.changes).toContainEqual({ path: '/made', kind: 'added' });
    expect(found.writtenBytes).toBeGreaterThan(0);
    expect(found.processes.map(({ inside, command }) => [inside, command])).toEqual([[1, expect.stringContaining('sh -c')], [expect.any(Number), 'sleep 1000']]);
    expect(found.processes.map(({ pid }) => readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id))).toEqual([true, true]);
    expect(found.groups.some(({ path }) => path.includes(id))).toBe(true);
    expect(found.capabilities).toMatchObject({ privileged: false, added: ['NET_ADMIN'] });
    expect(found.capabilities.effective).toContain('NET_ADMIN');
    expect(found.capabilities.effective).not.toContain('SYS_ADMIN');
    expect(found.mounts).toEqual([{ kind: 'bind', source: '/tmp', destination: '/seen', writable: false }]);
    expect(found.networks[0]?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(found.limits.map(({ value }) => value)).toEqual(['none', '67 MB', '50']);
    await docker('rm', '-f', id, shared);
  });

  test('through a helper container tells the same as this machine\'s own /proc', async () => {
    const { docker, engine } = bench();
    const id = await docker('run', '-d', 'busybox', 'sleep', '1000');
    const helper = await HelperHost.open({ engine, image: 'busybox' });
    try {
      const elsewhere = { read: () => Promise.reject(new Error('another machine')), readlink: () => Promise.reject(new Error('another machine')) };
      const ours = await xray({ engine, containerId: id, otherId: undefined, local: localHost, helper: undefined });
      const theirs = await xray({ engine, containerId: id, otherId: undefined, local: elsewhere, helper });
      expect(theirs).toEqual({ ...ours, source: 'helper' });
      expect((await xray({ engine, containerId: id, otherId: undefined, local: elsewhere, helper: undefined })).unknown).toEqual([expect.stringContaining('on another machine')]);
    } finally {
      await helper.close();
      await docker('rm', '-f', id);
    }
  });

  test('counts are those of the docker command', async () => {
    const { docker, engine } = bench();
    const id = await docker('run', '-d', 'busybox', 'sleep', '1000');
    const volume = await docker('volume', 'create');
    const lines = async (...args: string[]): Promise<number> => (await docker(...args)).split('\n').filter((line) => line !== '').length;
    expect(await engine.counts()).toEqual({ images: await lines('images', '-q'), containers: 1, running: 1, networks: await lines('network', 'ls', '-q'), volumes: await lines('volume', 'ls', '-q') });
    await docker('rm', '-f', id);
    await docker('volume', 'rm', volume);
  });

  test('containers are measured, and none stays, not even when it is cancelled', async () => {
    const { engine, docker } = bench();
    const measured = await measure({ engine, image: 'busybox', clock: systemClock, onRun: () => { }, signal: never });
    figure(`start to first output: ${measured.startMillis.map((millis) => millis.toFixed(0)).join(', ')} ms; waiting: ${((measured.idleBytes ?? 0) / 1e6).toFixed(1)} MB; image ${((measured.imageBytes ?? 0) / 1e6).toFixed(1)} MB`);
    expect(measured.startMillis).toHaveLength(measuredRuns);
    expect(measured.kernelInside).toBe(measured.kernelOutside);
    expect(measured.idleBytes).toBeGreaterThan(0);
    expect(measured.images).toEqual([{ tag: 'busybox:latest', bytes: Number(await docker('image', 'inspect', '--format', '{{.Size}}', 'busybox')) }]);
    const cancel = new AbortController();
    await expect(measure({ engine, image: 'busybox', clock: systemClock, onRun: (run) => { if (run === 2) { cancel.abort(); } }, signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
