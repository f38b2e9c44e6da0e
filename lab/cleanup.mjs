/**
 * What must not outlive this process. Signals wait for everything to be taken down; any other end (an uncaught error,
 * process.exit) leaves no time, so each entry can bring a last resort that needs none.
 */

/** @typedef {{ takeDown: () => unknown, lastResort?: () => void }} Entry */

/** @type {Set<Entry>} */
const entries = new Set();
let listening = false;
/** @type {number | undefined} */
let signalledAt;

/** npm hands on a Ctrl+C that the terminal has delivered already: the second one is not the user losing patience. */
const SAME_KEYPRESS_MS = 1_500;

/**
 * @param {() => unknown} takeDown run in reverse order of registration and awaited when SIGINT, SIGTERM or SIGHUP comes
 * @param {() => void} [lastResort] run when the process ends without that; synchronous
 * @returns {() => void} forgets the entry: call it when the thing was taken down in the ordinary way
 */
export function onExit(takeDown, lastResort) {
  const entry = { takeDown, lastResort };
  entries.add(entry);
  listen();
  return () => entries.delete(entry);
}

function listen() {
  if (listening) return;
  listening = true;
  for (const [name, number] of /** @type {const} */ ([['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]])) {
    process.on(name, () => void leave(128 + number));
  }
  process.on('exit', () => {
    for (const entry of [...entries].reverse()) {
      try {
        entry.lastResort?.();
      } catch (error) {
        console.error(error);
      }
    }
  });
}

/** @param {number} code */
async function leave(code) {
  const now = performance.now();
  if (signalledAt !== undefined) {
    // Asked again: go at once, with the last resorts.
    if (now - signalledAt > SAME_KEYPRESS_MS) process.exit(code);
    return;
  }
  signalledAt = now;
  await takeAllDown();
  process.exit(code);
}

/** Takes down everything registered, the newest first; an error is printed and does not stop the rest. */
export async function takeAllDown() {
  for (const entry of [...entries].reverse()) {
    if (!entries.has(entry)) continue;
    try {
      await entry.takeDown();
    } catch (error) {
      console.error(error);
    }
    entries.delete(entry);
  }
}
