import { rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { ensurePackages, findCommand } from '../packages.mjs';
import { labFolder, socketFolder } from '../paths.mjs';
import { endProcess, findProcesses, lastLines, runningPid, signal, startDaemon, waitUntil } from '../processes.mjs';
import { removeGroupsNamed } from './cgroups.mjs';
import { answers, request } from './http.mjs';
import { buildImages } from './images.mjs';
import { addMachine } from './machine.mjs';
import { unmountBelow } from './mounts.mjs';
import { startRegistry } from './registry.mjs';
import { startSlowRegistry } from './slowRegistry.mjs';

/** Podman puts its containers below this group. */
const GROUP = 'libpod_parent';

/**
 * Podman's Docker-compatible service with the lab's images behind its mirror. It has storage, settings and a network
 * (see machine.mjs) of its own. One at a time: its groups have a name that cannot be chosen.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ host: string, socket: string, pid: number, close(options?: { remove?: boolean }): Promise<void> }>}
 */
export async function openPodman({ log } = {}) {
  await ensurePackages({ podman: 'podman' }, { log });
  /** @type {(() => Promise<unknown>)[]} */
  const opened = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const registry = await startRegistry({ log });
    opened.push(() => registry.stop());
    await buildImages({ registry, log });
    const machine = await addMachine('podman');
    opened.push(() => machine.remove());
    const mirror = await startSlowRegistry({ upstreamPort: registry.port, address: machine.gateway });
    opened.push(() => mirror.stop());
    const folder = labFolder('podman');
    const sockets = socketFolder(folder, 'podman.sock');
    const socket = join(sockets, 'podman.sock');
    const pid = await start({ folder, socket, mirror: `${machine.gateway}:${mirror.port}`, wrap: machine.wrap });
    let remove = false;
    const end = async () => {
      forget();
      await stop({ folder, socket, pid });
      if (sockets !== folder) await rm(sockets, { recursive: true, force: true });
      if (remove) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    };
    const forget = onExit(end, () => signal(pid, 'SIGTERM'));
    opened.push(end);
    return {
      host: `unix://${socket}`,
      socket,
      pid,
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

/** @param {{ folder: string, socket: string, mirror: string, wrap: import('./machine.mjs').Machine['wrap'] }} options */
async function start({ folder, socket, mirror, wrap }) {
  const pidFile = join(folder, 'pid');
  const running = runningPid(pidFile, 'podman');
  if (running) await stop({ folder, socket, pid: running });
  const registries = join(folder, 'registries.conf');
  writeFileSync(
    registries,
    `unqualified-search-registries = ["docker.io"]
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "${mirror}"
insecure = true
`,
  );
  const containers = join(folder, 'containers.conf');
  writeFileSync(
    containers,
    `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
log_driver = "k8s-file"
# Podman's own default may be above what this machine allows.
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[network]
network_config_dir = ${JSON.stringify(join(folder, 'networks'))}
`,
  );
  rmSync(socket, { force: true });
  const logFile = join(folder, 'podman.log');
  const [command, args] = wrap(/** @type {string} */ (findCommand('podman')), [
    '--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp'),
    'system', 'service', '--time', '0', `unix://${socket}`,
  ]);
  const env = { ...process.env, CONTAINERS_CONF: containers, CONTAINERS_REGISTRIES_CONF: registries };
  const child = startDaemon(command, args, { logFile, env });
  const isUp = await waitUntil(async () => child.exitCode !== null || (await answers({ socketPath: socket }, '/_ping')), 20_000);
  if (!isUp || child.exitCode !== null || !child.pid) throw new Error(`podman did not start:\n${lastLines(logFile)}`);
  writeFileSync(pidFile, String(child.pid));
  return child.pid;
}

/** @param {{ folder: string, socket: string, pid: number }} running */
async function stop({ folder, socket, pid }) {
  const where = { socketPath: socket };
  if (await answers(where, '/_ping')) {
    const { body } = await request(where, '/containers/json?all=true');
    for (const { Id } of JSON.parse(body)) await request(where, `/containers/${Id}?force=true`, { method: 'DELETE' });
  }
  await endProcess(pid);
  // Sessions inside containers leave their monitors behind.
  for (const monitor of findProcesses(({ program, args }) => program === 'conmon' && args.some((arg) => arg.startsWith(folder)))) {
    await endProcess(monitor.pid, 1_000);
  }
  await unmountBelow(folder);
  rmSync(socket, { force: true });
  removeGroupsNamed(GROUP);
}
