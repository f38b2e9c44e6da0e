import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensurePackages, findCommand } from '../packages.mjs';
import { labFolder } from '../paths.mjs';
import { withLock } from '../locks.mjs';
import { run } from '../processes.mjs';

/** code-server's version 4.100.3 is VS Code 1.100.3, the oldest that the extension supports. */
const OLDEST_SUPPORTED = '4.100.3';

/** The newest that the tests have run on: VS Code 1.139. */
export const NEWEST_TRIED = '4.139.1';

/** The VS Code that is installed unless another is asked for: 1.100.3. */
export const vscodeVersion = (process.env.HELLO_CONTAINERS_VSCODE_VERSION ?? OLDEST_SUPPORTED).replace(/^4\./, '1.');

/**
 * @typedef {object} Vscode
 * @property {string} dir     where it is installed
 * @property {string} node    the Node that runs it
 * @property {string} entry   its main script
 * @property {string} version code-server's version
 */

/**
 * A real VS Code, its workbench and its Node extension host, from npm's package code-server. Takes one to two minutes
 * the first time and nothing afterwards.
 *
 * npm's own install script of code-server downloads parts from elsewhere; this does the same work from npm and the
 * distribution's packages alone.
 * @param {{ version?: string, log?: (line: string) => void }} [options]
 * @returns {Promise<Vscode>}
 */
export async function installVscode({ version = process.env.HELLO_CONTAINERS_VSCODE_VERSION ?? OLDEST_SUPPORTED, log = () => {} } = {}) {
  const dir = labFolder(`vscode-${version}`);
  return withLock(join(dir, 'lock'), async () => installed(dir, version) ?? install(dir, version, log));
}

/**
 * @param {string} dir
 * @param {string} version
 * @returns {Vscode | undefined}
 */
function installed(dir, version) {
  const marker = join(dir, 'installed.json');
  if (!existsSync(marker)) return undefined;
  const { node, nodeVersion } = JSON.parse(readFileSync(marker, 'utf8'));
  // The native modules fit one version of Node: after the machine's own was upgraded they are built again.
  if (!existsSync(node) || (node === process.execPath && nodeVersion !== process.version)) return undefined;
  return { dir, node, entry: entryOf(dir), version };
}

/** @param {string} dir */
const entryOf = (dir) => join(dir, 'node_modules/code-server/out/node/entry.js');

/**
 * @param {string} dir
 * @param {string} version
 * @param {(line: string) => void} log
 */
async function install(dir, version, log) {
  await ensurePackages({ 'g++': 'g++', make: 'make', python3: '/usr/bin/python3', ripgrep: 'rg' }, { log });
  const started = performance.now();
  const say = (/** @type {string} */ line) => log(`VS Code ${version}: ${line}`);
  const logFile = join(dir, 'install.log');
  const npm = (/** @type {string} */ cwd, /** @type {string[]} */ ...args) =>
    run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, env: environmentForNpm(), logFile });

  // What a failed install or another Node left would be taken for built.
  await rm(join(dir, 'node_modules'), { recursive: true, force: true });
  say('installing code-server');
  await writeFile(join(dir, 'package.json'), '{ "private": true }\n');
  await npm(dir, 'install', '--omit=dev', `code-server@${version}`);
  const codeServer = join(dir, 'node_modules/code-server');
  const vscode = join(codeServer, 'lib/vscode');
  const { engines } = JSON.parse(await readFile(join(codeServer, 'package.json'), 'utf8'));
  const { node, headers } = await findNode(dir, Number.parseInt(engines.node.replace(/\D*/, ''), 10), npm, say);

  say('installing what VS Code and its own extensions need');
  await npm(vscode, 'ci', '--omit=dev', '--legacy-peer-deps');
  await npm(join(vscode, 'extensions'), 'ci', '--omit=dev');
  await run(node, ['./postinstall.mjs'], { cwd: join(vscode, 'extensions'), logFile });

  const gyp = await findNodeGyp(dir, npm);
  for (const folder of nativeModules(join(dir, 'node_modules'))) {
    say(`building ${basename(folder)}`);
    await build(folder, { node, gyp, headers, logFile });
  }
  await linkRipgrep(vscode);
  await linkAsItsInstallScriptDoes(codeServer, vscode);

  await run(node, [entryOf(dir), '--version'], { env: { ...process.env, XDG_CONFIG_HOME: join(dir, 'config'), XDG_DATA_HOME: join(dir, 'data-home') } });
  const nodeVersion = (await run(node, ['--version'])).trim();
  await writeFile(join(dir, 'installed.json'), JSON.stringify({ version, node, nodeVersion }));
  say(`installed in ${Math.round((performance.now() - started) / 1000)} s`);
  return { dir, node, entry: entryOf(dir), version };
}

/** Under `npm start` npm describes the calling project in the environment, which a second npm would take for its own. */
function environmentForNpm() {
  const theCallers = /^(npm_package_|npm_lifecycle_|npm_config_(local_prefix|prefix|global_prefix|omit|include)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !theCallers.test(name)));
}

/**
 * A Node of the wanted major version that has its headers, for the native modules: the one that runs us, or one from npm.
 * @param {string} dir
 * @param {number} major
 * @param {(cwd: string, ...args: string[]) => Promise<string>} npm
 * @param {(line: string) => void} say
 */
async function findNode(dir, major, npm, say) {
  const ours = dirname(dirname(realpathSync(process.execPath)));
  if (Number.parseInt(process.versions.node, 10) === major && existsSync(join(ours, 'include/node/node.h'))) {
    return { node: process.execPath, headers: ours };
  }
  const home = join(dir, 'node');
  const name = `node-linux-${process.arch}`;
  const headers = join(home, 'node_modules', name);
  if (!existsSync(join(headers, 'bin/node'))) {
    say(`installing Node ${major}`);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), '{ "private": true }\n');
    await npm(home, 'install', `${name}@${major}`);
  }
  return { node: join(headers, 'bin/node'), headers };
}

/**
 * The node-gyp that npm brings, or, where a distribution keeps it elsewhere, one of our own.
 * @param {string} dir
 * @param {(cwd: string, ...args: string[]) => Promise<string>} npm
 */
async function findNodeGyp(dir, npm) {
  const globalModules = (await npm(dir, 'root', '-g')).trim();
  const script = 'node-gyp/bin/node-gyp.js';
  const npms = join(globalModules, 'npm/node_modules', script);
  if (existsSync(npms)) return npms;
  const own = join(dir, 'node-gyp');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'package.json'), '{ "private": true }\n');
  await npm(own, 'install', 'node-gyp@11');
  return join(own, 'node_modules', script);
}

/**
 * Modules that this machine has to build: those with a binding.gyp that bring no binary of their own.
 * @param {string} modules
 */
function nativeModules(modules) {
  // Not for Linux; parts of other modules; loaded lazily for things the lab never does (proxy log-in, agent sessions, ssh).
  const notNeeded = /\/(node-gyp|node-addon-api|deps|kerberos|cpu-features|ssh2|koffi|mxc-sdk|deviceid)(\/|$)|windows|win32|@vscode\/sqlite3/;
  const folders = [];
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'binding.gyp') continue;
    const folder = entry.parentPath ?? entry.path;
    const isPrebuilt = existsSync(join(folder, 'prebuilds', `linux-${process.arch}`));
    if (!notNeeded.test(folder.slice(modules.length)) && !isPrebuilt) folders.push(folder);
  }
  return folders;
}

/**
 * @param {string} folder
 * @param {{ node: string, gyp: string, headers: string, logFile: string }} tools
 */
async function build(folder, { node, gyp, headers, logFile }) {
  const args = [gyp, 'rebuild', '-j', '2', `--nodedir=${headers}`, '--python=/usr/bin/python3'];
  if ((await readFile(join(folder, 'binding.gyp'), 'utf8')).includes('<(module_path)')) {
    // Older modules (argon2) are built through node-pre-gyp, which adds nothing but these.
    const { binary } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const napi = binary.napi_versions[0];
    args.push(
      `--module_name=${basename(folder)}`,
      `--module_path=${join(folder, `lib/binding/napi-v${napi}`)}`,
      `--napi_version=${process.versions.napi}`,
      `--napi_build_version=${napi}`,
    );
  }
  const env = { ...environmentForNpm(), PATH: `${dirname(node)}:${process.env.PATH}` };
  await run(node, args, { cwd: folder, env, logFile });
}

/**
 * Older versions download ripgrep when they are installed; the distribution's serves as well.
 * @param {string} vscode
 */
async function linkRipgrep(vscode) {
  const wanted = join(vscode, 'node_modules/@vscode/ripgrep');
  const hasOwn = existsSync(join(wanted, 'bin/rg')) || existsSync(`${wanted}-linux-${process.arch}`);
  if (!existsSync(wanted) || hasOwn) return;
  await mkdir(join(wanted, 'bin'), { recursive: true });
  await link(/** @type {string} */ (findCommand('rg')), join(wanted, 'bin/rg'));
}

/**
 * @param {string} codeServer
 * @param {string} vscode
 */
async function linkAsItsInstallScriptDoes(codeServer, vscode) {
  if ((await readFile(join(codeServer, 'postinstall.sh'), 'utf8')).includes('symlink_asar')) {
    await link('node_modules', join(vscode, 'node_modules.asar'));
  }
  const aliases = { 'bin/remote-cli/code-linux.sh': 'bin/remote-cli/code-server', 'bin/helpers/browser-linux.sh': 'bin/helpers/browser.sh' };
  for (const [script, alias] of Object.entries(aliases)) {
    if (existsSync(join(vscode, script))) await link(basename(script), join(vscode, alias));
  }
}

/**
 * @param {string} target
 * @param {string} path
 */
async function link(target, path) {
  await rm(path, { force: true });
  await symlink(target, path);
}
