import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { ensurePackages, findCommand } from '../packages.mjs';
import { endProcess, lastLines, run, runningPid, signal, startDaemon, waitUntil } from '../processes.mjs';

/**
 * @typedef {object} Sshd
 * @property {string} destination     ssh://user@address:port, as DOCKER_HOST wants it
 * @property {number} port
 * @property {string} config          an ssh configuration (`ssh -F`) that gets in
 * @property {string} wrongKeyConfig  one with a key that the server does not know
 * @property {string} wrongHostConfig one that expects another host key
 * @property {(config?: string) => NodeJS.ProcessEnv} env an environment in which plain `ssh` uses that configuration:
 *   ssh looks for its own in the account's home and not in HOME, so there is a wrapper first in PATH
 * @property {() => number} sessions how many logins it has let in so far
 * @property {string} program an ssh that uses the configuration which gets in
 * @property {() => Promise<void>} stop
 */

/**
 * An ssh server with keys of its own: nothing in /etc/ssh or in ~/.ssh is used or changed.
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.dockerHost  the DOCKER_HOST that sessions see
 * @param {string} [options.address]
 * @param {number} options.port
 * @param {boolean} [options.forwarding] whether sockets may be forwarded; without it there is only `docker system dial-stdio`
 * @param {(program: string, args: string[]) => [string, string[]]} [options.wrap]
 * @returns {Promise<Sshd>}
 */
export async function startSshd({ folder, dockerHost, address = '127.0.0.1', port, forwarding = true, wrap = (program, args) => [program, args] }) {
  await ensurePackages({ 'openssh-server': 'sshd', 'openssh-client': 'ssh' });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Where sshd confines its unprivileged part; distributions make it when their own service starts.
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  for (const key of ['host', 'user', 'wrong', 'other-host']) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', join(folder, key)]);
  }
  await copyFile(join(folder, 'user.pub'), join(folder, 'authorized_keys'));
  const settings = join(folder, 'sshd_config');
  const pidFile = join(folder, 'pid');
  await writeFile(
    settings,
    `ListenAddress ${address}:${port}
HostKey ${join(folder, 'host')}
PidFile ${pidFile}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
# The folder may lie below one that others can write, such as a temporary one.
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
AllowStreamLocalForwarding ${forwarding ? 'yes' : 'no'}
AllowTcpForwarding ${forwarding ? 'yes' : 'no'}
SetEnv DOCKER_HOST=${dockerHost}
`,
  );
  const logFile = join(folder, 'sshd.log');
  const [command, args] = wrap(/** @type {string} */ (findCommand('sshd')), ['-D', '-e', '-f', settings]);
  const child = startDaemon(command, args, { logFile });
  await waitUntil(() => child.exitCode !== null || runningPid(pidFile, 'sshd') !== undefined, 10_000);
  const pid = runningPid(pidFile, 'sshd');
  if (!pid) throw new Error(`sshd did not start:\n${lastLines(logFile)}`);
  const stop = async () => {
    forget();
    await endProcess(pid);
  };
  const forget = onExit(stop, () => signal(pid, 'SIGTERM'));

  const user = userInfo().username;
  const client = async (/** @type {string} */ name, /** @type {string} */ key, /** @type {string} */ hostKey) => {
    const knownHosts = join(folder, `${name}-known-hosts`);
    const [type, value] = (await readFile(join(folder, `${hostKey}.pub`), 'utf8')).split(' ');
    // sshd(8): the usual port is not written.
    await writeFile(knownHosts, `${port === 22 ? address : `[${address}]:${port}`} ${type} ${value}\n`);
    const file = join(folder, `${name}-config`);
    await writeFile(
      file,
      `Host *
  IdentityFile ${join(folder, key)}
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
`,
    );
    const bin = join(folder, `${name}-config-bin`);
    await mkdir(bin);
    await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec ${findCommand('ssh')} -F '${file}' "$@"\n`);
    await chmod(join(bin, 'ssh'), 0o755);
    return file;
  };
  const config = await client('right', 'user', 'host');
  return {
    destination: `ssh://${user}@${address}:${port}`,
    port,
    config,
    wrongKeyConfig: await client('wrong-key', 'wrong', 'host'),
    wrongHostConfig: await client('wrong-host', 'user', 'other-host'),
    sessions: () => readFileSync(logFile, 'utf8').split('Accepted publickey').length - 1,
    program: join(`${config}-bin`, 'ssh'),
    env: (of = config) => ({ ...process.env, PATH: `${of}-bin${delimiter}${process.env.PATH}` }),
    stop,
  };
}
