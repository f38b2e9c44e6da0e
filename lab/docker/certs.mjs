import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ensurePackages } from '../packages.mjs';
import { run } from '../processes.mjs';

/**
 * @typedef {object} Certificates
 * @property {string} server folder with ca.pem, cert.pem and key.pem for the daemon
 * @property {string} client the same for a client that it lets in: a value for DOCKER_CERT_PATH
 * @property {string} stranger for a client that trusts the daemon and that it must refuse: signed by another authority
 * @property {string} suspicious for a client that it would let in and that must refuse the daemon: it trusts another authority
 * @property {Record<string, unknown>} settings what daemon.json needs to ask clients for certificates
 */

/**
 * Authorities and certificates for a daemon that listens on a TCP port with TLS and asks its clients for certificates
 * (https://docs.docker.com/engine/security/protect-access/). Made anew each time.
 * @param {string} folder
 * @param {string[]} names the host names and addresses by which clients reach the daemon
 * @param {{ days?: number }} [options] how long they are valid
 * @returns {Promise<Certificates>}
 */
export async function makeCertificates(folder, names, { days = 30 } = {}) {
  await ensurePackages({ openssl: 'openssl' });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await makeAuthority(join(folder, 'authority'), 'Lab authority', days);
  const other = await makeAuthority(join(folder, 'other-authority'), 'Another authority', days);
  const subjects = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  const forServer = `extendedKeyUsage=serverAuth\nsubjectAltName=${subjects}\n`;
  const forClient = 'extendedKeyUsage=clientAuth\n';
  const make = async (/** @type {string} */ name, /** @type {string} */ signer, /** @type {string} */ trusted, /** @type {string} */ usage) => {
    const target = join(folder, name);
    await mkdir(target);
    await makeKey(join(target, 'key.pem'), name, join(target, 'request.pem'));
    await writeFile(join(target, 'extensions'), `basicConstraints=CA:FALSE\n${usage}`);
    await run('openssl', [
      'x509', '-req', '-days', String(days), '-in', join(target, 'request.pem'), '-extfile', join(target, 'extensions'),
      '-CA', join(signer, 'ca.pem'), '-CAkey', join(signer, 'key.pem'), '-CAcreateserial', '-out', join(target, 'cert.pem'),
    ]);
    await run('cp', [join(trusted, 'ca.pem'), join(target, 'ca.pem')]);
    return target;
  };
  const server = await make('server', authority, authority, forServer);
  return {
    server,
    client: await make('client', authority, authority, forClient),
    stranger: await make('stranger', other, authority, forClient),
    suspicious: await make('suspicious', authority, other, forClient),
    settings: {
      tlsverify: true,
      tlscacert: join(server, 'ca.pem'),
      tlscert: join(server, 'cert.pem'),
      tlskey: join(server, 'key.pem'),
    },
  };
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {number} days
 */
async function makeAuthority(folder, name, days) {
  await mkdir(folder);
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', `/CN=${name}`,
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'ca.pem'),
  ]);
  return folder;
}

/**
 * @param {string} key
 * @param {string} name
 * @param {string} request
 */
async function makeKey(key, name, request) {
  await run('openssl', [
    'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request,
  ]);
}
