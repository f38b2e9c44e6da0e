import { ensurePackages } from '../packages.mjs';
import { run } from '../processes.mjs';

/**
 * A lab engine gets a bridge of its own and is told to leave iptables and ip_forward alone (see dockerd.mjs): so it
 * never meets a Docker that the machine runs already, and what it did to the network is gone with the bridge. Its
 * containers reach each other and the machine, and published ports work; the outside they do not reach.
 */

/** Bridges hcl0, hcl1, … have the networks 10.214.0.0/24, 10.214.1.0/24, … */
const PREFIX = 'hcl';

/**
 * Makes a bridge with an address that no other engine has: making it is what claims the number.
 * @returns {Promise<string>} its name
 */
export async function addBridge() {
  await ensurePackages({ iproute2: 'ip' });
  const addresses = await run('ip', ['-4', '-o', 'address', 'show']);
  for (let number = 0; number < 256; number++) {
    const network = `10.214.${number}.`;
    if (addresses.includes(` ${network}`)) continue;
    const name = `${PREFIX}${number}`;
    try {
      await run('ip', ['link', 'add', name, 'type', 'bridge']);
    } catch (error) {
      if (/File exists/.test(error.message)) continue;
      throw error;
    }
    await run('ip', ['address', 'add', `${network}1/24`, 'dev', name]);
    await run('ip', ['link', 'set', name, 'up']);
    return name;
  }
  throw new Error(`No network 10.214.*.0/24 is free on this machine.`);
}

/** @param {string} name */
export async function hasBridge(name) {
  return (await run('ip', ['-o', 'link', 'show', 'type', 'bridge'])).includes(` ${name}: `);
}

/**
 * Removes a bridge that {@link addBridge} made; one that is gone is no error.
 * @param {string} name
 */
export async function removeBridge(name) {
  if (name.startsWith(PREFIX) && (await hasBridge(name))) await run('ip', ['link', 'delete', name]);
}
