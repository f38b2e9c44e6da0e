import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { liveLeases, takeLease } from '../leases.mjs';
import { withLock } from '../locks.mjs';
import { ensurePackages, findCommand } from '../packages.mjs';
import { labFolder, socketFolder } from '../paths.mjs';
import { endProcess, lastLines, runningPid, signal, startDaemon, waitUntil } from '../processes.mjs';
import { rememberCgroups, removeGroupsNamed, restoreCgroups } from './cgroups.mjs';
import { CONTAINERD_SOCKET_TAIL, containerdAddress, containerdPid, endContainerd, startContainerd } from './containerd.mjs';
import { answers, request } from './http.mjs';
import { unmountBelow } from './mounts.mjs';
import { addBridge, hasBridge, removeBridge } from './network.mjs';

const PACKAGES = { 'docker.io': 'dockerd', containerd: 'containerd', iptables: 'iptables' };

/** A killed dockerd first ends the containers it left, which takes it some ten seconds for each that ignores SIGTERM. */
const READY_MS = 90_000;

/**
 * @typedef {object} Dockerd
 * @property {string} name
 * @property {string} socket
 * @property {string} host                        as DOCKER_HOST wants it
 * @property {number | undefined} pid             undefined while it does not run
 * @property {number | undefined} containerdPid
 * @property {string} dataRoot
 * @property {string} logFile
 * @property {() => Promise<void>} kill           SIGKILL to dockerd alone; its containers go on, as after a crash
 * @property {() => Promise<void>} restart        stops it when it runs, as its service manager would, and starts it
 * @property {() => Promise<void>} startContainerd after it was killed, as its service manager would
 * @property {(options?: { remove?: boolean }) => Promise<void>} stop ends it with its containers, unless another
 *   process uses it too; `remove` also deletes its images, containers and logs
 *
 * @typedef {object} DockerdOptions
 * @property {string} [name]         names the instance: each has its own data, sockets, bridge and containerd
 * @property {string} [mirror]       a registry's address, asked before Docker Hub
 * @property {boolean} [fresh]       forget everything of an earlier run first
 * @property {Record<string, unknown>} [settings] more of daemon.json (https://docs.docker.com/reference/cli/dockerd/)
 * @property {string[]} [hosts]      more addresses to listen on
 * @property {string} [cgroupParent] a name that no one else uses: its groups are removed in the end
 * @property {(program: string, args: string[]) => [string, string[]]} [wrap] how to start a program on the engine's machine
 * @property {(line: string) => void} [log]
 */

/**
 * A Docker daemon of the lab's own, or, when that instance runs already, the one that does.
 * @param {DockerdOptions} [options]
 * @returns {Promise<Dockerd>}
 */
export async function startDockerd({ name = 'main', fresh = false, log, ...options } = {}) {
  if (process.getuid?.() !== 0) {
    throw new Error('Only root can start a Docker daemon. Run this as root, or set DOCKER_HOST to an engine that you have.');
  }
  await ensurePackages(PACKAGES, { log });
  const instance = new Instance(name, options);
  const lease = await withLock(instance.lock, async () => {
    if (fresh) await instance.forget();
    await instance.ensureRunning();
    return takeLease(instance.users);
  });

  const stop = async ({ remove = false } = {}) => {
    forgetExit();
    await withLock(instance.lock, async () => {
      if (!lease.release()) return;
      await instance.end();
      if (remove) await instance.remove();
    });
  };
  const forgetExit = onExit(stop, () => {
    // No time to wait; a SIGTERM makes dockerd end its containers, and the next start or stop finishes the rest.
    if (!lease.release()) return;
    for (const pid of [instance.pid, containerdPid(instance.place)]) if (pid) signal(pid, 'SIGTERM');
  });

  return {
    name,
    socket: instance.socket,
    host: `unix://${instance.socket}`,
    dataRoot: instance.dataRoot,
    logFile: instance.logFile,
    get pid() {
      return instance.pid;
    },
    get containerdPid() {
      return containerdPid(instance.place);
    },
    kill: () => instance.kill(),
    restart: () => withLock(instance.lock, () => instance.restart()),
    startContainerd: () => withLock(instance.lock, () => instance.startContainerd()),
    stop,
  };
}

/** One named daemon: where its things are, and how to start and end it. Callers hold its lock. */
class Instance {
  /**
   * @param {string} name
   * @param {Omit<DockerdOptions, 'name' | 'fresh' | 'log'>} options
   */
  constructor(name, options) {
    this.options = options;
    this.lock = join(labFolder('engines'), `${name}.lock`);
    this.name = name;
    this.locate();
  }

  locate() {
    this.folder = labFolder('engines', this.name);
    this.sockets = socketFolder(this.folder, CONTAINERD_SOCKET_TAIL);
    this.place = { folder: this.folder, sockets: this.sockets };
    this.socket = join(this.sockets, 'docker.sock');
    this.execRoot = join(this.sockets, 'exec');
    this.dataRoot = join(this.folder, 'data');
    this.users = join(this.folder, 'users');
    this.pidFile = join(this.folder, 'dockerd.pid');
    this.logFile = join(this.folder, 'dockerd.log');
    this.settingsFile = join(this.folder, 'daemon.json');
    this.bridgeFile = join(this.folder, 'bridge');
  }

  get pid() {
    return runningPid(this.pidFile, 'dockerd');
  }

  async ensureRunning() {
    rememberCgroups();
    const settings = await this.settings();
    if (this.pid) {
      const isSame = existsSync(this.settingsFile) && readFileSync(this.settingsFile, 'utf8') === settings;
      if (isSame && (await answers({ socketPath: this.socket }, '/_ping'))) return;
      if (liveLeases(this.users) > 0) throw new Error(`The engine "${this.name}" runs with other settings and is in use (process ${this.pid}).`);
      await this.endDaemon();
    }
    writeFileSync(this.settingsFile, settings);
    await this.start();
  }

  /** @returns {Promise<string>} daemon.json: a file of its own, for the machine's may say anything */
  async settings() {
    const { mirror, hosts = [], cgroupParent, settings } = this.options;
    const all = {
      'data-root': this.dataRoot,
      'exec-root': this.execRoot,
      pidfile: this.pidFile,
      containerd: containerdAddress(this.place),
      hosts: [`unix://${this.socket}`, ...hosts],
      group: 'root',
      // See network.mjs.
      bridge: await this.bridge(),
      iptables: false,
      'ip-forward': false,
      'ip-masq': false,
      ...(mirror ? { 'registry-mirrors': [mirror] } : {}),
      ...(cgroupParent ? { 'cgroup-parent': `/${cgroupParent}` } : {}),
      ...settings,
    };
    return JSON.stringify(all, null, 2);
  }

  /** The bridge in the network that the daemon runs in; an instance in a network of its own brings its own setting. */
  async bridge() {
    if (this.options.settings?.bridge !== undefined) return undefined;
    const known = existsSync(this.bridgeFile) ? readFileSync(this.bridgeFile, 'utf8') : undefined;
    if (known && (await hasBridge(known))) return known;
    const bridge = await addBridge();
    writeFileSync(this.bridgeFile, bridge);
    return bridge;
  }

  get wrap() {
    return this.options.wrap ?? ((program, args) => [program, args]);
  }

  startContainerd() {
    return startContainerd(this.place, this.wrap);
  }

  async start() {
    await this.startContainerd();
    // dockerd refuses to start when the number in an old pid file now belongs to any process.
    rmSync(this.pidFile, { force: true });
    rmSync(this.socket, { force: true });
    const [command, args] = this.wrap(/** @type {string} */ (findCommand('dockerd')), ['--config-file', this.settingsFile]);
    const child = startDaemon(command, args, { logFile: this.logFile });
    const isUp = await waitUntil(async () => child.exitCode !== null || (await answers({ socketPath: this.socket }, '/_ping')), READY_MS);
    if (!isUp || child.exitCode !== null) {
      if (child.pid && child.exitCode === null) await endProcess(child.pid);
      const said = lastLines(this.logFile);
      await this.end();
      throw new Error(`dockerd "${this.name}" did not become ready. The end of ${this.logFile}:\n${said}`);
    }
  }

  async restart() {
    await this.endDaemon();
    await this.start();
  }

  async kill() {
    const { pid } = this;
    if (!pid) return;
    signal(pid, 'SIGKILL');
    await waitUntil(() => this.pid === undefined, 5_000);
  }

  async endDaemon() {
    if (this.pid) await endProcess(this.pid, 40_000);
  }

  /** Ends the daemon and everything that came with it; its data stays. */
  async end() {
    await this.killContainers();
    await this.endDaemon();
    await endContainerd(this.place);
    await unmountBelow(this.folder);
    if (this.sockets !== this.folder) {
      await unmountBelow(this.sockets);
      await rm(this.sockets, { recursive: true, force: true });
      await rm(join(this.folder, 'sockets-are-in'), { force: true });
    }
    rmSync(this.socket, { force: true });
    if (existsSync(this.bridgeFile)) {
      await removeBridge(readFileSync(this.bridgeFile, 'utf8'));
      rmSync(this.bridgeFile);
    }
    restoreCgroups();
    if (this.options.cgroupParent) removeGroupsNamed(this.options.cgroupParent);
  }

  /** Or dockerd would wait ten seconds for each that does not listen to SIGTERM. */
  async killContainers() {
    if (!this.pid || !(await answers({ socketPath: this.socket }, '/_ping'))) return;
    const where = { socketPath: this.socket };
    const { body } = await request(where, '/containers/json');
    const running = /** @type {{ Id: string, State: string }[]} */ (JSON.parse(body));
    await Promise.all(
      running.map(async ({ Id, State }) => {
        // A frozen process receives its SIGKILL only when it is thawed.
        if (State === 'paused') await request(where, `/containers/${Id}/unpause`, { method: 'POST' });
        await request(where, `/containers/${Id}/kill`, { method: 'POST' });
      }),
    );
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What an earlier run left, running or not. */
  async forget() {
    if (liveLeases(this.users) > 0) throw new Error(`The engine "${this.name}" is in use (process ${this.pid}): it cannot start afresh.`);
    await this.end();
    await this.remove();
    this.locate();
  }
}
