import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { shortFolder } from '../paths.mjs';
import { freePort } from '../ports.mjs';
import { run, signal, waitUntil } from '../processes.mjs';

/** @typedef {import('./install.mjs').Vscode} Vscode */

/** A VS Code that asks nothing, shows nothing of its own and calls nobody. */
const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'update.mode': 'none',
  'git.enabled': false,
  'window.restoreWindows': 'none',
  'workbench.editor.useModal': 'off',
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/**
 * A folder with the user's settings, extensions and data: everything that a VS Code writes.
 * @param {string} dir
 * @param {Record<string, unknown>} [settings] over {@link QUIET_SETTINGS}
 * @returns {string} `dir`
 */
export function makeProfile(dir, settings = {}) {
  mkdirSync(join(dir, 'data/User'), { recursive: true });
  mkdirSync(join(dir, 'extensions'), { recursive: true });
  writeFileSync(join(dir, 'data/User/settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  writeFileSync(join(dir, 'config.yaml'), 'auth: none\n');
  return dir;
}

/**
 * @param {string} vsix
 * @param {{ vscode: Vscode, profile: string }} where
 * @returns {Promise<string>} what VS Code said
 */
export function installExtension(vsix, { vscode, profile }) {
  return run(vscode.node, [vscode.entry, ...folders(profile), '--install-extension', vsix, '--force'], {
    env: cleanEnvironment({ XDG_DATA_HOME: join(profile, 'data-home') }),
  });
}

/** @param {string} profile */
function folders(profile) {
  return ['--user-data-dir', join(profile, 'data'), '--extensions-dir', join(profile, 'extensions'), '--config', join(profile, 'config.yaml')];
}

/**
 * Our environment without what a VS Code around us put there (its terminal's and its extension host's variables would
 * redirect ours to it), and with `extra`; undefined takes a variable out.
 * @param {NodeJS.ProcessEnv} extra
 */
function cleanEnvironment(extra) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VSCODE_') && name !== 'ELECTRON_RUN_AS_NODE');
  // No address: nothing is looked up at an extension gallery.
  return { EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...Object.fromEntries(inherited), ...extra };
}

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {string} host          with the port, as the authority of vscode-remote: URIs
 * @property {number} port
 * @property {number} pid
 * @property {() => string} log     what it has printed so far
 * @property {() => Promise<void>} stop
 */

/**
 * Serves VS Code on 127.0.0.1, to nobody else, without a password.
 * @param {object} options
 * @param {Vscode} options.vscode
 * @param {string} options.profile        from {@link makeProfile}
 * @param {NodeJS.ProcessEnv} [options.env] handed to the extension host, on top of our own environment
 * @param {string[]} [options.args]       more arguments of code-server
 * @param {boolean} [options.testDriver]  needed by newer versions to run extension tests; it hides notifications
 * @param {number} [options.port]
 * @returns {Promise<Server>}
 */
export async function startServer({ vscode, profile, env = {}, args = [], testDriver = false, port }) {
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  // Its sockets and temporary files go into one folder that goes away with it, its own log into the profile. The
  // extension host gets these variables too.
  const runtime = shortFolder();
  const child = spawn(
    vscode.node,
    [
      vscode.entry,
      ...folders(profile),
      '--auth', 'none',
      '--bind-addr', `127.0.0.1:${port}`,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--ignore-last-opened',
      ...(testDriver && knowsTestDriver(vscode) ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
      ...args,
    ],
    {
      env: cleanEnvironment({ XDG_RUNTIME_DIR: runtime, TMPDIR: runtime, XDG_DATA_HOME: join(profile, 'data-home'), ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that its many children can be ended together.
      detached: true,
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  child.once('error', (error) => (output += error.message));
  const pid = /** @type {number} */ (child.pid);

  const endGroup = async () => {
    signal(-pid, 'SIGTERM');
    if (!(await waitUntil(() => !groupExists(pid), 5_000))) signal(-pid, 'SIGKILL');
    await waitUntil(() => !groupExists(pid), 2_000);
    rmSync(runtime, { recursive: true, force: true, maxRetries: 3 });
  };
  const forget = onExit(endGroup, () => signal(-pid, 'SIGKILL'));
  const stop = async () => {
    forget();
    await endGroup();
  };

  const isReady = () => fetch(`${url}/healthz`).then((answer) => answer.ok, () => false);
  await waitUntil(async () => ended() || (await isReady()), 60_000);
  if (ended() || !(await isReady())) {
    await stop();
    throw new Error(`VS Code does not serve on ${url}. It said:\n${output.trimEnd().split('\n').slice(-12).join('\n')}`);
  }
  return { url, host: `127.0.0.1:${port}`, port, pid, log: () => output, stop };
}

/** @param {Vscode} vscode */
function knowsTestDriver({ entry }) {
  return readFileSync(join(dirname(entry), 'cli.js'), 'utf8').includes('"vscode-option"');
}

/** @param {number} group */
function groupExists(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
