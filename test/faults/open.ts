import { systemClock } from '../../src/base/clock';
import type { Disposable } from '../../src/base/disposable';
import { silentLog } from '../../src/base/log';
import type { EngineConnection } from '../../src/engine/connection';
import type { Engine } from '../../src/engine/engine';
import { LimitHistory } from '../../src/engine/limitHistory';
import { LiveSession } from '../../src/webviews/liveSession';
import type { LiveSample } from '../../src/webviews/protocol';
import { localHost } from '../engine/bench';
import { until } from '../engine/until';

/** What the view shows of each container, in the words of `docker ps --all`. */
export function shown(connection: EngineConnection): string[] {
  return [...connection.containers.containers].map(({ name, state }) => `${name} ${state}`).sort();
}

/** A log or a shell that is being read, and how its end was learned. */
export interface Reading extends Disposable {
  readonly first: Promise<void>;
  readonly ended: Promise<'ended' | 'cut'>;
}

/** Follows a container's log. */
export async function openLog(engine: Engine, id: string): Promise<Reading> {
  const stop = new AbortController();
  return read(await engine.containerLogs(id, { follow: true, tail: 1, tty: false }, stop.signal), () => stop.abort());
}

export async function openShell(engine: Engine, id: string): Promise<Reading> {
  const shell = await engine.execTerminal(id, ['sh', '-c', 'echo ready; exec cat'], { columns: 80, rows: 24 });
  return read(shell.output, () => shell.dispose());
}

function read(output: AsyncIterable<unknown>, dispose: () => void): Reading {
  let begun = (): void => { };
  const first = new Promise<void>((resolve) => { begun = resolve; });
  const ended = (async () => {
    try {
      for await (const chunk of output) { if (chunk !== undefined) { begun(); } }
      return 'ended' as const;
    } catch {
      return 'cut' as const;
    }
  })();
  return { first, ended, dispose };
}

/** A live page of a container, without its pixels. */
export function openLive(connection: EngineConnection, containerId: string) {
  const limits = new LimitHistory(connection.containers, systemClock);
  const session = new LiveSession({ connection, limits, containerId, host: localHost, clock: systemClock, log: silentLog, l10nBundle: undefined });
  let last: LiveSample | undefined;
  session.onMessage((message) => { if (message.type === 'samples') { last = message.samples.findLast(({ cores }) => cores !== null) ?? last; } });
  return {
    /** The next figure that is measured after now. */
    figure: (): Promise<LiveSample> => {
      const before = last?.at ?? 0;
      return until(session.onMessage, 'a figure on the live page', () => last !== undefined && last.at > before && last);
    },
    dispose: () => {
      session.dispose();
      limits.dispose();
    },
  };
}
