import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labFolder } from '../paths.mjs';
import { makeCertificates } from './certs.mjs';
import { startDockerd } from './dockerd.mjs';
import { buildImages } from './images.mjs';
import { addMachine } from './machine.mjs';
import { startRegistry } from './registry.mjs';
import { startSlowRegistry } from './slowRegistry.mjs';
import { startSshd } from './sshd.mjs';

/** The port that Docker documents for TLS. */
const TLS_PORT = 2376;
const SSH_PORT = 22;
const HOSTNAME = 'docker-remote';

/**
 * @typedef {object} Remote
 * @property {import('./machine.mjs').Machine} machine    with cut() and mend() for its line
 * @property {import('./dockerd.mjs').Dockerd} dockerd
 * @property {string} tlsHost                             tcp://…, for DOCKER_HOST with DOCKER_TLS_VERIFY
 * @property {import('./certs.mjs').Certificates} certificates
 * @property {import('./sshd.mjs').Sshd} sshd
 * @property {(options?: { remove?: boolean }) => Promise<void>} close
 */

/**
 * A Docker engine on another machine (see machine.mjs), reached over TLS and over ssh, with the lab's images behind its mirror.
 * @param {{ name?: string, forwarding?: boolean, log?: (line: string) => void }} [options]
 *   name: of the engine; forwarding: whether its sshd forwards sockets
 * @returns {Promise<Remote>}
 */
export async function openRemote({ name = 'remote', forwarding = true, log } = {}) {
  /** @type {(() => Promise<unknown>)[]} */
  const opened = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const registry = await startRegistry({ log });
    opened.push(() => registry.stop());
    await buildImages({ registry, log });
    const machine = await addMachine(HOSTNAME);
    opened.push(() => machine.remove());
    const mirror = await startSlowRegistry({ upstreamPort: registry.port, address: machine.gateway });
    opened.push(() => mirror.stop());
    const keys = labFolder('remotes', name);
    opened.push(() => rm(keys, { recursive: true, force: true }));
    const certificates = await makeCertificates(join(keys, 'certificates'), [machine.address, HOSTNAME]);
    const tlsHost = `tcp://${machine.address}:${TLS_PORT}`;
    const dockerd = await startDockerd({
      name,
      mirror: mirror.url,
      hosts: [tlsHost],
      // The network is the machine's own: its default bridge is in nobody's way.
      settings: { bridge: '', bip: '172.28.0.1/16', ...certificates.settings },
      cgroupParent: `docker-${machine.name}`,
      wrap: machine.wrap,
      log,
    });
    let remove = false;
    opened.push(() => dockerd.stop({ remove }));
    const sshd = await startSshd({
      folder: join(keys, 'ssh'),
      dockerHost: dockerd.host,
      address: machine.address,
      port: SSH_PORT,
      forwarding,
      wrap: machine.wrap,
    });
    opened.push(() => sshd.stop());
    return {
      machine,
      dockerd,
      tlsHost,
      certificates,
      sshd,
      async close(options = {}) {
        remove = options.remove ?? false;
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
