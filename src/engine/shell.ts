import * as l10n from '@vscode/l10n';
import type { Disposable } from '../base/disposable';
import { HumanError } from '../base/errors';
import { GrowingBytes } from '../base/growingBytes';
import type { Engine, TerminalSession, TerminalSize } from './engine';
import { Conflict, EngineError, MalformedStream } from './errors';

/** A process's number and a line's end, in bytes. */
const longestFirstLine = 64;

/** The container's image has no shell. */
export class NoShell extends HumanError {
  constructor(name: string) {
    super(l10n.t('{0} has no shell: its image comes without bash and sh, as images with a single program do. Its log and its files\' changes can be seen from outside.', name));
  }
}

/** A shell in a container. */
export interface Shell extends Omit<TerminalSession, keyof Disposable> {
  /** As it was called: "bash" or "sh". */
  name: string;
  /** Ends it and what it runs in the foreground, as a terminal does whose window is closed. */
  hangUp(): Promise<void>;
}

/**
 * Opens a shell in a running container: bash where there is one, else sh.
 * @param name of the container, for messages
 * @throws NoShell; a Conflict when the container is not running
 */
export async function openShell(engine: Engine, id: string, name: string, size: TerminalSize): Promise<Shell> {
  const shell = await findShell(engine, id, name);
  // An engine leaves a command running when its connection is closed. The shell's first line says which process to hang up on.
  const session = await engine.execTerminal(id, [shell, '-c', 'echo $$; exec "$0"', shell], size);
  const chunks = session.output[Symbol.asyncIterator]();
  const { pid, rest } = await firstLine(chunks);
  // runc before 1.2 does not hand on the size that a command begins with.
  await session.resize(size);
  return {
    ...session,
    name: shell,
    output: follow(rest, chunks),
    hangUp: async () => {
      try {
        await engine.exec(id, [shell, '-c', `kill -HUP ${pid}`]);
      } finally {
        session.dispose();
      }
    },
  };
}

async function findShell(engine: Engine, id: string, name: string): Promise<string> {
  for (const shell of ['bash', 'sh']) { if (await isThere(engine, id, shell)) { return shell; } }
  // What is being removed has no files any more: that is no word about its image.
  const { state } = await engine.inspectContainer(id);
  throw state === 'running' ? new NoShell(name) : new Conflict(409, state, l10n.t('{0} does not run any more: a shell needs a running container.', name));
}

async function isThere(engine: Engine, id: string, shell: string): Promise<boolean> {
  try {
    return (await engine.exec(id, [shell, '-c', 'exit 0'])).exitCode === 0;
  } catch (error) {
    // Docker says so with a status of its own, or in the output of the command that never was.
    if (error instanceof EngineError && /executable file not found|no such file or directory|not found in \$PATH/i.test(error.reply)) { return false; }
    throw error;
  }
}

async function firstLine(chunks: AsyncIterator<Uint8Array>): Promise<{ pid: number; rest: Uint8Array }> {
  const line = new GrowingBytes(longestFirstLine);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) { throw new MalformedStream(l10n.t('a shell\'s first line')); }
    const end = next.value.indexOf(0x0a);
    if (!line.push(end < 0 ? next.value : next.value.subarray(0, end))) { throw new MalformedStream(l10n.t('a shell\'s first line')); }
    if (end < 0) { continue; }
    const pid = /^[1-9]\d{0,9}$/.exec(line.take().trim())?.[0];
    if (pid === undefined) { throw new MalformedStream(l10n.t('a process id')); }
    return { pid: Number(pid), rest: next.value.subarray(end + 1) };
  }
}

async function* follow(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  if (first.length > 0) { yield first; }
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) { yield next.value; }
}
