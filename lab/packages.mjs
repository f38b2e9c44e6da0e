import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { run } from './processes.mjs';

/** Daemons live here, and an ordinary user's PATH may leave it out. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * Installs those of the distribution's packages that are missing.
 * @param {Record<string, string>} packages package name -> an absolute path or a command that is there once it is installed
 * @param {{ log?: (line: string) => void }} [options]
 * @throws when something is missing and cannot be installed, with the command that would do it
 */
export async function ensurePackages(packages, { log = () => {} } = {}) {
  const missing = Object.keys(packages).filter((name) => !isThere(packages[name]));
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const byHand = `apt-get update && apt-get ${install.join(' ')}`;
  if (!findCommand('apt-get')) {
    throw new Error(`Missing: ${missing.join(', ')}. The lab installs packages on Debian and Ubuntu only; install their like yourself.`);
  }
  log(`installing ${missing.join(', ')}`);
  try {
    await withoutStartingServices(async () => {
      const listed = (await readdir('/var/lib/apt/lists').catch(() => [])).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'));
      if (!listed) await asRoot(apt(['update']));
      await asRoot(apt(install)).catch(async () => {
        // The usual reason is an old list that names versions which the archive no longer has.
        await asRoot(apt(['update']));
        await asRoot(apt(install));
      });
    });
  } catch (error) {
    throw new Error(`The lab needs ${missing.join(', ')}. Install them as root and try again:\n  ${byHand}`, { cause: error });
  }
  const still = missing.filter((name) => !isThere(packages[name]));
  if (still.length > 0) throw new Error(`Installed, but not found: ${still.map((name) => `${packages[name]} of ${name}`).join(', ')}`);
}

/**
 * The path of a command, in PATH or in the system's own folders.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** @param {string} probe */
function isThere(probe) {
  return isAbsolute(probe) ? existsSync(probe) : findCommand(probe) !== undefined;
}

/** @param {string[]} args */
function apt(args) {
  // Another apt at work is waited for instead of failing.
  return ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-q', ...args];
}

/** @param {string[]} command */
async function asRoot(command) {
  const noninteractive = ['env', 'DEBIAN_FRONTEND=noninteractive', ...command];
  if (process.getuid?.() === 0) return run(noninteractive[0], noninteractive.slice(1));
  return run('sudo', ['-n', ...noninteractive]);
}

/**
 * docker.io and docker-registry start their own services when they are installed; the lab brings its own and leaves the
 * machine's alone. While a policy-rc.d answers 101, package scripts start nothing (see invoke-rc.d(8)).
 * @param {() => Promise<void>} work
 */
async function withoutStartingServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  // install(1) with /dev/stdin would need a shell; /bin/false answers 1, not 101; this script is part of the lab.
  await asRoot(['install', '-m', '755', join(import.meta.dirname, 'policy-rc.d'), policy]);
  try {
    await work();
  } finally {
    await asRoot(['rm', '-f', policy]);
  }
}
