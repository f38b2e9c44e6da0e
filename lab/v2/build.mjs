import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificates } from '../docker/certs.mjs';
import { saveImages } from '../docker/images.mjs';
import { liveLeases, takeLease } from '../leases.mjs';
import { withLock } from '../locks.mjs';
import { ensurePackages } from '../packages.mjs';
import { labFolder, shortFolder } from '../paths.mjs';
import { run, waitUntil } from '../processes.mjs';
import { startQemu } from './qemu.mjs';
import { makeRoot } from './root.mjs';

const TO_RUN = { 'qemu-system-x86': 'qemu-system-x86_64', zstd: 'zstd', 'openssh-client': 'ssh' };
const TO_BUILD = {
  mmdebstrap: 'mmdebstrap',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  e2fsprogs: 'mkfs.ext4',
  cpio: 'cpio',
  kmod: 'depmod',
};

/** What decides how the image comes out, in this folder. */
const RECIPE = ['build.mjs', 'root.mjs', 'qemu.mjs', 'kernel.sh', 'init.sh', 'files', '../docker/images.mjs', '../docker/images/hello.c', '../docker/certs.mjs'];

/** Sparse: it takes what is in it. */
const DISK_SIZE = '6G';
/** An image, unlike an engine's certificates, is kept. */
const CERTIFICATE_DAYS = 3_650;
/** A build on a busy machine; the first boot alone takes minutes. */
const BUILD_MS = 3_600_000;
const FIRST_BOOT_MS = 1_800_000;
/** Images of other recipes that nobody has used for so long are removed. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/**
 * @typedef {object} Image
 * @property {string} disk
 * @property {string} memory      of the booted machine, compressed
 * @property {string} kernel
 * @property {string} initrd
 * @property {string} key         of ssh, for every user
 * @property {string} hostKey
 * @property {string} certificates folder of Docker's clients
 */

/**
 * The machine's disk and its memory after the boot, made when there are none by this recipe. Processes that want them at once wait
 * for the one that makes them.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ image: Image, release(): void }>} release: when the image is not used any more
 */
export async function ensureImage({ log = () => {} } = {}) {
  if (process.arch !== 'x64') throw new Error(`The cgroup v2 machine is an x86-64 one, and its images are made from this machine's files: not on ${process.arch}.`);
  await ensurePackages(TO_RUN, { log });
  const all = labFolder('v2');
  const folder = join(all, await recipeName());
  return withLock(
    join(all, 'lock'),
    async () => {
      if (!existsSync(folder)) {
        await removeForgotten(all);
        await build(folder, log);
      }
      const now = new Date();
      utimesSync(folder, now, now);
      const lease = takeLease(join(folder, 'users'));
      return { image: imageIn(folder), release: () => void lease.release() };
    },
    BUILD_MS,
  );
}

/**
 * @param {string} folder
 * @returns {Image}
 */
function imageIn(folder) {
  const [disk, memory, kernel, initrd, key, hostKey, certificates] = ['disk', 'memory', 'kernel', 'initrd', 'key', 'host-key', 'certificates/client'].map((name) => join(folder, name));
  return { disk, memory, kernel, initrd, key, hostKey, certificates };
}

/** Another QEMU may not resume what this one saved. */
async function recipeName() {
  const hash = createHash('sha256').update(await run('qemu-system-x86_64', ['--version']));
  const add = (/** @type {string} */ path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(readFileSync(path));
  };
  for (const name of RECIPE) add(join(import.meta.dirname, name));
  return `debian12-${hash.digest('hex').slice(0, 16)}`;
}

/** @param {string} all */
async function removeForgotten(all) {
  for (const name of readdirSync(all)) {
    const folder = join(all, name);
    const { mtimeMs } = statSync(folder);
    const isForgotten = name.endsWith('.partial') || (name.startsWith('debian12-') && Date.now() - mtimeMs > FORGOTTEN_MS && liveLeases(join(folder, 'users')) === 0);
    if (isForgotten) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder that is there once everything is
 * @param {(line: string) => void} log
 */
async function build(folder, log) {
  if (process.getuid?.() !== 0) throw new Error('Only root can make the files of the cgroup v2 machine.');
  await ensurePackages(TO_BUILD, { log });
  const partial = `${folder}.partial`;
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const image = imageIn(partial);
  const [root, images, logFile] = ['root', 'images.tar', 'build.log'].map((name) => join(partial, name));
  for (const key of [image.key, image.hostKey]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', key]);
  const certificates = await makeCertificates(join(partial, 'certificates'), ['127.0.0.1', 'localhost'], { days: CERTIFICATE_DAYS });
  await saveImages({ file: images, log });
  log('cgroup v2 machine: installing Debian 12');
  await makeRoot({ root, images, kernel: image.kernel, initrd: image.initrd, hostKey: image.hostKey, authorizedKey: `${image.key}.pub`, certificates: certificates.server, logFile });
  await writeFile(image.disk, '');
  await run('truncate', ['--size', DISK_SIZE, image.disk]);
  await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', '-d', root, image.disk], { logFile });
  await rm(root, { recursive: true });
  await rm(images);
  log('cgroup v2 machine: booting it for the first time, which takes minutes');
  await bootOnce(image);
  await rename(partial, folder);
}

/**
 * Boots the machine, lets it load its images, and saves it as it then runs. Nobody has logged in: no session is in the memory.
 * @param {Image} image
 */
async function bootOnce(image) {
  const folder = shortFolder();
  const qemu = await startQemu({ image, folder, persist: true });
  try {
    const said = () => /^lab: (.*?)\r?$/m.exec(readFileSync(qemu.console, 'utf8'))?.[1];
    await waitUntil(() => !qemu.isAlive() || said() !== undefined, FIRST_BOOT_MS);
    if (said() !== 'ready') throw new Error(`The machine did not come up:\n${qemu.lastWords()}`);
    await qemu.save(image.memory);
  } finally {
    await qemu.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
