import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { identityOf, isAlive, waitUntil } from './processes.mjs';

/**
 * Runs `work` while no other process of this machine does anything under the same lock. A lock whose holder has ended
 * counts as free.
 * @template T
 * @param {string} lockFile in a folder that exists
 * @param {() => Promise<T>} work
 * @param {number} [patienceMs]
 * @returns {Promise<T>}
 */
export async function withLock(lockFile, work, patienceMs = 600_000) {
  if (!(await waitUntil(() => tryLock(lockFile), patienceMs))) {
    throw new Error(`${lockFile} is held by process ${readFileSync(lockFile, 'utf8')}`);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** @param {string} lockFile */
function tryLock(lockFile) {
  try {
    writeFileSync(lockFile, identityOf(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const holder = readFileSync(lockFile, 'utf8');
    // Empty: its holder is just writing.
    if (holder && !isAlive(holder)) unlinkSync(lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return false;
}
