import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { findContainerGroup } from '../../src/cgroup/containerCounters';
import type { CgroupHost } from '../../src/cgroup/host';
import { setCpuLimit } from '../../src/engine/cpuLimit';
import type { EngineConnection } from '../../src/engine/connection';
import { LimitHistory } from '../../src/engine/limitHistory';
import { LiveSession } from '../../src/webviews/liveSession';
import type { LiveAccount, LiveMarker, LiveRate, LiveSample, ToLivePage } from '../../src/webviews/protocol';
import { demo, demoImage, disposeAfterTest, expectTenth, figure, localHost, nextRates, openSockets, useBench } from './bench';
import { pause, poll, until } from './until';

/** This machine, with what was read of its control groups counted. */
class CountingHost implements CgroupHost {
  reads = 0;

  read(path: string): Promise<string> {
    if (path.startsWith('/sys/fs/cgroup/')) { this.reads += 1; }
    return localHost.read(path);
  }
}

/** A machine that does not own the container. */
const strangeHost: CgroupHost = { read: (path) => Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })) };

/** A session, with all that it said. */
function watch(connection: EngineConnection, containerId: string, host: CgroupHost = localHost) {
  const limits = disposeAfterTest(new LimitHistory(connection.containers, systemClock));
  const session = disposeAfterTest(new LiveSession({ connection, limits, containerId, host, clock: systemClock, log: silentLog, l10nBundle: undefined }));
  const messages: ToLivePage[] = [];
  session.onMessage((message) => messages.push(message));
  return {
    session, messages,
    samples: (): LiveSample[] => messages.flatMap((message) => message.type === 'samples' ? message.samples : []),
    rates: (): LiveRate[] => messages.flatMap((message) => message.type === 'rates' ? message.rates : []),
    markers: (): LiveMarker[] => messages.flatMap((message) => message.type === 'marker' ? [message.marker] : []),
    states: () => messages.flatMap((message) => message.type === 'state' ? [message.state] : []),
    until: <T>(what: string, look: () => T | undefined | false, millis?: number) => until(session.onMessage, what, look, millis),
    accountOver: (periods: number): Promise<LiveAccount> => until(session.onMessage, `an account of ${periods} periods`, () => {
      const { account } = session.figures();
      return account !== null && account.periods >= periods && account;
    }, 40_000),
  };
}

describe('the control group of a container', () => {
  const bench = useBench('busybox');

  test('is found by its process, and only by its own', async () => {
    const { engine } = bench();
    const [id, other] = [await bench().sleeper(), await bench().sleeper()];
    const [{ pid }, { pid: otherPid }] = [await engine.inspectContainer(id), await engine.inspectContainer(other)];
    const group = await findContainerGroup(localHost, id, pid);
    expect(group?.dir).toContain(id);
    for (const wrong of [otherPid, process.pid, 1, 0, -1, 4_000_000]) { expect(await findContainerGroup(localHost, id, wrong)).toBeUndefined(); }
    await bench().removeContainers();
    expect(await findContainerGroup(localHost, id, pid)).toBeUndefined();
  });
});

describe('the live page of a container', () => {
  const bench = useBench('busybox', demoImage);

  test('reads its files five times a second, its log from before, and follows limits, stops and starts', async () => {
    const { engine, docker } = bench();
    const { id } = await demo(engine);
    await nextRates(engine, id, 3);
    const connection = await bench().connected();
    const live = watch(connection, id);
    await live.until('the first sample', () => live.samples().length > 0);
    expect(live.session.snapshot()).toMatchObject({ type: 'init', name: 'cpu-demo', image: demoImage, source: 'cgroup', state: 'running' });
    await live.until('rates of before', () => live.rates().length >= 3);
    expect(live.rates()[0]?.at).toBeLessThan(live.samples()[0]?.at ?? 0);

    const [count, from] = [live.samples().length, performance.now()];
    await live.until('three seconds of samples', () => performance.now() - from >= 3_000);
    const seen = live.samples().length - count;
    figure(`${seen} readings in 3 s`);
    expect(seen).toBeGreaterThanOrEqual(12);
    expect(seen).toBeLessThanOrEqual(16);
    expect(live.markers()).toEqual([]);
    expect(live.session.figures()).toMatchObject({ capCores: null, ratio: null, throttledShare: null });

    // In a terminal, not by us.
    const limitedFrom = Date.now();
    await docker('update', '--cpu-period', '100000', '--cpu-quota', '10000', id);
    const done = Date.now();
    const marker = await live.until('the marker', () => live.markers()[0], 1_000);
    figure(`"docker update" took ${done - limitedFrom} ms, the marker is at ${marker.at - limitedFrom} ms`);
    expect(marker).toMatchObject({ capCores: 0.1, label: '10 % of a core' });
    expect(marker.at).toBeGreaterThanOrEqual(limitedFrom);
    expect(marker.at).toBeLessThan(done + 1_000);
    const account = await live.accountOver(50);
    expect(live.markers()).toHaveLength(1);
    expectTenth('the page\'s account', account);
    const { ratio, baselineRate, currentRate } = await live.until('both means', () => {
      const figures = live.session.figures();
      return figures.ratio !== null && figures;
    });
    figure(`the page's ratio: ${ratio?.toFixed(3)} (${baselineRate?.toFixed(2)}/s, ${currentRate?.toFixed(2)}/s)`);
    expect(ratio).toBeLessThan(0.6);

    await docker('stop', '-t', '20', id);
    await live.until('stopped', () => live.states().at(-1) === 'stopped');
    await live.until('a gap', () => live.samples().at(-1)?.cores === null);
    const before = live.samples().length;
    const rates = live.rates().length;
    await docker('start', id);
    await live.until('running', () => live.states().at(-1) === 'running');
    await live.until('samples again', () => (live.samples().at(-1)?.cores ?? null) !== null && live.samples().length > before + 5);
    await live.until('rates again', () => live.rates().length > rates + 1);
    const at = live.rates().map((rate) => rate.at);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(new Set(at).size).toBe(at.length);
    expect(live.session.figures()).toMatchObject({ capCores: 0.1 });
    expect(live.markers()).toHaveLength(1);

    // A restart, which may be over before anybody asks.
    const samples = live.samples().length;
    await docker('restart', '-t', '0', id);
    await live.until('samples after a restart', () => live.samples().slice(samples).filter(({ cores }) => cores !== null).length > 5);
    expect(live.samples().slice(samples).some(({ cores }) => cores === null)).toBe(true);
    expect(live.session.figures().account?.cores).toBeLessThan(0.2);
    await docker('rm', '-f', id);
    await live.until('removed', () => live.states().at(-1) === 'removed');
  });

  test('marks a limit lifted by us as no limit, whichever way it was given', async () => {
    const { engine, docker } = bench();
    const connection = await bench().connected();
    const id = await docker('run', '-d', '--init', '--cpus', '0.2', 'busybox', 'sh', '-c', 'while :; do :; done');
    await bench().follow(connection, id)('running', ({ state }) => state === 'running');
    const live = watch(connection, id);
    await live.until('the limit', () => live.session.figures().capCores === 0.2);
    await setCpuLimit(engine, id, undefined);
    expect(await live.until('the marker', () => live.markers()[0])).toMatchObject({ capCores: null, label: 'no limit' });
    await setCpuLimit(engine, id, 0.1);
    expect(await live.until('the second marker', () => live.markers()[1])).toMatchObject({ capCores: 0.1 });
    await docker('rm', '-f', id);
  });

  test('shows a paused container as paused, without CPU', async () => {
    const { engine, docker } = bench();
    const { id } = await demo(engine);
    const connection = await bench().connected();
    const live = watch(connection, id);
    await live.until('work', () => (live.samples().at(-1)?.cores ?? 0) > 0.1);
    await docker('pause', id);
    await live.until('paused', () => live.states().at(-1) === 'paused');
    await live.until('no CPU', () => live.samples().at(-1)?.cores === 0);
    await docker('unpause', id);
    await live.until('running', () => live.states().at(-1) === 'running');
    await live.until('work again', () => (live.samples().at(-1)?.cores ?? 0) > 0.1);
    await docker('rm', '-f', id);
  });

  test('reads nothing and holds nothing open once it is closed', async () => {
    const { engine } = bench();
    const { id } = await demo(engine);
    const connection = await bench().connected();
    const host = new CountingHost();
    const live = watch(connection, id, host);
    await live.until('samples and rates', () => live.samples().length > 3 && live.rates().length > 0);
    expect(host.reads).toBeGreaterThan(0);
    const open = openSockets();
    live.session.dispose();
    const told = live.messages.length;
    // What was being read when the page closed may still end.
    await new Promise((resolve) => { setImmediate(resolve); });
    await pause(50);
    const { reads } = host;
    await pause(1_500);
    expect(host.reads).toBe(reads);
    expect(live.messages).toHaveLength(told);
    await poll('the log is closed', () => openSockets() <= open - 1);
    await bench().removeContainers();
  });

  test('takes the engine\'s counters where the files are not ours', async () => {
    const { engine } = bench();
    const { id } = await demo(engine);
    await setCpuLimit(engine, id, 0.1);
    const connection = await bench().connected();
    await bench().follow(connection, id)('its limit is known', ({ cpuLimit }) => cpuLimit?.cores === 0.1);
    const live = watch(connection, id, strangeHost);
    await live.until('the first sample', () => live.samples().length > 0);
    expect(live.session.snapshot()).toMatchObject({ source: 'stats', state: 'running' });
    const account = await live.accountOver(50);
    expectTenth('the account from stats', account, 0.01);
    const times = live.samples().map(({ at }) => at);
    const between = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
    figure(`a sample every ${between.toFixed(0)} ms from stats`);
    expect(between).toBeGreaterThan(800);
    expect(between).toBeLessThan(1_500);
    expect(Math.abs((times.at(-1) ?? 0) - Date.now())).toBeLessThan(2_500);

    await bench().docker('update', '--cpu-quota', '20000', id);
    expect(await live.until('the marker', () => live.markers()[0])).toMatchObject({ capCores: 0.2 });
    const open = openSockets();
    live.session.dispose();
    await poll('log and stats are closed', () => openSockets() <= open - 2);
    await bench().removeContainers();
  });
});
