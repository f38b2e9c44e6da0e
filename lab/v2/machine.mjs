import { readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:https';
import { delimiter, join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { shortFolder } from '../paths.mjs';
import { freePort } from '../ports.mjs';
import { endProcess, findProcesses, waitUntil } from '../processes.mjs';
import { ensureImage } from './build.mjs';
import { startQemu } from './qemu.mjs';
import { USERS } from './root.mjs';
import { shellOver, writeSshConfig } from './ssh.mjs';

/** On a machine that does other things too. */
const READY_MS = 600_000;

/**
 * Where the machine is: plain data, for another process (see {@link shellOver}).
 * @typedef {object} V2Address
 * @property {string} sshConfig  an ssh configuration (`ssh -F`) that gets in as any of the users, by whatever host name
 * @property {string} sshProgram an ssh that uses it
 * @property {number} sshPort
 * @property {string} dockerHost tcp://…, for DOCKER_HOST with DOCKER_TLS_VERIFY
 * @property {{ ca: string, cert: string, key: string }} tls files of a client that Docker there lets in
 * @property {string} certificates the folder of these files: a value for DOCKER_CERT_PATH
 *
 * @typedef {object} OwnV2Machine
 * @property {V2Address} address
 * @property {(user: import('./ssh.mjs').User) => string} engineOf ssh://… for DOCKER_HOST, with `sshProgram` as ssh
 * @property {() => NodeJS.ProcessEnv} env an environment in which plain `ssh` (also the docker command's) gets there
 * @property {Record<keyof typeof USERS, string>} passwords that sudo asks for
 * @property {() => Promise<void>} close
 *
 * @typedef {import('./ssh.mjs').Shell & OwnV2Machine} V2Machine
 */

/**
 * A machine of its own with cgroup v2: Debian 12, systemd and Docker (systemd driver) in an emulator, as it was after its boot;
 * what is done there is forgotten. Built at the first use. It is slow: a container takes seconds to start.
 * Users: root; student, in group docker; teacher, in group sudo; pupil, in neither.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<V2Machine>}
 */
export async function openV2Machine({ log = () => {} } = {}) {
  const { image, release } = await ensureImage({ log });
  const started = performance.now();
  const folder = shortFolder();
  const ports = { ssh: await freePort(), docker: await freePort() };
  /** @type {import('./qemu.mjs').Qemu | undefined} */
  let qemu;
  const close = async () => {
    forget();
    await qemu?.kill();
    // The connections that stay open between commands name their socket; they lead nowhere now.
    for (const { pid } of findProcesses(({ args }) => args.some((arg) => /^ssh: /.test(arg) && arg.includes(folder)))) await endProcess(pid);
    await rm(folder, { recursive: true, force: true });
    release();
  };
  const forget = onExit(close, () => {
    rmSync(folder, { recursive: true, force: true });
    release();
  });
  try {
    qemu = await startQemu({ image, folder, ports, resume: true });
    const { config, program, bin } = await writeSshConfig({ folder, image, port: ports.ssh });
    const shell = shellOver(config);
    const tls = { ca: join(image.certificates, 'ca.pem'), cert: join(image.certificates, 'cert.pem'), key: join(image.certificates, 'key.pem') };
    const running = qemu;
    const isUp = await waitUntil(async () => !running.isAlive() || (await shell.run('root', ['true'])).code === 0, READY_MS);
    if (!isUp || !running.isAlive()) throw new Error(`The cgroup v2 machine did not come up:\n${running.lastWords()}`);
    // It woke up in the past.
    await shell.ssh('root', 'date', '--set', `@${(Date.now() / 1_000).toFixed(3)}`);
    if (!(await waitUntil(() => dockerAnswers(ports.docker, tls), READY_MS))) throw new Error('Docker on the cgroup v2 machine does not answer.');
    log(`cgroup v2 machine: ready (${((performance.now() - started) / 1_000).toFixed(0)} s)`);
    return {
      ...shell,
      address: { sshConfig: config, sshProgram: program, sshPort: ports.ssh, dockerHost: `tcp://127.0.0.1:${ports.docker}`, tls, certificates: image.certificates },
      engineOf: (user) => `ssh://${user}@127.0.0.1:${ports.ssh}`,
      env: () => ({ ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }),
      passwords: /** @type {Record<keyof typeof USERS, string>} */ (Object.fromEntries(Object.keys(USERS).map((user) => [user, user]))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {number} port
 * @param {{ ca: string, cert: string, key: string }} tls
 */
function dockerAnswers(port, tls) {
  const [ca, cert, key] = [tls.ca, tls.cert, tls.key].map((file) => readFileSync(file));
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/_ping', ca, cert, key, agent: false, timeout: 60_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('timeout', function () {
        this.destroy();
      })
      .on('error', () => resolve(false))
      .end();
  });
}
