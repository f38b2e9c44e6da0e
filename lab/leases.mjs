import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { identityOf, isAlive } from './processes.mjs';

/**
 * Says that this process uses a thing which several processes share, so that the last one to leave ends it. The lease
 * of a process that died without giving it back does not count.
 * @param {string} folder holds one file a lease
 * @returns {{ release(): boolean }} release tells whether nobody is left
 */
export function takeLease(folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${identityOf()}_${randomUUID()}`);
  writeFileSync(file, '');
  return {
    release() {
      rmSync(file, { force: true });
      return liveLeases(folder) === 0;
    },
  };
}

/**
 * How many leases are held by processes that still run; those of others are removed.
 * @param {string} folder
 */
export function liveLeases(folder) {
  let live = 0;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (isAlive(name.split('_')[0])) live++;
    else rmSync(join(folder, name), { force: true });
  }
  return live;
}
