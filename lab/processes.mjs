import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a condition that gives no event is looked at. */
const POLL_MS = 50;

/**
 * Names a process for good: its pid and the time it started, for pids are used again.
 * @param {number} [pid]
 * @returns {string | undefined} undefined when there is no such process
 */
export function identityOf(pid = process.pid) {
  try {
    // The second field is the program's name in brackets and may hold anything: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid}-${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process that {@link identityOf} named still runs.
 * @param {string} identity
 */
export function isAlive(identity) {
  return identityOf(Number.parseInt(identity, 10)) === identity;
}

/**
 * The pid in a pid file, when that process runs and is `program`; a stale file or a pid that now belongs to another
 * program gives undefined.
 * @param {string} pidFile
 * @param {string} program as in /proc/PID/comm (15 characters at most)
 */
export function runningPid(pidFile, program) {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return isProgram(pid, program) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string} program
 */
function isProgram(pid, program) {
  if (!identityOf(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program.slice(0, 15);
  } catch {
    return false;
  }
}

/**
 * Every running process of this machine that `matches`.
 * @param {(process: { pid: number, parent: number, program: string, args: string[] }) => boolean} matches
 */
export function findProcesses(matches) {
  const found = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') continue;
      const candidate = {
        pid: Number(entry),
        parent: Number(fields[1]),
        program: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
        args: readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0'),
      };
      if (matches(candidate)) found.push(candidate);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/**
 * Whether two processes see the same network.
 * @param {number} pid
 */
export function sharesOurNetwork(pid) {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}

/**
 * Waits until `done()` is true.
 * @param {() => boolean | Promise<boolean>} done
 * @param {number} ms
 * @returns {Promise<boolean>} false when the time is over
 */
export async function waitUntil(done, ms) {
  const end = performance.now() + ms;
  while (!(await done())) {
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/**
 * Asks a process to end, and makes it end when it does not.
 * @param {number} pid
 * @param {number} [patienceMs]
 */
export async function endProcess(pid, patienceMs = 10_000) {
  const identity = identityOf(pid);
  if (!identity) return;
  signal(pid, 'SIGTERM');
  if (await waitUntil(() => !isAlive(identity), patienceMs)) return;
  signal(pid, 'SIGKILL');
  await waitUntil(() => !isAlive(identity), 5_000);
}

/**
 * Sends a signal; a process (or, for a negative pid, a group) that is gone already is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Starts a program that goes on by itself: in a session of its own, so that a Ctrl+C in our terminal does not reach it
 * before we end it in good order, with its output appended to a file.
 * @param {string} command
 * @param {string[]} args
 * @param {{ logFile: string, env?: NodeJS.ProcessEnv }} options
 */
export function startDaemon(command, args, { logFile, env = process.env }) {
  const out = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { detached: true, stdio: ['ignore', out, out], env });
    child.unref();
    // Without a listener a missing program would be an uncaught exception; waiting for readiness reports it.
    child.on('error', () => {});
    return child;
  } finally {
    closeSync(out);
  }
}

/**
 * The end of a log, for an error message.
 * @param {string} logFile
 * @param {number} [lines]
 */
export function lastLines(logFile, lines = 12) {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, logFile?: string }} [options] with `logFile` the output goes there too
 * @returns {Promise<string>} what it printed to its standard output
 * @throws with the command and the end of its output when it fails
 */
export async function run(command, args, { cwd, env, logFile } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text) => ((stdout += text), (all += text)));
  child.stderr.setEncoding('utf8').on('data', (text) => (all += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (logFile) appendFileSync(logFile, `$ ${command} ${args.join(' ')}\n${all}`);
  if (code !== 0) {
    const end = all.trimEnd().split('\n').slice(-12).join('\n');
    throw new Error(`${command} ${args.join(' ')} failed (${code ?? 'killed'}):\n${end}`);
  }
  return stdout;
}
