import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import type { Disposable } from '../base/disposable';
import { type Endpoint, endpointAddress } from './endpoint';
import { EngineUnreachable } from './errors';

export type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>;

/** A local socket that leads to an engine on another machine. */
export interface SshRoute extends Disposable {
  socketPath: string;
  /** How: ssh forwards the engine's own socket, or each connection runs `docker system dial-stdio` there. */
  way: 'forwarded' | 'dial-stdio';
  /** Connections that may be open at once. sshd allows ten sessions on one connection; forwarded sockets are not sessions. */
  maxConnections: number;
}

type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;

const defaultRemoteSocket = '/var/run/docker.sock';
/** Longest wait for ssh to log in, over its own ConnectTimeout. Milliseconds. */
const loginMillis = 20_000;
/** What is kept of ssh's own words for an error message. */
const keptStderrChars = 4_000;

/** Which ssh, and in which environment (PATH, SSH_AUTH_SOCK, HOME). */
export interface SshProgram {
  /** Name or path of the program. */
  path: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Opens one ssh connection to the machine and forwards the engine's socket over it. Uses the system's ssh, so its configuration,
 * agent, jump hosts and known hosts hold. It never asks: a key with a passphrase must be in an agent, as nobody would see a prompt.
 * When the server refuses to forward, connections go through `docker system dial-stdio`, over the same ssh connection.
 * @throws EngineUnreachable with ssh's own words
 */
export async function openSshRoute(endpoint: SshEndpoint, program: SshProgram, signal?: AbortSignal): Promise<SshRoute> {
  // mkdtemp makes it ours alone: whoever reaches the socket in it is root on the engine's machine.
  const folder = await mkdtemp(join(tmpdir(), 'hc-ssh-'));
  const login = new SshLogin(endpoint, folder, program);
  const dispose = (): void => {
    login.end();
    void rm(folder, { recursive: true, force: true });
  };
  try {
    await login.ready(signal);
    if (await answers(login.forwardedSocket)) {
      return { socketPath: login.forwardedSocket, way: 'forwarded', maxConnections: Infinity, dispose };
    }
    const socketPath = join(folder, 'dial');
    const server = await login.serveDialStdio(socketPath);
    return {
      socketPath, way: 'dial-stdio', maxConnections: 9,
      dispose: () => {
        server.close();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** One logged-in ssh. Further sessions go over its control socket: they need no login of their own. */
class SshLogin {
  readonly forwardedSocket: string;
  private readonly controlSocket: string;
  private readonly ssh: Ssh;
  private readonly children = new Set<Ssh>();
  private said = '';
  private failure: Error | undefined;
  private ended = false;

  constructor(private readonly endpoint: SshEndpoint, private readonly folder: string, private readonly program: SshProgram) {
    this.forwardedSocket = join(folder, 's');
    this.controlSocket = join(folder, 'c');
    this.ssh = this.spawn([
      ...(process.platform === 'win32' ? [] : ['-M']),
      '-L', `${this.forwardedSocket}:${endpoint.path ?? defaultRemoteSocket}`,
      // A wire that was cut without a word is noticed in 15 seconds.
      '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2', '-o', 'ConnectTimeout=10',
    ], ['cat']); // Reads our end of its input: ssh ends when we do, however that comes about.
    this.ssh.stdout.resume();
  }

  /** Resolves once the forwarded socket is there. */
  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (work: () => void): void => {
        clearTimeout(timer);
        watcher.close();
        signal?.removeEventListener('abort', onAbort);
        work();
      };
      const look = (): void => { if (existsSync(this.forwardedSocket)) { settle(resolve); } };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const watcher = watch(this.folder, look);
      const timer = setTimeout(() => settle(() => reject(this.explain())), loginMillis);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.ssh.once('close', () => settle(() => reject(this.explain())));
      look();
    });
  }

  /** A local socket whose every connection is a session of `docker system dial-stdio`, as the docker command does it. */
  serveDialStdio(path: string): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.dial(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(server));
    });
  }

  end(): void {
    this.ended = true;
    for (const child of [this.ssh, ...this.children]) {
      child.stdin.destroy();
      child.kill();
    }
  }

  private dial(socket: Socket): void {
    if (this.ended) {
      socket.destroy();
      return;
    }
    const session = this.spawn([], ['docker', 'system', 'dial-stdio']);
    this.children.add(session);
    socket.pipe(session.stdin);
    session.stdout.pipe(socket);
    // Either end may go first, in the middle of a write.
    socket.on('error', () => session.kill());
    session.stdin.on('error', () => socket.destroy());
    session.once('close', () => {
      this.children.delete(session);
      socket.destroy();
    });
  }

  private spawn(options: readonly string[], command: readonly string[]): Ssh {
    const { host, port, user } = this.endpoint;
    const ssh = spawn(this.program.path, [
      '-T', '-o', 'BatchMode=yes',
      ...(process.platform === 'win32' ? [] : ['-S', this.controlSocket]),
      ...options,
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(user === undefined ? [] : ['-l', user]),
      '--', host, ...command,
    ], { env: this.program.env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    ssh.stderr.setEncoding('utf8').on('data', (text: string) => { this.said = (this.said + text).slice(-keptStderrChars); });
    ssh.stdin.on('error', () => { /* it ended before we did; 'close' tells */ });
    ssh.once('error', (error) => { this.failure = error; });
    return ssh;
  }

  /** Why ssh did not get there, from what it said. */
  private explain(): EngineUnreachable {
    const address = endpointAddress(this.endpoint);
    const said = this.said.trim();
    const unreachable = (reason: EngineUnreachable['reason'], message: string): EngineUnreachable =>
      new EngineUnreachable(this.endpoint, reason, message, { cause: this.failure ?? (said === '' ? undefined : new Error(said)) });
    if ((this.failure as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
      return unreachable('ssh', l10n.t('The program {0} was not found. Install an OpenSSH client to reach {1}, or name one in the setting helloContainers.ssh.path.', this.program.path, address));
    }
    if (said.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) {
      return unreachable('ssh', l10n.t('The host key of {0} has changed. Somebody may be in between, or the machine was set up anew. If you know that it was, remove the old key: ssh-keygen -R {1}', address, this.endpoint.host));
    }
    if (said.includes('Host key verification failed')) {
      return unreachable('ssh', l10n.t('The host key of {0} is not known. Connect once in a terminal (ssh {1}), compare the fingerprint and accept it.', address, this.endpoint.host));
    }
    if (said.includes('Permission denied')) {
      return unreachable('ssh', l10n.t('{0} did not accept your key ({1}). Add it to the account there (ssh-copy-id), and to your agent if it has a passphrase (ssh-add): we never ask for one.', address, lastLine(said)));
    }
    return unreachable('ssh', l10n.t('ssh did not reach {0}: {1}', address, lastLine(said) || l10n.t('no answer in {0} seconds', loginMillis / 1000)));
  }
}

/** Whether the far end of the socket speaks at all. When forwarding is refused, the connection is taken and closed at once. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(path, () => socket.write('GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n'));
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    // Taken and silent: the engine itself is stuck, which its own first call finds out and says.
    socket.setTimeout(10_000, () => end(true));
  });
}

function lastLine(text: string): string {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').at(-1) ?? '';
}
