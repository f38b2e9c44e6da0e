import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { run } from '../processes.mjs';

/**
 * What is mounted at or below a folder, the innermost first.
 * @param {string} folder
 * @returns {string[]}
 */
export function mountsBelow(folder) {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(Boolean)
    // Spaces and the like are written as octal numbers there; see proc(5).
    .map((line) => line.split(' ')[4].replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => path === folder || path.startsWith(folder + sep))
    .reverse();
}

/**
 * Unmounts everything at and below a folder that the lab owns, and nothing else.
 * @param {string} folder
 */
export async function unmountBelow(folder) {
  for (const path of mountsBelow(folder)) await run('umount', ['--lazy', path]);
}
