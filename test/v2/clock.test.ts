import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { LocalHost } from '../../src/cgroup/localHost';
import { connect } from '../../src/engine/connect';
import { EngineConnection } from '../../src/engine/connection';
import { startCpuDemo } from '../../src/engine/cpuDemo';
import { parseEndpoint } from '../../src/engine/endpoint';
import { LimitHistory } from '../../src/engine/limitHistory';
import { LiveSession } from '../../src/webviews/liveSession';
import { figure } from '../engine/bench';
import { until } from '../engine/until';
import { address, demoImage, program, removeContainers, ssh } from './machine';

/** Moves that machine's clock. @returns how long it took, in milliseconds: so uncertain is when it happened */
async function setClock(bySeconds: number): Promise<number> {
  const from = performance.now();
  await ssh('root', 'date', '--set', `@${(Date.now() / 1_000 + bySeconds).toFixed(3)}`);
  return performance.now() - from;
}

test('while its machine\'s clock is set an hour forward, back by two, and right again, the live page goes on in order and the view stays right', async () => {
  const connection = new EngineConnection({
    log: silentLog, connect: (endpoint, signal) => connect(endpoint, { signal, pingMillis: 60_000 }),
    findCandidates: () => Promise.resolve([{ endpoint: parseEndpoint(address.dockerHost, address.tls), reason: 'test' }]),
  });
  onTestFinished(() => connection.dispose());
  const engine = await connection.engine();
  onTestFinished(() => removeContainers(engine));
  const { id } = await startCpuDemo({ engine, image: demoImage, imageChosen: true, program, onPull: () => expect.fail('it is there'), onPulled: () => { }, signal: new AbortController().signal });
  const limits = new LimitHistory(connection.containers, systemClock);
  const session = new LiveSession({ connection, limits, containerId: id, host: new LocalHost(), clock: systemClock, log: silentLog, l10nBundle: undefined });
  onTestFinished(() => { session.dispose(); limits.dispose(); });
  const begun = Date.now();
  const samples: { at: number; cores: number | null; heard: number }[] = [];
  const rates: { at: number; heard: number }[] = [];
  session.onMessage((message) => {
    const heard = Date.now();
    if (message.type === 'samples') { samples.push(...message.samples.map((sample) => ({ ...sample, heard }))); }
    if (message.type === 'rates') { rates.push(...message.rates.map((rate) => ({ ...rate, heard }))); }
  });
  const more = async (what: string): Promise<void> => {
    const [had, rated] = [samples.length, rates.length];
    await until(session.onMessage, `${what}: the live page goes on`, () => samples.length >= had + 3 && rates.length >= rated + 2, 120_000);
    figure(`${what}: samples ${samples.slice(had).map(({ at, heard }) => at - heard).join(' ')} ms, lines ${rates.slice(rated).map(({ at, heard }) => at - heard).join(' ')} ms before they were told`);
  };
  await more('before');
  for (const [what, by] of [['an hour forward', 3_600], ['two hours back', -3_600], ['right again', 0]] as const) {
    figure(`${what}: set in ${(await setClock(by)).toFixed(0)} ms`);
    await more(what);
    await engine.pauseContainer(id);
    await until(connection.containers.onDidChange, 'paused, in the view', () => connection.containers.get(id)?.state === 'paused', 5_000);
    await engine.unpauseContainer(id);
    await until(connection.containers.onDidChange, 'running, in the view', () => connection.containers.get(id)?.state === 'running', 5_000);
  }
  const told = [...samples, ...rates].map(({ at }) => at);
  expect(Math.min(...told)).toBeGreaterThan(begun - 60_000);
  expect(Math.max(...told)).toBeLessThan(Date.now() + 1_000);
  for (const series of [samples, rates]) { expect(series.map(({ at }) => at)).toEqual(series.map(({ at }) => at).sort((a, b) => a - b)); }
  // The program never uses more than one core: a clock that jumps is not CPU time.
  expect(Math.max(...samples.map(({ cores }) => cores ?? 0))).toBeLessThan(1.5);
});
