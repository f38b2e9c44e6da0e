import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { connect as connectSocket } from 'node:net';
import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';
import type { Candidate } from './contexts';
import { type Endpoint, endpointAddress } from './endpoint';
import type { Engine, EngineFacts } from './engine';

/** One link of the chain between us and an engine. */
export interface Link {
  title: string;
  state: 'passed' | 'failed' | 'notReached';
  /** What was seen. Empty when it was not reached. */
  finding: string;
  /** A command or an action that would mend it, when it failed and there is one. */
  fix?: string;
}

export interface DoctorInput {
  connect(endpoint: Endpoint, signal: AbortSignal): Promise<Engine>;
  platform: NodeJS.Platform;
  signal: AbortSignal;
}

interface Check {
  title: string;
  /** Resolves with what was seen; rejects with why not. */
  look(): Promise<string>;
  fix?: (error: unknown) => string | undefined;
}

/** Longest wait for a connection to be taken. Milliseconds. */
const patienceMillis = 5_000;

/** Walks the chain from the endpoint to a working engine; behind the first link that fails nothing is reached. */
export async function diagnose(candidate: Candidate, input: DoctorInput): Promise<Link[]> {
  const links: Link[] = [{ title: l10n.t('The engine is looked for at {0}', endpointAddress(candidate.endpoint)), state: 'passed', finding: candidate.reason }];
  let broken = false;
  const engine: { current?: Engine } = {};
  try {
    for (const { title, look, fix } of checks(candidate.endpoint, input, engine)) {
      if (broken) {
        links.push({ title, state: 'notReached', finding: '' });
        continue;
      }
      try {
        links.push({ title, state: 'passed', finding: await look() });
      } catch (error) {
        input.signal.throwIfAborted();
        broken = true;
        const mend = fix?.(error);
        links.push({ title, state: 'failed', finding: messageOf(error), ...(mend === undefined ? {} : { fix: mend }) });
      }
    }
    return links;
  } finally {
    engine.current?.dispose();
  }
}

/** How a diagnosis reads as plain text. */
export function diagnosisText(links: readonly Link[]): string {
  const mark = { passed: '✓', failed: '✗', notReached: '·' };
  return links.map(({ title, state, finding, fix }) => [
    `${mark[state]} ${title}`,
    ...(state === 'notReached' ? [`    ${l10n.t('not reached')}`] : finding === '' ? [] : [`    ${finding}`]),
    ...(fix === undefined ? [] : [`    ${l10n.t('To mend it: {0}', fix)}`]),
  ].join('\n')).join('\n');
}

function checks(endpoint: Endpoint, input: DoctorInput, engine: { current?: Engine }): Check[] {
  return [...wayTo(endpoint, input), ...engineChecks(endpoint, input, engine)];
}

function wayTo(endpoint: Endpoint, { platform, signal }: DoctorInput): Check[] {
  switch (endpoint.kind) {
    case 'unix': {
      const { path } = endpoint;
      const start = platform === 'linux' ? 'sudo systemctl start docker' : l10n.t('start Docker Desktop');
      return [
        {
          title: l10n.t('The socket exists'), fix: () => start,
          look: async () => {
            if (!(await stat(path)).isSocket()) { throw new HumanError(l10n.t('{0} is there, but it is not a socket.', path)); }
            return path;
          },
        },
        {
          title: l10n.t('You may use it'), fix: () => 'sudo usermod -aG docker $USER',
          look: () => access(path, constants.R_OK | constants.W_OK).then(() => l10n.t('readable and writable for you')),
        },
        { title: l10n.t('Something listens there'), fix: () => start, look: () => takesConnection({ path }, signal) },
      ];
    }
    case 'npipe': return [{ title: l10n.t('Something listens there'), fix: () => l10n.t('start Docker Desktop'), look: () => takesConnection({ path: endpoint.path }, signal) }];
    case 'tcp':
    case 'tls': {
      const { host, port } = endpoint;
      return [
        { title: l10n.t('The host name is known'), look: () => lookup(host).then(({ address }) => address) },
        { title: l10n.t('Something listens there'), look: () => takesConnection({ host, port }, signal) },
      ];
    }
    // ssh's own steps are told by ssh, in the next check.
    case 'ssh': return [];
  }
}

function engineChecks(endpoint: Endpoint, { connect, signal }: DoctorInput, engine: { current?: Engine }): Check[] {
  let facts: EngineFacts | undefined;
  const known = async (): Promise<{ engine: Engine; facts: EngineFacts }> => {
    if (engine.current === undefined) { throw new Error('no engine'); }
    facts ??= await engine.current.facts(signal);
    return { engine: engine.current, facts };
  };
  return [
    {
      title: endpoint.kind === 'ssh' ? l10n.t('ssh logs in') : endpoint.kind === 'tls' ? l10n.t('Its files for TLS can be read') : l10n.t('A connection can be made'),
      look: async () => {
        engine.current = await connect(endpoint, signal);
        return wordsOf(engine.current.sshWay);
      },
    },
    {
      title: endpoint.kind === 'tls' ? l10n.t('Both sides trust each other, and it is a Docker engine') : l10n.t('It is a Docker engine'),
      look: async () => {
        await engine.current?.negotiate(signal);
        return l10n.t('it answers as one');
      },
    },
    {
      title: l10n.t('Its versions'),
      look: async () => {
        const { facts: { name, version, apiVersion, operatingSystem, kernelVersion, architecture } } = await known();
        return l10n.t('engine {0}, API {1}, on {2}: {3}, kernel {4}, {5}', version, apiVersion, name, operatingSystem, kernelVersion, architecture);
      },
    },
    {
      title: l10n.t('It answers questions about containers'),
      look: async () => l10n.t('containers: {0}', (await (await known()).engine.listContainers()).length),
    },
    {
      title: l10n.t('Limits can work'),
      look: async () => {
        const { facts: { cgroupVersion, cgroupDriver, cpus } } = await known();
        if (cgroupDriver === 'none') { throw new HumanError(l10n.t('The engine runs without control groups (a rootless engine on cgroup v1 does): it cannot limit anything.')); }
        return l10n.t('cgroup v{0}, driver {1}, CPUs: {2}', cgroupVersion, cgroupDriver, cpus);
      },
    },
  ];
}

/** Which way ssh took, and why. */
function wordsOf(way: Engine['sshWay']): string {
  switch (way) {
    case undefined: return '';
    case 'forwarded': return l10n.t('it forwards the engine\'s socket: one connection carries everything');
    case 'dial-stdio': return l10n.t('the server refuses to forward the engine\'s socket, so each request runs "docker system dial-stdio" there: slower, and all the same');
  }
}

function takesConnection(where: { path: string } | { host: string; port: number }, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(where);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(patienceMillis, () => end(() => reject(new HumanError(l10n.t('no answer in {0} seconds', patienceMillis / 1000)))));
    socket.once('connect', () => end(() => resolve(l10n.t('it takes connections'))));
    socket.once('error', (error) => end(() => reject(error)));
  });
}
