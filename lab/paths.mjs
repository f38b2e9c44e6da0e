import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The one folder that holds everything the lab keeps: VS Code, engines, images, logs. Removing it removes the lab. */
export const labRoot =
  process.env.HELLO_CONTAINERS_LAB ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hello-containers-lab');

/** A unix socket's path holds at most 107 bytes (sun_path in unix(7), less its closing zero). */
const LONGEST_SOCKET_PATH = 107;

/**
 * A folder below {@link labRoot}; it exists when this returns.
 * @param {...string} parts
 */
export function labFolder(...parts) {
  const folder = join(labRoot, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Where the sockets of the thing that lives in `folder` go: the folder itself, or, when its path is too long for
 * `longestTail` below it, a short folder in the temporary folder. The choice is written down beside it, so that the
 * next process finds the same sockets.
 * @param {string} folder
 * @param {string} longestTail the longest path, below the result, of any socket that will be made there
 */
export function socketFolder(folder, longestTail) {
  if (Buffer.byteLength(join(folder, longestTail)) <= LONGEST_SOCKET_PATH) return folder;
  const note = join(folder, 'sockets-are-in');
  const known = existsSync(note) ? readFileSync(note, 'utf8').trim() : '';
  if (known && existsSync(known)) return known;
  const short = shortFolder();
  writeFileSync(note, `${short}\n`);
  return short;
}

/** A new private folder with a path short enough for sockets; whoever asks removes it. */
export function shortFolder() {
  return mkdtempSync(join(tmpdir(), 'hcl-'));
}
