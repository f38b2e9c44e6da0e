import { readFileSync } from 'node:fs';
import { expect, inject } from 'vitest';
import { shellOver, type User } from '../../lab/v2/ssh.mjs';
import { type CpuCounters, parseCpuStatV2 } from '../../src/cgroup/cpu';
import type { CgroupHost } from '../../src/cgroup/host';
import { connect } from '../../src/engine/connect';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { Engine } from '../../src/engine/engine';

export const address = inject('v2Machine');
export const { run, ssh, copy } = shellOver(address.sshConfig);
export const program = readFileSync('media/factorials.py', 'utf8');
export const demoImage = 'python:3-alpine';

/** That machine's files, as one of its users sees them. */
export class SshHost implements CgroupHost {
  constructor(private readonly user: User = 'root') { }

  async read(path: string): Promise<string> {
    const { code, stdout, stderr } = await run(this.user, ['cat', path]);
    if (code !== 0) { throw Object.assign(new Error(`cat ${path}: ${stderr.trim()}`), { code: codeOf(stderr) }); }
    return stdout;
  }
}

/** Node's name for what the C library says. */
function codeOf(stderr: string): string {
  const words: Record<string, string> = { 'No such file or directory': 'ENOENT', 'Permission denied': 'EACCES', 'No such device': 'ENODEV', 'No such process': 'ESRCH' };
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
