import { URLSearchParams } from 'node:url';
import { startDockerd } from './docker/dockerd.mjs';
import { LAB_IMAGES, buildImages } from './docker/images.mjs';
import { request } from './docker/http.mjs';
import { startRegistry } from './docker/registry.mjs';
import { startSlowRegistry } from './docker/slowRegistry.mjs';

/**
 * @typedef {object} Engine
 * @property {string} host   as DOCKER_HOST wants it
 * @property {string} socket
 * @property {import('./docker/dockerd.mjs').Dockerd} dockerd
 * @property {{ port: number, url: string }} registry
 * @property {(options?: { remove?: boolean }) => Promise<void>} close ends what no other process uses; `remove` also
 *   deletes the engine's images and containers
 */

/**
 * A whole Docker engine: a daemon, and a registry in front of Docker Hub that serves the lab's stand-ins for
 * hello-world, busybox, python:3 and python:3-alpine under those names.
 * @param {object} [options]
 * @param {string} [options.name]            several engines may be open under several names
 * @param {boolean} [options.fresh]          without the images and containers of earlier runs
 * @param {boolean} [options.keepImages]     pull the images in advance; otherwise the first use of each pulls it
 * @param {number} [options.bytesPerSecond]  slows the pull of each layer down
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<Engine>}
 */
export async function openEngine({ name = 'main', fresh = false, keepImages = false, bytesPerSecond, log = () => {} } = {}) {
  /** @type {(() => Promise<unknown>)[]} */
  const opened = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const registry = await startRegistry({ log });
    opened.push(() => registry.stop());
    await buildImages({ registry, log });
    const mirror = bytesPerSecond ? await startSlowRegistry({ upstreamPort: registry.port, bytesPerSecond }) : registry;
    if (mirror !== registry) opened.push(() => mirror.stop());
    log(`starting the engine "${name}"`);
    const dockerd = await startDockerd({ name, mirror: mirror.url, fresh, log });
    let remove = false;
    opened.push(() => dockerd.stop({ remove }));
    if (keepImages) for (const image of LAB_IMAGES) await pull(dockerd.socket, image);
    return {
      host: dockerd.host,
      socket: dockerd.socket,
      dockerd,
      registry,
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

/**
 * @param {string} socketPath
 * @param {string} image
 */
async function pull(socketPath, image) {
  const [name, tag] = image.split(':');
  const { status, body } = await request({ socketPath }, `/images/create?${new URLSearchParams({ fromImage: name, tag })}`, { method: 'POST' });
  // A pull that fails half-way has begun its answer with 200 and ends it with an error.
  if (status !== 200 || body.includes('"error"')) throw new Error(`Pulling ${image} failed (${status}): ${body.trimEnd().split('\n').at(-1)}`);
}
