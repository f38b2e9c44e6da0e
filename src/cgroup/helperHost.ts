import { randomUUID } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { shellQuote } from '../base/shellQuote';
import { within } from '../base/within';
import type { ContainerSpec, Engine, ExecResult, HostSpec } from '../engine/engine';
import { helperRole, roleLabel } from '../engine/ours';
import { isRemoved } from '../engine/removal';
import type { ProcessHost, WritableCgroupHost } from './host';

export interface HelperInput {
  engine: Engine;
  /** Has busybox's commands and no entrypoint of its own, and is on the engine: it is not pulled. */
  image: string;
  /** Beside our role: says which window started it, so that the next one knows it again. */
  labels?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** After so many seconds the helper ends by itself, and the engine removes it: nobody of us may be left to do so. */
const lifetimeSeconds = 600;

/** Longest wait for one operation in milliseconds: Docker may never end the output of a command whose container dies as it begins. */
const operationMillis = 30_000;

/**
 * What the helper shares with its machine. Not privileged: root's files are root's anyway, and SYS_NICE lets it move processes.
 * Without the machine's PIDs the kernel knows no process by the number that we write (ESRCH), with a cgroup namespace of its own the
 * groups above its own are not there (ENOENT).
 */
const host = {
  pidMode: 'host',
  cgroupnsMode: 'host',
  binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw'],
  capAdd: ['SYS_NICE'],
  networkMode: 'none',
  readonlyRootfs: true,
  securityOpt: ['no-new-privileges'],
  autoRemove: true,
} satisfies HostSpec;

/*
 * What runs in the helper. Paths and texts are arguments of fixed scripts: no command is ever made of data.
 */

/**
 * `>>` would make a file that is missing: asked before, and then cat says in the kernel's words what is wrong. busybox's echo is one
 * write(2) and tells why it failed (its printf does not); it takes "-n", "-e" and "-E" for options, which no file of the kernel's wants.
 */
const writeScript = '[ -f "$1" ] || { cat "$1"; exit 1; }; echo -n "$2" >> "$1"';

/** Prints files one after the other. A mark that nobody knows before ends each, with what came of it. */
const readScript = 'mark=$1; shift; for file; do cat "$file"; echo "$mark$?"; done';

/** busybox's readlink fails without a word: cat says why. */
const readlinkScript = 'readlink "$1" || { cat "$1"; exit 1; }';

/** Opens a file for writing, and writes nothing: `-w` alone tells root yes on a read-only mount. A group is as writable as the file for its processes. */
const isWritableScript = '[ ! -d "$1" ] || set -- "$1/cgroup.procs"; [ -f "$1" ] && : >> "$1"';

/**
 * The engine's machine, wherever that is, through a helper container there. Each operation is a command in it (a fraction of a
 * second). Rejects as LocalHost does; with an AbortError once it is closed; with an EngineError or EngineUnreachable when the engine fails (a Conflict or NotFound once the helper
 * has ended, 10 minutes after it was opened), and with a HelperFailed when the reason is none of the kernel's.
 */
export class HelperHost implements WritableCgroupHost, ProcessHost {
  private readonly closed = new AbortController();
  private removal: Promise<void> | undefined;
  /** Reads that were asked for in the same turn: one command does them all. */
  private reads: { path: string; resolve(text: string): void; reject(error: unknown): void }[] = [];

  private constructor(private readonly engine: Engine, readonly containerId: string) { }

  /**
   * Starts the helper. Its caller must close it.
   * @throws EngineError (a NotFound without the image), EngineUnreachable; an AbortError
   */
  static async open({ engine, image, labels, signal }: HelperInput): Promise<HelperHost> {
    signal?.throwIfAborted();
    // Create and start are not aborted under way: the engine might finish them unseen.
    const helper = new HelperHost(engine, await engine.createContainer(specOf(image, labels)));
    try {
      signal?.throwIfAborted();
      await engine.startContainer(helper.containerId);
      signal?.throwIfAborted();
      return helper;
    } catch (error) {
      // What made it fail is worth more. A helper that stays carries our label: "Clean up" finds it.
      await helper.close().catch(() => { });
      throw error;
    }
  }

  read(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.reads.push({ path, resolve, reject });
      if (this.reads.length === 1) { setImmediate(() => void this.readAll(this.reads.splice(0))); }
    });
  }

  async write(path: string, text: string): Promise<void> {
    await this.run('write', path, ['sh', '-c', writeScript, 'sh', path, text]);
  }

  async readlink(path: string): Promise<string> {
    const { stdout } = await this.run('readlink', path, ['sh', '-c', readlinkScript, 'sh', path]);
    return stdout.trimEnd();
  }

  async mkdir(path: string): Promise<void> { await this.run('mkdir', path, ['mkdir', path]); }
  async rmdir(path: string): Promise<void> { await this.run('rmdir', path, ['rmdir', path]); }

  async list(path: string): Promise<string[]> {
    // The slash refuses what is no folder. ls looks at each name, too, and fails for those that went meanwhile: they are no failure.
    const { stdout } = await this.run('scandir', path, ['ls', '-A', `${path}/`], ({ stdout }) => stdout !== '');
    return stdout.split('\n').filter((name) => name !== '');
  }

  async isWritable(path: string): Promise<boolean> {
    const { exitCode } = await this.run('access', path, ['sh', '-c', isWritableScript, 'sh', path], () => true);
    return exitCode === 0;
  }

  /** Removes the helper; what is under way in it is aborted. A removal that failed is tried again by the next call. */
  close(): Promise<void> {
    this.closed.abort();
    this.removal ??= isRemoved(this.engine.removeContainer(this.containerId, { force: true })).then(() => { }, (error: unknown) => {
      this.removal = undefined;
      throw error;
    });
    return this.removal;
  }

  private async readAll(reads: HelperHost['reads']): Promise<void> {
    if (reads.length === 1) {
      for (const { path, resolve, reject } of reads) { this.run('open', path, ['cat', path]).then(({ stdout }) => resolve(stdout), reject); }
      return;
    }
    const mark = randomUUID();
    let result: ExecResult;
    try {
      result = await this.run('open', reads[0]?.path ?? '', ['sh', '-c', readScript, 'sh', mark, ...reads.map(({ path }) => path)]);
    } catch (error) {
      for (const { reject } of reads) { reject(error); }
      return;
    }
    const parts = result.stdout.split(mark);
    const complaints = result.stderr.split('\n');
    for (const [index, { path, resolve, reject }] of reads.entries()) {
      // Each part begins with the exit code of the file before.
      const stdout = index === 0 ? parts[0] ?? '' : (parts[index] ?? '').replace(/^\d+\n/, '');
      const exitCode = Number(/^\d+/.exec(parts[index + 1] ?? '')?.[0] ?? 1);
      if (exitCode === 0) { resolve(stdout); } else { reject(explainFailure({ exitCode, stdout, stderr: complaints.shift() ?? '' }, 'open', path)); }
    }
  }

  /** @param isFine whether a command that failed did what it should */
  private async run(syscall: string, path: string, command: readonly string[], isFine: (result: ExecResult) => boolean = () => false): Promise<ExecResult> {
    const limit = within(operationMillis);
    let result: ExecResult;
    try {
      result = await this.engine.exec(this.containerId, command, { signal: AbortSignal.any([this.closed.signal, limit]) });
    } catch (error) {
      this.closed.signal.throwIfAborted();
      throw limit.aborted ? new HelperFailed(l10n.t('The helper container did not answer for {0} seconds about {1}.', operationMillis / 1000, path), { cause: error }) : error;
    }
    if (result.exitCode === 0 || (result.exitCode < firstForeignExitCode && isFine(result))) { return result; }
    throw explainFailure(result, syscall, path);
  }
}

/** From here on an exit code is not the command's: it was not there, could not run, or was killed. */
const firstForeignExitCode = 126;

/** The helper did not do what it was told, and not because the kernel refused. */
export class HelperFailed extends HumanError { }

/** The line for a terminal that starts the same helper. */
export function helperCommand(image: string): string {
  const { labels, command } = specOf(image);
  return [
    'docker run --detach',
    ...Object.entries(labels).map(([name, value]) => `--label ${name}=${value}`),
    `--pid=${host.pidMode}`, `--cgroupns=${host.cgroupnsMode}`,
    ...host.binds.map((bind) => `--volume ${bind}`),
    ...host.capAdd.map((capability) => `--cap-add ${capability}`),
    `--network ${host.networkMode}`, '--read-only',
    ...host.securityOpt.map((option) => `--security-opt ${option}`), '--rm',
    shellQuote(image),
    ...command,
  ].join(' ');
}

function specOf(image: string, labels: HelperInput['labels'] = {}) {
  // sleep is not the machine's first process, so that each signal ends it at once.
  return { image, command: ['sleep', String(lifetimeSeconds)], labels: { ...labels, [roleLabel]: helperRole }, host } satisfies ContainerSpec;
}

/** The kernel's errors by what busybox prints for them: strerror's texts of glibc and, where they differ, of musl (Alpine), and ash's own. */
const codes: ReadonlyMap<string, string> = new Map([
  ['Argument list too long', 'E2BIG'],
  ['Permission denied', 'EACCES'],
  ['Resource temporarily unavailable', 'EAGAIN'],
  ['Device or resource busy', 'EBUSY'], ['Resource busy', 'EBUSY'],
  ['File exists', 'EEXIST'],
  ['Invalid argument', 'EINVAL'],
  ['Input/output error', 'EIO'], ['I/O error', 'EIO'],
  ['Is a directory', 'EISDIR'],
  ['Too many levels of symbolic links', 'ELOOP'], ['Symbolic link loop', 'ELOOP'],
  ['File name too long', 'ENAMETOOLONG'], ['Filename too long', 'ENAMETOOLONG'],
  ['No such device', 'ENODEV'],
  ['No such file or directory', 'ENOENT'], ['nonexistent directory', 'ENOENT'], ['no such file', 'ENOENT'],
  ['Cannot allocate memory', 'ENOMEM'], ['Out of memory', 'ENOMEM'],
  ['No space left on device', 'ENOSPC'],
  ['Not a directory', 'ENOTDIR'],
  ['Directory not empty', 'ENOTEMPTY'],
  ['Operation not supported', 'EOPNOTSUPP'], ['Not supported', 'EOPNOTSUPP'],
  ['Operation not permitted', 'EPERM'],
  ['Numerical result out of range', 'ERANGE'], ['Result not representable', 'ERANGE'],
  ['Read-only file system', 'EROFS'],
  ['No such process', 'ESRCH'],
]);

function explainFailure({ exitCode, stderr }: ExecResult, syscall: string, path: string): Error {
  const said = stderr.trim();
  // "sh: write error: Invalid argument"
  const reason = /(?:^|: )([^:\n]+)$/.exec(said)?.[1] ?? '';
  const code = exitCode < firstForeignExitCode ? codes.get(reason) : undefined;
  if (code !== undefined) { return Object.assign(new Error(`${code}: ${reason}, ${syscall} '${path}'`), { code, syscall, path }); }
  return new HelperFailed(l10n.t('The helper container could not work on {0} (exit code {1}): {2}', path, exitCode, said || l10n.t('no reason given')));
}
