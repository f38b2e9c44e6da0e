import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { run } from '../processes.mjs';
import { startDockerd } from './dockerd.mjs';
import { saveImages } from './images.mjs';
import { addMachine } from './machine.mjs';
import { addBridge, removeBridge } from './network.mjs';

const execute = promisify(execFile);

/** The port of the swarm's managers, Docker's own. */
const SWARM_PORT = 2377;

/**
 * @typedef {object} SwarmHost
 * @property {import('./machine.mjs').Machine} machine
 * @property {import('./dockerd.mjs').Dockerd} dockerd
 * @property {string} address              among the swarm's machines
 * @property {(...args: string[]) => Promise<string>} docker  the docker command with this engine
 * @property {() => Promise<void>} cut     loses every packet to and from the other machines; its engine can still be asked over its socket
 * @property {() => Promise<void>} mend
 *
 * @typedef {object} Swarm
 * @property {SwarmHost[]} hosts           not in a swarm yet, unless it was asked for
 * @property {() => Promise<void>} join    makes the first a manager and the others workers
 * @property {(options?: { remove?: boolean }) => Promise<void>} close
 */

/**
 * Docker engines that can be one swarm: each in a network namespace of its own (see machine.mjs), all at one bridge. Services without
 * published ports run there; the routing mesh needs the kernel's vxlan and ipvs, which not every machine of ours has.
 * @param {{ name?: string, count?: number, log?: (line: string) => void }} [options]
 * @returns {Promise<Swarm>}
 */
export async function openSwarm({ name = 'swarm', count = 3, log } = {}) {
  /** @type {(() => Promise<unknown>)[]} */
  const opened = [];
  let remove = true;
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const bridge = await addBridge();
    opened.push(() => removeBridge(bridge));
    const network = /inet (10\.214\.\d+)\./.exec(await run('ip', ['-4', '-o', 'address', 'show', 'dev', bridge]))?.[1];
    const folder = await mkdtemp(join(tmpdir(), 'hcl-swarm-'));
    opened.push(() => rm(folder, { recursive: true, force: true }));
    const archive = join(folder, 'images.tar');
    await saveImages({ file: archive, log });
    /** @type {SwarmHost[]} */
    const hosts = [];
    for (let number = 0; number < count; number++) {
      const machine = await addMachine(`${name}-${number + 1}`);
      opened.push(() => machine.remove());
      const address = `${network}.${number + 10}`;
      await plugIn(machine, bridge, address);
      const dockerd = await startDockerd({
        name: `${name}-${number + 1}`,
        fresh: true,
        // The network is the machine's own: its default bridge is in nobody's way.
        settings: { bridge: '', bip: '172.28.0.1/16' },
        cgroupParent: `docker-${machine.name}`,
        wrap: machine.wrap,
        log,
      });
      opened.push(() => dockerd.stop({ remove }));
      const docker = async (/** @type {string[]} */ ...args) => (await execute('docker', ['--host', dockerd.host, ...args], { maxBuffer: 16e6 })).stdout.trim();
      const lose = async (/** @type {string} */ action) => {
        for (const [chain, way] of [['INPUT', '-i'], ['OUTPUT', '-o']]) await within(machine, 'iptables', action, chain, way, 'eth1', '-j', 'DROP');
      };
      hosts.push({ machine, dockerd, address, docker, cut: () => lose('-I'), mend: () => lose('-D') });
      await docker('load', '--input', archive);
    }
    return {
      hosts,
      async join() {
        const [first, ...others] = hosts;
        await first.docker('swarm', 'init', '--advertise-addr', first.address, '--listen-addr', `${first.address}:${SWARM_PORT}`);
        const token = await first.docker('swarm', 'join-token', '--quiet', 'worker');
        for (const { address, docker } of others) await docker('swarm', 'join', '--token', token, '--advertise-addr', address, `${first.address}:${SWARM_PORT}`);
      },
      async close(options = {}) {
        remove = options.remove ?? true;
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * A second network card, at the switch that the swarm's machines share.
 * @param {import('./machine.mjs').Machine} machine
 * @param {string} bridge
 * @param {string} address
 */
async function plugIn(machine, bridge, address) {
  const outer = `${machine.name}-swm`;
  await run('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth1', 'netns', machine.name]);
  await run('ip', ['link', 'set', outer, 'master', bridge, 'up']);
  await within(machine, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth1');
  await within(machine, 'ip', 'link', 'set', 'eth1', 'up');
}

/**
 * @param {import('./machine.mjs').Machine} machine
 * @param {string} program
 * @param {string[]} args
 */
function within(machine, program, ...args) {
  return run(...machine.wrap(program, args));
}
