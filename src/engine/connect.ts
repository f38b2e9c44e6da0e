import { readFile } from 'node:fs/promises';
import Docker from 'dockerode';
import type { IncomingMessage } from 'node:http';
import * as l10n from '@vscode/l10n';
import { isAbort } from '../base/errors';
import { DockerEngine, type EngineRequest, type Transport } from './dockerEngine';
import { type Endpoint, endpointAddress } from './endpoint';
import type { Engine } from './engine';
import { EngineUnreachable, explainConnectionError } from './errors';

/**
 * An Engine over dockerode. Nothing is sent yet: call `negotiate` first.
 * @param pingMillis longest wait for the engine's first answer
 * @throws EngineUnreachable when the endpoint is of a kind that we cannot open, or its TLS files cannot be read
 */
export async function connect(endpoint: Endpoint, pingMillis = 10_000): Promise<Engine> {
  const docker = new Docker(await dockerOptions(endpoint));
  return new DockerEngine(endpoint, new DockerodeTransport(docker, endpoint), pingMillis);
}

async function dockerOptions(endpoint: Endpoint): Promise<Docker.DockerOptions> {
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
      throw new EngineUnreachable(endpoint, 'unsupported', l10n.t('Engines over ssh cannot be opened yet: {0}. Forward the socket (ssh -N -L /tmp/docker.sock:/var/run/docker.sock …) and set helloContainers.endpoint to it.', endpointAddress(endpoint)));
  }
}

/** Every status is passed on: what an error means is decided in one place, by DockerEngine. */
const everyStatus = new Proxy<Record<number, true>>({}, { get: () => true });

interface DialOptions {
  path: string;
  method: string;
  options: { _query: Record<string, string>; _body: unknown };
  isStream: true;
  statusCodes: Record<number, true>;
  abortSignal?: AbortSignal;
  file?: Buffer;
}

class DockerodeTransport implements Transport {
  constructor(private readonly docker: Docker, private readonly endpoint: Endpoint) { }

  send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const dial: DialOptions = {
        // dockerode appends the query to a path that holds a question mark.
        path: `${request.path}?`,
        method: request.method,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        isStream: true,
        statusCodes: everyStatus,
        ...(signal === undefined ? {} : { abortSignal: signal }),
        ...(request.tar === undefined ? {} : { file: Buffer.from(request.tar.buffer, request.tar.byteOffset, request.tar.byteLength) }),
      };
      this.docker.modem.dial(dial, (error: unknown, response: unknown) => {
        if (error) {
          reject(isAbort(error) ? error as Error : explainConnectionError(error, this.endpoint) as Error);
        } else {
          resolve(response as IncomingMessage);
        }
      });
    });
  }

  setVersion(apiVersion: string): void {
    (this.docker.modem as { version?: string }).version = `v${apiVersion}`;
  }
}
