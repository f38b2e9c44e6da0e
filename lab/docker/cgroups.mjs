import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProcesses } from '../processes.mjs';

/**
 * Engines put their containers below a group "docker" in every hierarchy and leave that group behind, empty. Like the
 * groups, the note about what was there before belongs to the machine and ends with its next start.
 */
const NOTE = '/run/hello-containers-lab/cgroups-before';

const CGROUPS = '/sys/fs/cgroup';

/** Notes which groups are there, unless an engine runs already: then they are that one's business. */
export function rememberCgroups() {
  if (existsSync(NOTE) || isAnyEngineRunning()) return;
  mkdirSync(join(NOTE, '..'), { recursive: true });
  writeFileSync(NOTE, JSON.stringify(groupsNamed('docker')));
}

/** Removes the groups that were not there before, when no engine runs any more. */
export function restoreCgroups() {
  if (!existsSync(NOTE) || isAnyEngineRunning()) return;
  const before = JSON.parse(readFileSync(NOTE, 'utf8'));
  removeGroups(groupsNamed('docker').filter((group) => !before.includes(group)));
  rmSync(join(NOTE, '..'), { recursive: true });
}

/**
 * Removes every group of that name; for a name that only the lab uses.
 * @param {string} name
 */
export function removeGroupsNamed(name) {
  removeGroups(groupsNamed(name));
}

function isAnyEngineRunning() {
  return findProcesses(({ program }) => program === 'dockerd').length > 0;
}

/**
 * The groups of that name at the top of version 2's tree or of each of version 1's.
 * @param {string} name
 */
function groupsNamed(name) {
  const roots = [CGROUPS, ...readdirSync(CGROUPS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(CGROUPS, entry.name))];
  return roots.map((root) => join(root, name)).filter((group) => existsSync(join(group, 'cgroup.procs')));
}

/** @param {string[]} groups */
function removeGroups(groups) {
  for (const group of groups) {
    const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    removeGroups(below.map((entry) => join(group, entry.name)));
    try {
      rmdirSync(group);
    } catch (error) {
      // A process is still in it: not ours to end.
      if (error.code !== 'EBUSY' && error.code !== 'ENOENT') throw error;
    }
  }
}
