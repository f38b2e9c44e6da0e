import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PacedOutput } from '../../src/base/pacedOutput';
import { TerminalText } from '../../src/base/terminalText';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { messageOf, HumanError, isAbort } from '../../src/base/errors';
import { connect } from '../../src/engine/connect';
import { EngineConnection } from '../../src/engine/connection';
import type { Endpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';
import { FlightRecorder } from '../../src/engine/recorder';
import { PullTracker } from '../../src/engine/pull';
import { openShell } from '../../src/engine/shell';

/*
 * A process of its own that asks a lying engine one thing, with little memory, and says what it cost: the process that the lies hit
 * is measured alone. Prints one line of JSON.
 */

export interface Outcome {
  /** What it was rejected with, as a person would read it; null when it succeeded. */
  error: string | null;
  isHuman: boolean;
  isAborted: boolean;
  seconds: number;
  /** From the abort to the end, in milliseconds; null without one. */
  cancelMillis: number | null;
  /** The process's highest resident memory over that before the question, in MB. */
  grownMb: number;
  /** The longest that the event loop stood still, in milliseconds. */
  blockedMillis: number;
  count: number;
}

type Call = (engine: Engine, signal: AbortSignal) => Promise<number>;

async function drain(items: AsyncIterable<unknown>, most = Infinity): Promise<number> {
  let count = 0;
  for await (const _ of items) { if ((count += 1) >= most) { break; } }
  return count;
}

/** As the logs' terminal does it: paced, and freed of what a terminal would obey. */
async function showLog(engine: Engine, tty: boolean, signal: AbortSignal): Promise<number> {
  const text = { stdout: new TerminalText(), stderr: new TerminalText() };
  let shown = 0;
  const paced = new PacedOutput<'stdout' | 'stderr'>(({ mark, data }) => { shown += text[mark].push(data).length; }, () => { });
  for await (const { stream, data } of await engine.containerLogs('a', { follow: true, tty }, signal)) { paced.push({ mark: stream, data }); }
  await paced.drained();
  paced.dispose();
  return shown;
}

const calls: Record<string, Call> = {
  ping: async (engine, signal) => { await engine.negotiate(signal); return 1; },
  events: (engine, signal) => drain(engine.events(signal, () => { })),
  list: async (engine) => (await engine.listContainers()).length,
  images: async (engine) => (await engine.listImages()).length,
  inspect: async (engine) => { await engine.inspectContainer('a'); return 1; },
  raw: async (engine) => { await engine.inspectRaw('container', 'a'); return 1; },
  facts: async (engine, signal) => { await engine.facts(signal); return 1; },
  stats: (engine, signal) => drain(engine.containerStats('a', signal)),
  pull: async (engine, signal) => {
    const tracker = new PullTracker();
    let layers = 0;
    for await (const message of engine.pullImage('x', signal)) { ({ layers } = tracker.push(message)); }
    return layers;
  },
  log: (engine, signal) => showLog(engine, false, signal),
  rawLog: (engine, signal) => showLog(engine, true, signal),
  attach: async (engine, signal) => drain(await engine.attachContainer('a', signal)),
  start: async (engine) => { await engine.startContainer('a'); return 1; },
  exec: async (engine, signal) => { await engine.exec('a', ['x'], { signal }); return 1; },
  shell: async (engine) => { await openShell(engine, 'a', 'a', { columns: 80, rows: 24 }); return 1; },
  past: async (engine, signal) => (await engine.pastEvents('a', 0, 1, signal)).length,
  changes: async (engine) => (await engine.containerChanges('a')).length,
};

/** As the extension does it: connected, with the list kept right by the events, until aborted. */
async function stayConnected(endpoint: Endpoint, signal: AbortSignal): Promise<number> {
  const recorder = new FlightRecorder(systemClock);
  const connection = new EngineConnection({
    findCandidates: () => Promise.resolve([{ endpoint, reason: 'test' }]), log: silentLog,
    connect: (to, stop) => connect(to, { signal: stop, recorder }),
  });
  connection.onEvent((event) => recorder.accept(event));
  connection.start();
  try {
    await connection.engine(signal);
    await new Promise((resolve) => { signal.addEventListener('abort', resolve); });
    return recorder.events.length;
  } finally {
    connection.dispose();
  }
}

async function main(path: string, name: string, abortAfter: number, answerMillis: number): Promise<void> {
  const endpoint: Endpoint = { kind: 'unix', path };
  const engine = await connect(endpoint, { answerMillis, pingMillis: answerMillis });
  if (name !== 'ping' && name !== 'connection') { await engine.negotiate(); }
  gc?.();
  const before = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const from = performance.now();
  const stop = new AbortController();
  let abortedAt: number | undefined;
  const timer = abortAfter > 0 ? setTimeout(() => {
    abortedAt = performance.now();
    stop.abort();
    // What takes no signal of its own ends with its engine.
    setTimeout(() => engine.dispose(), 5).unref();
  }, abortAfter) : undefined;
  let error: unknown = null;
  let count = 0;
  try {
    count = name === 'connection' ? await stayConnected(endpoint, stop.signal) : await (calls[name] ?? (() => Promise.reject(new Error(`no call ${name}`))))(engine, stop.signal);
  } catch (thrown) {
    error = thrown;
  }
  clearTimeout(timer);
  const now = performance.now();
  // What stood still last is counted, too.
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  delay.disable();
  const outcome: Outcome = {
    error: error === null ? null : messageOf(error), isHuman: error instanceof HumanError, isAborted: isAbort(error), seconds: (now - from) / 1000,
    cancelMillis: abortedAt === undefined ? null : now - abortedAt, grownMb: (process.resourceUsage().maxRSS * 1024 - before) / 1e6, blockedMillis: delay.max / 1e6, count,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  engine.dispose();
  process.exit(0);
}

const [, , path = '', name = '', abortAfter = '0', answerMillis = '120000'] = process.argv;
void main(path, name, Number(abortAfter), Number(answerMillis));
