import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from '../packages.mjs';
import { endProcess, findProcesses, lastLines, runningPid, signal, startDaemon, waitUntil } from '../processes.mjs';

/**
 * The containerd of one lab engine. dockerd would start one by itself, but only on a machine that runs none: with its
 * own, a lab engine never shares containers with the machine's Docker.
 */

/**
 * @typedef {object} ContainerdPlace
 * @property {string} folder  for its data, settings and log
 * @property {string} sockets a folder with a short path
 */

/** The longest path below `sockets` of a socket it makes. */
export const CONTAINERD_SOCKET_TAIL = 'containerd/containerd.sock.ttrpc';

/** @param {ContainerdPlace} place */
export function containerdAddress({ sockets }) {
  return join(sockets, 'containerd/containerd.sock');
}

/** @param {ContainerdPlace} place */
export function containerdPid({ folder }) {
  return runningPid(join(folder, 'containerd.pid'), 'containerd');
}

/**
 * Starts it when it does not run.
 * @param {ContainerdPlace} place
 * @param {(program: string, args: string[]) => [string, string[]]} wrap how to start a program on the engine's machine
 */
export async function startContainerd(place, wrap) {
  if (containerdPid(place)) return;
  const { folder, sockets } = place;
  const address = containerdAddress(place);
  mkdirSync(join(sockets, 'containerd'), { recursive: true, mode: 0o711 });
  const settings = join(folder, 'containerd.toml');
  const quote = JSON.stringify;
  // cri is Kubernetes' side, and opt makes a folder in /opt.
  writeFileSync(
    settings,
    `version = 2
root = ${quote(join(folder, 'containerd'))}
state = ${quote(join(sockets, 'containerd/state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = ${quote(address)}
`,
  );
  const logFile = join(folder, 'containerd.log');
  const [command, args] = wrap(/** @type {string} */ (findCommand('containerd')), ['--config', settings]);
  const child = startDaemon(command, args, { logFile });
  writeFileSync(join(folder, 'containerd.pid'), String(child.pid));
  // While the wrapping commands have not become containerd yet, the pid file names another program.
  const isUp = await waitUntil(() => child.exitCode !== null || (existsSync(address) && containerdPid(place) !== undefined), 20_000);
  if (!isUp || child.exitCode !== null) throw new Error(`containerd did not start:\n${lastLines(logFile)}`);
}

/**
 * Ends it, and before it whatever containers a killed dockerd has left running in it.
 * @param {ContainerdPlace} place
 */
export async function endContainerd(place) {
  const address = containerdAddress(place);
  const shims = findProcesses(({ program, args }) => program.startsWith('containerd-shim') && args.includes(address));
  for (const shim of shims) {
    // A container's first process is its shim's child; a shim ends neither with its container nor with containerd.
    for (const child of findProcesses(({ parent }) => parent === shim.pid)) signal(child.pid, 'SIGKILL');
    await endProcess(shim.pid, 200);
  }
  const pid = containerdPid(place);
  if (pid) await endProcess(pid);
}
