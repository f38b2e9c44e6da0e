import { readFileSync } from 'node:fs';
import { expect, inject } from 'vitest';
import { shellOver, type User } from '../../lab/v2/ssh.mjs';
import { type CpuCounters, parseCpuStatV2 } from '../../src/cgroup/cpu';
import type { WritableCgroupHost } from '../../src/cgroup/host';
import { connect } from '../../src/engine/connect';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';

export const address = inject('v2Machine');
export const { run, ssh, copy } = shellOver(address.sshConfig);
export const program = readFileSync('media/factorials.py', 'utf8');
export const demoImage = 'python:3-alpine';

/** Prints files one after the other. A mark that is in none of them ends each, with what came of it. */
const readScript = 'mark=$1; shift; for file; do cat "$file"; echo "$mark$?"; done';

/** That machine's files, as one of its users sees and may change them. A command there takes long: what is read at once goes in one. */
export class SshHost implements WritableCgroupHost {
  private reads: { path: string; resolve(text: string): void; reject(error: unknown): void }[] = [];

  constructor(private readonly user: User = 'root') { }

  read(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.reads.push({ path, resolve, reject });
      if (this.reads.length === 1) { setImmediate(() => void this.readAll(this.reads.splice(0))); }
    });
  }

  async write(path: string, text: string): Promise<void> { await this.must('write', path, ['sh', '-c', '[ -f "$1" ] || exec cat "$1"; exec dd of="$1" conv=notrunc,nocreat status=none', 'sh', path], text); }
  async mkdir(path: string): Promise<void> { await this.must('mkdir', path, ['mkdir', path]); }
  async rmdir(path: string): Promise<void> { await this.must('rmdir', path, ['rmdir', path]); }
  async list(path: string): Promise<string[]> { return (await this.must('scandir', path, ['ls', '-A', `${path}/`])).split('\n').filter((name) => name !== ''); }
  async isWritable(path: string): Promise<boolean> { return (await run(this.user, ['test', '-w', path])).code === 0; }

  private async must(syscall: string, path: string, command: string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await run(this.user, command, stdin === undefined ? {} : { stdin });
    if (code !== 0) { throw systemError(syscall, path, stderr); }
    return stdout;
  }

  private async readAll(reads: SshHost['reads']): Promise<void> {
    const mark = `end-of-file-${process.pid}-`;
    const { stdout, stderr } = await run(this.user, ['sh', '-c', readScript, 'sh', mark, ...reads.map(({ path }) => path)]);
    const parts = stdout.split(mark);
    const complaints = stderr.split('\n').filter((line) => line.startsWith('cat: '));
    for (const [index, { path, resolve, reject }] of reads.entries()) {
      const text = index === 0 ? parts[0] ?? '' : (parts[index] ?? '').replace(/^\d+\n/, '');
      if (parts[index + 1]?.startsWith('0\n') === true) { resolve(text); } else { reject(systemError('open', path, complaints.shift() ?? '')); }
    }
  }
}

function systemError(syscall: string, path: string, stderr: string): Error {
  const code = codeOf(stderr);
  return Object.assign(new Error(`${code}: ${stderr.trim()}, ${syscall} '${path}'`), { code, syscall, path });
}

/** Node's name for what the C library says. */
function codeOf(stderr: string): string {
  const words: Record<string, string> = {
    'No such file or directory': 'ENOENT', 'Permission denied': 'EACCES', 'No such device': 'ENODEV', 'No such process': 'ESRCH', 'Device or resource busy': 'EBUSY',
    'Invalid argument': 'EINVAL', 'File exists': 'EEXIST', 'Not a directory': 'ENOTDIR', 'Operation not permitted': 'EPERM',
  };
  return Object.entries(words).find(([said]) => stderr.includes(said))?.[1] ?? expect.fail(stderr);
}

/** The engine there over TLS. An emulated processor has time for a handshake only when it is given some. */
export async function engineOverTls(): Promise<Engine> {
  const engine = await connect(parseEndpoint(address.dockerHost, address.tls), { pingMillis: 60_000 });
  await engine.negotiate();
  return engine;
}

export async function removeContainers(engine: Engine): Promise<void> {
  for (const { id } of await engine.listContainers()) { await engine.removeContainer(id, { force: true }); }
}

/** A group's counters and the machine's own clock beside them: ours runs on while an answer is on its way. Seconds. */
export async function account(dir: string): Promise<CpuCounters & { seconds: number }> {
  const text = await ssh('root', 'cat', '/proc/uptime', `${dir}/cpu.stat`);
  return { seconds: Number(/^\d+\.\d+/.exec(text)?.[0] ?? expect.fail(text)), ...parseCpuStatV2(text) };
}
