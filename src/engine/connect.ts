import { readFile } from 'node:fs/promises';
import Docker from 'dockerode';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { isAbort } from '../base/errors';
import { DockerEngine } from './dockerEngine';
import { type Endpoint, endpointAddress } from './endpoint';
import type { Engine } from './engine';
import { EngineUnreachable, explainConnectionError, notADocker } from './errors';
import { EngineHttp, type EngineRequest, type Transport } from './http';
import type { FlightRecorder } from './recorder';
import { openSshRoute, type SshProgram, type SshRoute } from './sshRoute';

export interface ConnectOptions {
  /** Longest wait for the engine's first answer, in milliseconds. */
  pingMillis?: number;
  /** Longest wait for the whole answer to any other question, in milliseconds. */
  answerMillis?: number;
  ssh?: SshProgram;
  signal?: AbortSignal;
  /** Keeps what is asked and answered; nothing is kept without one. */
  recorder?: FlightRecorder;
}

/** Connections that wait for the next call; what a burst of calls opened beyond them is closed after it. */
const maxFreeSockets = 8;

/**
 * An Engine over dockerode. Nothing is sent to the engine yet: call `negotiate` first. For ssh the login is made here.
 * @throws EngineUnreachable when ssh does not get there, or the TLS files cannot be read; an AbortError
 */
export async function connect(endpoint: Endpoint, { pingMillis = 10_000, answerMillis = 120_000, ssh = { path: 'ssh', env: process.env }, signal, recorder }: ConnectOptions = {}): Promise<Engine> {
  const route = endpoint.kind === 'ssh' ? await openSshRoute(endpoint, ssh, signal) : undefined;
  // An agent of its own: connections are kept for the next call, and end with the engine.
  const agent = new (endpoint.kind === 'tls' ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: route?.maxConnections ?? Infinity, maxFreeSockets });
  const docker = new Docker({ ...await dockerOptions(endpoint, route), agent } as Docker.DockerOptions);
  return new DockerEngine(new EngineHttp(endpoint, new DockerodeTransport(docker, endpoint), answerMillis, recorder), pingMillis, () => {
    agent.destroy();
    route?.dispose();
  }, route?.way);
}

async function dockerOptions(endpoint: Endpoint, route: SshRoute | undefined): Promise<Docker.DockerOptions> {
  // dockerode lets DOCKER_HOST and DOCKER_CERT_PATH override what is not given: give everything, undefined included.
  const nothing = { host: undefined, port: undefined, protocol: undefined, socketPath: undefined, ca: undefined, cert: undefined, key: undefined, timeout: undefined, headers: {} };
  switch (endpoint.kind) {
    case 'unix':
    case 'npipe':
      return { ...nothing, socketPath: endpoint.path, protocol: 'http' } as unknown as Docker.DockerOptions;
    case 'tcp':
      return { ...nothing, host: endpoint.host, port: endpoint.port, protocol: 'http' } as unknown as Docker.DockerOptions;
    case 'tls': {
      const { ca, cert, key } = endpoint.files;
      const read = async (path: string | undefined): Promise<Buffer | undefined> => path === undefined ? undefined : readFile(path);
      try {
        const [caPem, certPem, keyPem] = await Promise.all([read(ca), read(cert), read(key)]);
        return { ...nothing, host: endpoint.host, port: endpoint.port, protocol: 'https', ca: caPem, cert: certPem, key: keyPem } as unknown as Docker.DockerOptions;
      } catch (error) {
        throw new EngineUnreachable(endpoint, 'tls', l10n.t('The certificates for {0} cannot be read: {1}.', endpointAddress(endpoint), (error as Error).message), { cause: error });
      }
    }
    case 'ssh':
      return { ...nothing, socketPath: route?.socketPath, protocol: 'http' } as unknown as Docker.DockerOptions;
  }
}

/** Every status is passed on: what an error means is decided in one place, by DockerEngine. */
const everyStatus = new Proxy<Record<number, true>>({}, { get: () => true });

interface DialOptions {
  path: string;
  method: string;
  options: { _query: Record<string, string>; _body: unknown };
  isStream: true;
  hijack: boolean;
  statusCodes: Record<number, true>;
  abortSignal?: AbortSignal;
  file?: Buffer;
}

type BuildRequest = (options: RequestOptions, context: { hijack?: boolean }, data: string | Buffer | undefined, done: (error: unknown, answer?: IncomingMessage | Duplex) => void) => void;

class DockerodeTransport implements Transport {
  constructor(private readonly docker: Docker, private readonly endpoint: Endpoint) {
    // docker-modem's own would follow a redirect to any host, throw where nobody catches when it cannot, and print each request,
    // with all that hangs on the agent, into a debug line that nobody reads (seconds for 200 calls at once).
    const modem = docker.modem as unknown as { buildRequest: BuildRequest };
    const open = endpoint.kind === 'tls' ? httpsRequest : httpRequest;
    modem.buildRequest = (options, { hijack }, data, done) => {
      open(options).on('response', (response) => done(null, response)).on('error', done)
        .on('upgrade', (_response, connection, head) => {
          if (hijack !== true) {
            // Nobody asked for it.
            connection.destroy();
            done(notADocker(endpoint));
            return;
          }
          if (head.length > 0) { connection.unshift(head); }
          done(null, connection);
        }).end(data);
    };
  }

  send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.dial(request, false, signal) as Promise<IncomingMessage>;
  }

  upgrade(request: EngineRequest, signal?: AbortSignal): Promise<Duplex | IncomingMessage> {
    return this.dial(request, true, signal);
  }

  private dial(request: EngineRequest, hijack: boolean, signal: AbortSignal | undefined): Promise<Duplex | IncomingMessage> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const dial: DialOptions = {
        // dockerode appends the query to a path that holds a question mark.
        path: `${request.path}?`,
        method: request.method,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        isStream: true,
        hijack,
        statusCodes: everyStatus,
        ...(signal === undefined ? {} : { abortSignal: signal }),
        ...(request.tar === undefined ? {} : { file: Buffer.from(request.tar.buffer, request.tar.byteOffset, request.tar.byteLength) }),
      };
      this.docker.modem.dial(dial, (error: unknown, response: unknown) => {
        if (error) {
          reject(isAbort(error) ? error as Error : explainConnectionError(error, this.endpoint) as Error);
        } else {
          resolve(response as IncomingMessage | Duplex);
        }
      });
    });
  }

  setVersion(apiVersion: string): void {
    (this.docker.modem as { version?: string }).version = `v${apiVersion}`;
  }
}
