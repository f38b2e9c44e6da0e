import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PATIENCE_MS = 2_000;

/**
 * The engine that the docker command would use: DOCKER_HOST, DOCKER_CONTEXT, the configured context, the default
 * socket, in this order.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ host: string } | undefined>} undefined unless it answers within two seconds; engines behind ssh
 *   are not asked, as that may want a password
 */
export async function reachableEngine(env = process.env) {
  const { host, certificates } = chosenEngine(env);
  return (await answersPing(host, certificates)) ? { host } : undefined;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ host: string, certificates?: string }} certificates: a folder with ca.pem, cert.pem and key.pem
 */
function chosenEngine(env) {
  const config = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker');
  if (env.DOCKER_HOST) {
    const withTls = env.DOCKER_TLS_VERIFY || env.DOCKER_TLS;
    return { host: env.DOCKER_HOST, certificates: withTls ? (env.DOCKER_CERT_PATH ?? config) : undefined };
  }
  const name = env.DOCKER_CONTEXT ?? readJson(join(config, 'config.json'))?.currentContext ?? 'default';
  const id = createHash('sha256').update(name).digest('hex');
  const host = readJson(join(config, 'contexts/meta', id, 'meta.json'))?.Endpoints?.docker?.Host;
  if (name === 'default' || !host) return { host: 'unix:///var/run/docker.sock' };
  const certificates = join(config, 'contexts/tls', id, 'docker');
  return { host, certificates: existsSync(certificates) ? certificates : undefined };
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} host
 * @param {string | undefined} certificates
 * @returns {Promise<boolean>}
 */
async function answersPing(host, certificates) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { protocol, hostname, port, pathname } = new URL(host);
    const common = { path: '/_ping', headers: { host: 'localhost' }, agent: false, signal };
    if (protocol === 'unix:') return await isOk(httpRequest({ ...common, socketPath: decodeURIComponent(pathname) }));
    if (protocol !== 'tcp:') return false;
    if (!certificates) return await isOk(httpRequest({ ...common, host: hostname, port: port || 2375 }));
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(certificates, name)));
    return await isOk(httpsRequest({ ...common, host: hostname, port: port || 2376, ca, cert, key }));
  } catch {
    // A host that is no address, unreadable certificates, nobody there, no answer in time: not reachable.
    return false;
  }
}

/** @param {import('node:http').ClientRequest} outgoing */
function isOk(outgoing) {
  return new Promise((resolve, reject) => {
    outgoing.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
