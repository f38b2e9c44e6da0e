import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand } from '../packages.mjs';
import { quote } from './quote.mjs';

/** The name that the host key is known by: whatever port leads to the machine, it is this one. */
const HOST_ALIAS = 'lab-v2';

/**
 * @typedef {'root' | 'student' | 'teacher' | 'pupil'} User
 *
 * @typedef {object} Shell
 * @property {(user: User, args: string[], options?: { stdin?: string | Buffer }) => Promise<{ code: number, stdout: string, stderr: string }>} run
 *   a command with its arguments, as they are, over ssh; the first one of a user logs in, which takes seconds
 * @property {(user: User, ...args: string[]) => Promise<string>} ssh what the command printed; rejects when it fails
 * @property {(file: string, to: string, options?: { user?: User, mode?: string }) => Promise<void>} copy a file of ours to a path there
 */

/**
 * Writes a configuration that gets into the machine, and an `ssh` that uses it.
 * @param {{ folder: string, image: import('./build.mjs').Image, port: number }} options folder: with a short path
 * @returns {Promise<{ config: string, program: string, bin: string }>} bin: the folder of the program, for PATH
 */
export async function writeSshConfig({ folder, image, port }) {
  const knownHosts = join(folder, 'known-hosts');
  const [type, key] = (await readFile(`${image.hostKey}.pub`, 'utf8')).split(' ');
  await writeFile(knownHosts, `${HOST_ALIAS} ${type} ${key}\n`);
  const config = join(folder, 'ssh-config');
  await writeFile(
    config,
    `Host *
  HostName 127.0.0.1
  Port ${port}
  HostKeyAlias ${HOST_ALIAS}
  IdentityFile "${image.key}"
  IdentitiesOnly yes
  UserKnownHostsFile "${knownHosts}"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ServerAliveInterval 30
  ServerAliveCountMax 10
`,
  );
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = join(bin, 'ssh');
  await writeFile(program, `#!/bin/sh\nexec ${findCommand('ssh')} -F ${quote(config)} "$@"\n`);
  await chmod(program, 0o755);
  return { config, program, bin };
}

/**
 * Runs commands there. Each user logs in once; the rest goes over that connection, as a login is slow there.
 * @param {string} config
 * @returns {Shell}
 */
export function shellOver(config) {
  const shared = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=yes', '-o', `ControlPath=${config}-%r`];
  /** @type {Shell['run']} */
  const run = async (user, args, { stdin } = {}) => {
    const child = spawn('ssh', ['-F', config, ...shared, `${user}@${HOST_ALIAS}`, '--', args.map(quote).join(' ')], { stdio: 'pipe' });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    // A command need not read what it is given.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code: code ?? 255, stdout, stderr };
  };
  const succeed = async (/** @type {Parameters<Shell['run']>} */ ...command) => {
    const { code, stdout, stderr } = await run(...command);
    if (code !== 0) throw new Error(`${command[0]} on the cgroup v2 machine: ${command[1].join(' ')} failed (${code}):\n${stderr || stdout}`);
    return stdout;
  };
  return {
    run,
    ssh: (user, ...args) => succeed(user, args),
    async copy(file, to, { user = 'root', mode = '644' } = {}) {
      await succeed(user, ['install', '-m', mode, '/dev/stdin', to], { stdin: await readFile(file) });
    },
  };
}
