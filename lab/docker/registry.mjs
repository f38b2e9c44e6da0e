import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { liveLeases, takeLease } from '../leases.mjs';
import { withLock } from '../locks.mjs';
import { ensurePackages, findCommand } from '../packages.mjs';
import { labFolder } from '../paths.mjs';
import { freePort } from '../ports.mjs';
import { endProcess, lastLines, runningPid, signal, startDaemon, waitUntil } from '../processes.mjs';
import { answers } from './http.mjs';

const PROGRAM = 'docker-registry';

/**
 * The distribution's Docker registry, which the lab's engines use as their mirror of Docker Hub. Processes that want it
 * at the same time share it; the last one to stop it ends it.
 * @param {object} [options]
 * @param {number} [options.port]    otherwise a free one that is kept for the next time, as engines are told the address
 * @param {string} [options.address] where it listens; an engine in another network needs more than 127.0.0.1
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ port: number, url: string, stop(): Promise<void> }>}
 */
export async function startRegistry({ port, address = '127.0.0.1', log } = {}) {
  await ensurePackages({ 'docker-registry': PROGRAM }, { log });
  const folder = labFolder('registry');
  const pidFile = join(folder, 'pid');
  const users = join(folder, 'users');
  const lock = join(folder, 'lock');
  const chosen = await withLock(lock, async () => {
    const used = await start({ folder, pidFile, port, address });
    return { port: used, lease: takeLease(users) };
  });
  const stop = async () => {
    forget();
    await withLock(lock, async () => {
      const pid = runningPid(pidFile, PROGRAM);
      if (chosen.lease.release() && pid) await endProcess(pid);
    });
  };
  const forget = onExit(stop, () => {
    const pid = runningPid(pidFile, PROGRAM);
    if (chosen.lease.release() && pid) signal(pid, 'SIGTERM');
  });
  return { port: chosen.port, url: `http://127.0.0.1:${chosen.port}`, stop };
}

/** @param {{ folder: string, pidFile: string, port: number | undefined, address: string }} options */
async function start({ folder, pidFile, port, address }) {
  const configFile = join(folder, 'config.yml');
  const portFile = join(folder, 'port');
  const remembered = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : undefined;
  const running = runningPid(pidFile, PROGRAM);
  let chosen = port ?? remembered ?? (await freePort());
  let config = configuration(folder, address, chosen);
  if (running) {
    const isEnough = remembered === chosen && (readFileSync(configFile, 'utf8') === config || address === '127.0.0.1');
    if (isEnough && (await answers({ port: chosen }, '/v2/'))) return chosen;
    if (liveLeases(join(folder, 'users')) > 0) throw new Error(`The registry runs with other settings and is in use (process ${running}).`);
    await endProcess(running);
  } else if (!port && (await answers({ port: chosen }, '/'))) {
    // Somebody else took the remembered port in the meantime.
    chosen = await freePort();
    config = configuration(folder, address, chosen);
  }
  writeFileSync(configFile, config);
  writeFileSync(portFile, String(chosen));
  const logFile = join(folder, 'registry.log');
  const child = startDaemon(/** @type {string} */ (findCommand(PROGRAM)), ['serve', configFile], { logFile });
  writeFileSync(pidFile, String(child.pid));
  const isUp = await waitUntil(async () => child.exitCode !== null || (await answers({ port: chosen }, '/v2/')), 15_000);
  if (!isUp || child.exitCode !== null) throw new Error(`docker-registry did not start on port ${chosen}:\n${lastLines(logFile)}`);
  return chosen;
}

/**
 * @param {string} folder
 * @param {string} address
 * @param {number} port
 */
function configuration(folder, address, port) {
  return `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(join(folder, 'store'))} }
http:
  addr: ${address}:${port}
`;
}
