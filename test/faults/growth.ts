import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openSockets } from '../engine/bench';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What a process that leaks has more and more of. */
export interface Held {
  sockets: number;
  timers: number;
  /** Bytes. */
  heap: number;
}

export function held(): Held {
  collect();
  return { sockets: openSockets(), timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length, heap: process.memoryUsage().heapUsed };
}

/** Failures that nobody heard, from now on. */
export function unheard(): readonly unknown[] {
  const found: unknown[] = [];
  process.on('unhandledRejection', (reason) => found.push(reason));
  // Node warns of an emitter with more and more listeners.
  process.on('warning', (warning) => { if (warning.name === 'MaxListenersExceededWarning') { found.push(warning); } });
  return found;
}
