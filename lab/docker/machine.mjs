import { existsSync, mkdirSync } from 'node:fs';
import { onExit } from '../cleanup.mjs';
import { ensurePackages } from '../packages.mjs';
import { run } from '../processes.mjs';

/**
 * Another machine, as far as the network can tell: a network namespace with an address and a host name of its own.
 * Files, processes and cgroups are this machine's. What happens to its network is gone with it.
 * @typedef {object} Machine
 * @property {string} name
 * @property {string} hostname
 * @property {string} address  of the machine, as seen from here
 * @property {string} gateway  of this machine, as seen from there
 * @property {(program: string, args: string[]) => [string, string[]]} wrap how to start a program there
 * @property {() => Promise<void>} cut    loses every packet silently, as a broken line does
 * @property {() => Promise<void>} mend
 * @property {() => Promise<void>} remove what runs there is to be ended before
 */

/**
 * Not `ip netns exec`: it mounts /sys anew and so hides /sys/fs/cgroup from what it starts.
 * @param {string} hostname
 * @returns {Promise<Machine>}
 */
export async function addMachine(hostname) {
  await ensurePackages({ iproute2: 'ip', iptables: 'iptables' });
  const { name, number } = await claimNamespace();
  const namespace = `/run/netns/${name}`;
  const enter = (/** @type {string} */ program, /** @type {string[]} */ ...args) => run('nsenter', [`--net=${namespace}`, program, ...args]);
  const gateway = `10.215.${number}.1`;
  const address = `10.215.${number}.2`;
  const outer = `${name}-out`;
  // The pair of links is gone with the namespace.
  const remove = async () => {
    forget();
    if (existsSync(namespace)) await run('ip', ['netns', 'delete', name]);
  };
  const forget = onExit(remove);
  try {
    await run('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
    await run('ip', ['address', 'add', `${gateway}/24`, 'dev', outer]);
    await run('ip', ['link', 'set', outer, 'up']);
    await enter('ip', 'link', 'set', 'lo', 'up');
    await enter('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    await enter('ip', 'link', 'set', 'eth0', 'up');
    // No route further on: a daemon there looks docker.io up before each pull, and is to fail at once instead of waiting.
    // Forwarding, or dockerd warns of its absence with every container.
    await enter('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  } catch (error) {
    await remove();
    throw error;
  }
  const lose = (/** @type {string} */ action) => enter('iptables', action, 'INPUT', '-i', 'eth0', '-j', 'DROP');
  return {
    name,
    hostname,
    address,
    gateway,
    wrap: (program, args) => [
      'nsenter',
      [`--net=${namespace}`, 'unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', hostname, program, ...args],
    ],
    cut: async () => void (await lose('-I')),
    mend: async () => void (await lose('-D')),
    remove,
  };
}

/** Making a namespace is what claims its number and so its addresses. */
async function claimNamespace() {
  mkdirSync('/run/netns', { recursive: true });
  const links = await run('ip', ['-o', 'link']);
  for (let number = 0; number < 256; number++) {
    const name = `hclm${number}`;
    if (existsSync(`/run/netns/${name}`) || links.includes(` ${name}-out@`)) continue;
    try {
      await run('ip', ['netns', 'add', name]);
      return { name, number };
    } catch (error) {
      if (!/File exists/.test(error.message)) throw error;
    }
  }
  throw new Error('No network 10.215.*.0/24 is free on this machine.');
}
