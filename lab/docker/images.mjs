import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ensurePackages } from '../packages.mjs';
import { run } from '../processes.mjs';
import { answers, request } from './http.mjs';

/**
 * The lab's stand-ins for Docker Hub's images, made from files of this machine alone. They are put together as the
 * image specification says (https://github.com/opencontainers/image-spec) and pushed over the registry's own HTTP
 * interface: no engine takes part, so every pull of them is a real one.
 */

const PACKAGES = {
  gcc: 'gcc',
  'libc6-dev': '/usr/include/stdio.h',
  'busybox-static': '/bin/busybox',
  python3: '/usr/bin/pydoc3',
};

/** The names that the lab's registry serves, as one would give them to `docker pull`. */
export const LAB_IMAGES = ['hello-world:latest', 'busybox:latest', 'python:latest', 'python:3', 'python:3-alpine'];

/** In the layers and the images, so that the same files give the same digests on every machine. */
const CREATED = '2025-01-01T00:00:00Z';

/**
 * @typedef {object} Layer
 * @property {Buffer} blob   the compressed tar
 * @property {string} diffId the digest of the tar itself
 * @property {string} by     the history's words for it
 *
 * @typedef {{ Env?: string[], Cmd: string[] }} Config what a container of the image starts with
 * @typedef {{ names: string[], layers: Layer[], config: Config }} Image one image, under names that share the repository
 */

/**
 * Makes the images and pushes them, unless the registry serves all of them already.
 * @param {{ registry: { port: number }, log?: (line: string) => void }} options
 */
export async function buildImages({ registry, log = () => {} }) {
  const served = await Promise.all(LAB_IMAGES.map((image) => answers({ port: registry.port }, manifestPath(image))));
  if (served.every(Boolean)) return;
  await withImages(log, async (images) => {
    for (const image of images) await push(registry.port, image);
  });
}

/**
 * Makes the images and writes them into one archive as `docker load` reads it, for an engine that reaches no registry.
 * @param {{ file: string, log?: (line: string) => void }} options
 * @see https://github.com/moby/moby/blob/v20.10.24/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export async function saveImages({ file, log = () => {} }) {
  await withImages(log, async (images, folder) => {
    const archive = join(folder, 'archive');
    await mkdir(archive);
    const save = async (/** @type {string} */ name, /** @type {string | Buffer} */ content) => {
      await writeFile(join(archive, name), content);
      return name;
    };
    const manifest = [];
    for (const image of images) {
      const description = describe(image);
      const layers = [];
      for (const { blob, diffId } of image.layers) layers.push(await save(`${hexOf(diffId)}.tar.gz`, blob));
      manifest.push({ Config: await save(`${hexOf(digest(description))}.json`, description), RepoTags: image.names, Layers: layers });
    }
    await save('manifest.json', JSON.stringify(manifest));
    await run('tar', ['-cf', file, '-C', archive, '.']);
  });
}

/**
 * @param {(line: string) => void} log
 * @param {(images: Image[], folder: string) => Promise<void>} work folder: a temporary one
 */
async function withImages(log, work) {
  await ensurePackages(PACKAGES, { log });
  log('making the images hello-world, busybox and python');
  const folder = await mkdtemp(join(tmpdir(), 'hcl-images-'));
  try {
    await work(await makeImages(folder), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Image[]>}
 */
async function makeImages(folder) {
  const hello = await helloLayer(join(folder, 'hello'));
  const busybox = await busyboxLayer(join(folder, 'busybox'));
  const { layers: python, version } = await pythonLayers(join(folder, 'python'));
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const pythons = LAB_IMAGES.filter((image) => image.startsWith('python:'));
  return [
    { names: ['hello-world:latest'], layers: [hello], config: { Cmd: ['/hello'] } },
    { names: ['busybox:latest'], layers: [busybox], config: { Env: [path], Cmd: ['sh'] } },
    { names: pythons, layers: [busybox, ...python], config: { Env: [path, 'LANG=C.UTF-8', `PYTHON_VERSION=${version}`], Cmd: ['python3'] } },
  ];
}

/**
 * One static program.
 * @param {string} root
 */
async function helloLayer(root) {
  await mkdir(root, { recursive: true });
  await run('gcc', ['-Os', '-static', '-s', '-o', join(root, 'hello'), join(import.meta.dirname, 'images/hello.c')]);
  return layer(root, 'COPY hello /');
}

/**
 * A small userland: one static program under all its names.
 * @param {string} root
 */
async function busyboxLayer(root) {
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/bin', 'usr/local/bin', 'usr/sbin', 'sbin', 'var']) {
    await mkdir(join(root, folder), { recursive: true, mode: folder === 'tmp' ? 0o1777 : 0o755 });
  }
  await cp('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of (await run('/bin/busybox', ['--list'])).split('\n')) {
    if (name && name !== 'busybox') await symlink('busybox', join(root, 'bin', name));
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  return layer(root, 'COPY root/ /');
}

/**
 * The distribution's Python in three layers, so that a pull shows several lines of progress.
 * @param {string} root
 */
async function pythonLayers(root) {
  // /usr/bin/python3 and not the first in PATH: that one may be a version manager's shim.
  const interpreter = realpathSync('/usr/bin/python3');
  const name = basename(interpreter);
  const [libraries, standard, program] = ['libraries', 'standard', 'program'].map((part) => join(root, part));
  const files = await packageFiles([`lib${name}-minimal`, `lib${name}-stdlib`]);
  const modules = files.filter((file) => file.endsWith('.so'));

  for (const file of await sharedLibraries([interpreter, ...modules])) await copyResolved(file, libraries);
  for (const file of files) await copyAsIs(file, standard);
  await copyResolved(interpreter, program);
  for (const alias of ['python3', 'python']) await symlink(name, join(program, 'usr/bin', alias));

  const version = (await run(interpreter, ['-c', 'import platform; print(platform.python_version())'])).trim();
  return {
    version,
    layers: [
      await layer(libraries, 'COPY libraries/ /'),
      await layer(standard, 'COPY standard-library/ /'),
      await layer(program, 'COPY python3 /usr/bin/'),
    ],
  };
}

/** @param {string[]} packages */
async function packageFiles(packages) {
  const listed = (await run('dpkg', ['-L', ...packages])).split('\n');
  // The tests, the package manager's own files and the caches would double the size.
  const left = /^\/usr\/share\/|\/__pycache__|\/ensurepip|\/test\/|\/idlelib\/|\/lib2to3\//;
  return [...new Set(listed)].filter((path) => path.startsWith('/') && !left.test(path) && existsSync(path));
}

/**
 * What the dynamic linker would load for these programs and modules, and itself.
 * @param {string[]} files
 */
async function sharedLibraries(files) {
  const printed = await run('ldd', files);
  return new Set([...printed.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map((match) => match[1]));
}

/**
 * Copies the file that a path leads to, under that path: the image needs no more links than its own.
 * @param {string} file
 * @param {string} root
 */
async function copyResolved(file, root) {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await cp(realpathSync(file), join(root, file));
}

/**
 * @param {string} path a file or a link; folders come into being with what is in them
 * @param {string} root
 */
async function copyAsIs(path, root) {
  const target = join(root, path);
  const link = linkTarget(path);
  if (link !== undefined) {
    await mkdir(dirname(target), { recursive: true });
    await symlink(link, target);
  } else if (!(await isFolder(path))) {
    await mkdir(dirname(target), { recursive: true });
    await cp(path, target);
  }
}

/** @param {string} path */
function linkTarget(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** @param {string} path */
async function isFolder(path) {
  return (await stat(path)).isDirectory();
}

/**
 * @param {string} root
 * @param {string} by
 * @returns {Promise<Layer>}
 */
async function layer(root, by) {
  const file = `${root}.tar.gz`;
  const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=${CREATED}`, '--format=gnu'];
  await run('tar', [...reproducible, '--use-compress-program=gzip -n -1', '-cf', file, '-C', root, '.']);
  const blob = readFileSync(file);
  return { blob, diffId: digest(gunzipSync(blob)), by };
}

/** @param {Buffer | string} content */
function digest(content) {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** @param {string} digested */
function hexOf(digested) {
  return digested.slice(digested.indexOf(':') + 1);
}

/**
 * The image's own JSON; its digest is the image's id.
 * @param {Image} image
 */
function describe({ layers, config }) {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
  return Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: CREATED,
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: [
        ...layers.map(({ by }) => ({ created: CREATED, created_by: by })),
        { created: CREATED, created_by: `CMD ${JSON.stringify(config.Cmd)}`, empty_layer: true },
      ],
    }),
  );
}

/**
 * @param {number} port
 * @param {Image} image
 */
async function push(port, image) {
  const { names, layers } = image;
  const repository = `library/${names[0].split(':')[0]}`;
  const description = describe(image);
  for (const blob of [...layers.map((each) => each.blob), description]) await pushBlob(port, repository, blob);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: description.length, digest: digest(description) },
    layers: layers.map(({ blob }) => ({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: blob.length, digest: digest(blob) })),
  });
  for (const name of names) {
    const headers = { 'content-type': 'application/vnd.docker.distribution.manifest.v2+json' };
    expectStatus(201, await request({ port }, manifestPath(name), { method: 'PUT', headers, body: manifest }));
  }
}

/**
 * @param {number} port
 * @param {string} repository
 * @param {Buffer} blob
 */
async function pushBlob(port, repository, blob) {
  const where = `/v2/${repository}/blobs`;
  if ((await request({ port }, `${where}/${digest(blob)}`, { method: 'HEAD' })).status === 200) return;
  const begun = expectStatus(202, await request({ port }, `${where}/uploads/`, { method: 'POST' }));
  const upload = new URL(/** @type {string} */ (begun.headers.location), `http://127.0.0.1:${port}`);
  upload.searchParams.set('digest', digest(blob));
  const headers = { 'content-type': 'application/octet-stream' };
  expectStatus(201, await request({ port }, `${upload.pathname}${upload.search}`, { method: 'PUT', headers, body: blob }));
}

/** @param {string} image */
function manifestPath(image) {
  const [name, tag] = image.split(':');
  return `/v2/library/${name}/manifests/${tag}`;
}

/**
 * @param {number} status
 * @param {Awaited<ReturnType<typeof request>>} answer
 */
function expectStatus(status, answer) {
  if (answer.status !== status) throw new Error(`The registry answered ${answer.status} instead of ${status}: ${answer.body}`);
  return answer;
}
