import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSwarm } from '../../lab/docker/swarm.mjs';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { connect } from '../../src/engine/connect';
import { createContext } from '../../src/engine/contextStore';
import { parseEndpoint } from '../../src/engine/endpoint';
import { Engines } from '../../src/engine/engines';
import { readBackLimits } from '../../src/engine/swarm/readBack';
import type { SwarmApi, SwarmNode, SwarmState } from '../../src/engine/swarm/swarm';
import { healingOf, isConverging, runningOf, tasksOf } from '../../src/engine/swarm/swarmModel';
import { type ManagedSwarm, Swarms } from '../../src/engine/swarm/swarms';
import { figure } from './bench';
import { until } from './until';

type Swarm = Awaited<ReturnType<typeof openSwarm>>;

const service = 'web';
const minute = 60_000;

/** One swarm through a whole life, so that it is made once: each test begins where the one before ended. */
describe('a swarm of three engines, each in a network of its own', { timeout: 3 * minute }, () => {
  let lab: Swarm;
  let home: string;
  let engines: Engines;
  let swarms: Swarms;
  let id: string;

  beforeAll(async () => {
    lab = await openSwarm({ count: 3 });
    home = await mkdtemp(join(tmpdir(), 'hc-swarm-'));
    const [manager, , third] = lab.hosts;
    await createContext(join(home, '.docker'), 'third', parseEndpoint(third?.dockerd.host ?? expect.fail()));
    engines = new Engines({
      log: silentLog, clock: systemClock, connect: (endpoint, signal) => connect(endpoint, { signal }),
      finderInput: () => ({ setting: manager?.dockerd.host ?? '', env: {}, platform: process.platform, homeDir: home }),
    });
    swarms = new Swarms(engines);
    swarms.watched = true;
    engines.start();
    await until(engines.onDidChangeState, 'both engines are known', () => engines.all.filter(({ facts }) => facts !== undefined).length === 2);
  });
  afterAll(async () => {
    swarms.dispose();
    engines.dispose();
    await lab.close({ remove: true });
    await rm(home, { recursive: true, force: true });
  });

  const managed = (): ManagedSwarm => swarms.all[0] ?? expect.fail('no swarm is known');
  const api = (): SwarmApi => {
    const { state } = engines.used?.connection ?? expect.fail();
    return state.kind === 'connected' ? state.engine.swarm : expect.fail('the manager is not connected');
  };
  const docker = (...args: string[]): Promise<string> => lab.hosts[0]?.docker(...args) ?? expect.fail();
  const becomes = async (what: string, look: (state: SwarmState) => boolean): Promise<SwarmState> => {
    const begun = performance.now();
    const found = await until(swarms.onDidChange, what, () => {
      const state = swarms.all[0]?.model.state;
      return state !== undefined && look(state) && state;
    }, 2 * minute);
    figure(`${what}: after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return found;
  };
  const node = (state: SwarmState, hostname: string): SwarmNode | undefined => state.nodes.find((one) => one.hostname === hostname);
  const on = (state: SwarmState, hostname: string): number => state.tasks.filter((task) => task.nodeId === node(state, hostname)?.id && task.state === 'running' && task.desiredState === 'running').length;

  /** What the view shows, in the words of "docker service ps". */
  const shown = (state: SwarmState): string[] => tasksOf(state, id).map((task) => [task.id, state.nodes.find((one) => one.id === task.nodeId)?.hostname ?? '', task.desiredState, task.state].join(' '));
  const equalsDocker = async (): Promise<void> => {
    const state = await becomes('all is as it is wanted', (now) => !isConverging(now));
    const said = (await docker('service', 'ps', '--no-trunc', '--format', '{{.ID}} {{.Node}} {{.DesiredState}} {{.CurrentState}}', service)).split('\n')
      .map((line) => line.toLowerCase().split(' ').slice(0, 4).join(' '));
    expect(shown(state).sort()).toEqual(said.sort());
  };

  it('is nothing, and asked for nothing, before there is one', () => {
    expect(swarms.all).toEqual([]);
    expect(engines.all.flatMap(({ recorder }) => recorder.requests.map(({ path }) => path)).filter((path) => /^\/(swarm|nodes|tasks|services)/.test(path))).toEqual([]);
  });

  it('appears when a terminal makes it, with its nodes', async () => {
    await lab.join();
    const state = await becomes('three nodes are ready', ({ nodes }) => nodes.filter((one) => one.state === 'ready').length === 3);
    expect(state.nodes.map(({ hostname, role }) => `${hostname} ${role}`).sort()).toEqual(['swarm-1 manager', 'swarm-2 worker', 'swarm-3 worker']);
  });

  it('runs a service, scaled from 1 to 6 to 2', async () => {
    id = await api().createService({ name: service, image: 'busybox:latest', command: ['sh', '-c', 'echo "a task speaks"; exec sleep 1000000'], replicas: 1, labels: {} });
    await becomes('1 task runs', (state) => runningOf(state, id) === 1);
    expect(await api().scale(id, 6)).toBe(1);
    await becomes('6 tasks run', (state) => runningOf(state, id) === 6);
    await equalsDocker();
    await api().scale(id, 2);
    await becomes('2 tasks run', (state) => runningOf(state, id) === 2 && !isConverging(state));
    await equalsDocker();
  });

  it('is limited to 10 % by a rolling update, which the nodes\' own engines confirm, and has it undone', async () => {
    await api().scale(id, 3);
    await becomes('3 tasks run', (state) => runningOf(state, id) === 3 && !isConverging(state));
    const limited = (nanoCpus: number) => (state: SwarmState): boolean => !isConverging(state) && runningOf(state, id) === 3
      && state.tasks.filter((task) => task.serviceId === id && task.desiredState === 'running').every((task) => task.nanoCpus === nanoCpus);
    const before = await api().setNanoCpus(id, 1e8);
    expect(before).toBe(0);
    await becomes('the update is under way', (state) => state.services.some(({ update }) => update.state === 'updating'));
    const state = await becomes('3 tasks with the limit run', limited(1e8));
    const { read, unreachable } = await readBackLimits(swarms, managed(), id);
    expect(read.map(({ cores }) => cores)).toEqual(read.map(() => 0.1));
    // Two of the three nodes' engines are ours.
    expect(read.length).toBe(on(state, 'swarm-1') + on(state, 'swarm-3'));
    expect(read.length + unreachable.length).toBe(3);
    await api().setNanoCpus(id, before);
    await becomes('3 tasks without a limit run', limited(0));
    expect((await readBackLimits(swarms, managed(), id)).read.map(({ cores }) => cores)).toEqual(read.map(() => undefined));
    await equalsDocker();
  });

  it('tells what the tasks write', async () => {
    const stop = new AbortController();
    let text = '';
    for await (const { data } of await api().serviceLogs({ id, tty: false }, 10, stop.signal)) {
      text += Buffer.from(data).toString();
      if (text.includes('a task speaks')) { break; }
    }
    stop.abort();
    expect(text).toContain('a task speaks');
  });

  it('heals itself: a container that is killed is replaced, in a time that is told', async () => {
    const state = managed().model.state ?? expect.fail();
    const victim = state.tasks.find((task) => task.serviceId === id && task.state === 'running' && swarms.engineOfNode(task.nodeId) !== undefined) ?? expect.fail();
    const { state: at } = swarms.engineOfNode(victim.nodeId)?.connection ?? expect.fail();
    if (at.kind !== 'connected') { expect.fail(); }
    await at.engine.killContainer(victim.containerId, 'SIGKILL');
    const healed = healingOf(await becomes('another runs in its place', (now) => healingOf(now, id)?.failed.id === victim.id), id) ?? expect.fail();
    figure(`killed and replaced, by the nodes' clocks: ${(healed.millis / 1000).toFixed(1)} s`);
    expect(healed.failed.exitCode).toBe(137);
    await equalsDocker();
  });

  it('drains a node and gives it back', async () => {
    const drained = node(managed().model.state ?? expect.fail(), 'swarm-3') ?? expect.fail();
    await api().setAvailability(drained.id, 'drain');
    const state = await becomes('the node has no tasks', (now) => node(now, 'swarm-3')?.availability === 'drain' && on(now, 'swarm-3') === 0 && runningOf(now, id) === 3 && !isConverging(now));
    expect(on(state, 'swarm-1') + on(state, 'swarm-2')).toBe(3);
    await equalsDocker();
    await api().setAvailability(drained.id, 'active');
    await becomes('the node is active', (now) => node(now, 'swarm-3')?.availability === 'active');
  });

  it('says that a node that is cut off is down, and where its tasks went', async () => {
    const cut = lab.hosts[1] ?? expect.fail();
    const cutAt = performance.now();
    await cut.cut();
    const state = await becomes('the cut node is down', (now) => node(now, 'swarm-2')?.state === 'down');
    expect(node(state, 'swarm-2')?.message).not.toBe('');
    await becomes('its tasks run elsewhere', (now) => runningOf(now, id) === 3 && on(now, 'swarm-2') === 0 && !isConverging(now));
    await equalsDocker();
    // Thirty seconds in all.
    await new Promise((resolve) => { setTimeout(resolve, Math.max(0, 30_000 - (performance.now() - cutAt))); });
    await cut.mend();
    await becomes('it is ready again', (now) => node(now, 'swarm-2')?.state === 'ready' && !isConverging(now));
    await equalsDocker();
  });

  it('is there again after its manager was restarted', async () => {
    const restarted = lab.hosts[0]?.dockerd.restart();
    await until(engines.onDidChangeState, 'the manager is away', () => engines.used?.connection.state.kind !== 'connected' && swarms.all.length === 0, minute);
    await restarted;
    await becomes('the manager answers', (now) => now.nodes.every((one) => one.state === 'ready') && runningOf(now, id) === 3 && !isConverging(now));
    await equalsDocker();
  });

  it('is gone when the engine leaves it', async () => {
    await api().leave(true);
    await engines.refreshFacts(engines.used ?? expect.fail());
    expect(swarms.all).toEqual([]);
    expect(engines.used?.facts?.swarm).toBeUndefined();
  });
});
