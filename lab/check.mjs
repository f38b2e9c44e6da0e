/**
 * node lab/check.mjs [--all]: brings everything up, checks one thing a line, takes all down, and checks that nothing is
 * left. With --all also the remote engine and Podman. Exits 1 when a check failed.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit, takeAllDown } from './cleanup.mjs';
import { mountsBelow } from './docker/mounts.mjs';
import { request } from './docker/http.mjs';
import { openPodman } from './docker/podman.mjs';
import { openRemote } from './docker/remote.mjs';
import { openEngine } from './engine.mjs';
import { ensurePackages } from './packages.mjs';
import { labRoot } from './paths.mjs';
import { findProcesses, run } from './processes.mjs';
import { reachableEngine } from './reachable.mjs';
import { openBrowser, palette, waitWorkbench } from './vscode/browser.mjs';
import { installVscode } from './vscode/install.mjs';
import { makeProfile, startServer } from './vscode/server.mjs';

let failures = 0;

/**
 * @param {string} what
 * @param {() => unknown} work
 */
async function check(what, work) {
  const started = performance.now();
  try {
    await work();
    console.log(`ok    ${what} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failures++;
    console.log(`FAIL  ${what}\n${error instanceof Error ? error.stack : error}`);
  }
}

/** A name of its own: an engine that somebody is using stays as it is. */
const ENGINE = 'check';
const log = (/** @type {string} */ line) => console.log(`      ${line}`);

await checkEngine();
if (process.argv.includes('--all')) {
  await check('a remote engine: TLS, ssh, a cut line', checkRemote);
  await check('Podman', checkPodman);
}
await checkVscode();
await takeAllDown();
await checkNothingIsLeft();
process.exitCode = failures ? 1 : 0;

async function checkEngine() {
  /** @type {import('./engine.mjs').Engine | undefined} */
  let engine;
  await check('an engine starts', async () => {
    engine = await openEngine({ name: ENGINE, fresh: true, log });
  });
  if (!engine) return;
  const { host, dockerd } = engine;
  await ensurePackages({ 'docker-cli': 'docker' }, { log });
  const docker = (/** @type {string[]} */ ...args) => run('docker', ['--host', host, ...args]);
  await check('it is reachable by DOCKER_HOST', async () => {
    assert.deepEqual(await reachableEngine({ DOCKER_HOST: host }), { host });
    assert.equal(await reachableEngine({ DOCKER_HOST: `${host}.gone` }), undefined);
  });
  await check('hello-world is pulled through the mirror and runs', async () => {
    assert.equal((await docker('images', '--quiet')).trim(), '');
    assert.match(await docker('run', '--rm', 'hello-world'), /^Hello from Docker!$/m);
  });
  await check('python:3-alpine runs Python', async () => {
    assert.equal(await docker('run', '--rm', 'python:3-alpine', 'python3', '-c', 'import ssl, sqlite3, ctypes; print(1)'), '1\n');
  });
  await check('a killed daemon comes back and knows its containers', async () => {
    await docker('run', '--detach', '--name', 'survivor', 'busybox', 'sleep', '600');
    await dockerd.kill();
    assert.equal(dockerd.pid, undefined);
    await dockerd.restart();
    assert.match(await docker('ps', '--all', '--format', '{{.Names}} {{.Status}}'), /survivor Exited/);
  });
  await check('it stops with a container running', async () => {
    await docker('run', '--detach', 'busybox', 'sh', '-c', 'trap "" TERM; while :; do sleep 1; done');
    await /** @type {import('./engine.mjs').Engine} */ (engine).close({ remove: true });
  });
  await check('a pull from a slow registry can be cancelled', checkSlowPull);
}

async function checkSlowPull() {
  const engine = await openEngine({ name: ENGINE, fresh: true, bytesPerSecond: 500_000, log });
  try {
    const path = '/images/create?fromImage=python&tag=3';
    await assert.rejects(request({ socketPath: engine.socket }, path, { method: 'POST', timeoutMs: 2_000 }));
    const { body } = await request({ socketPath: engine.socket }, '/images/json');
    assert.equal(body.trim(), '[]');
  } finally {
    await engine.close({ remove: true });
  }
}

async function checkRemote() {
  const remote = await openRemote({ name: `${ENGINE}-remote`, log });
  const { certificates, machine, sshd, tlsHost } = remote;
  const overTls = (/** @type {string} */ folder) => ({ ...process.env, DOCKER_HOST: tlsHost, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder });
  const overSsh = (/** @type {string} */ config) => ({ ...sshd.env(config), DOCKER_HOST: sshd.destination });
  const docker = (/** @type {NodeJS.ProcessEnv} */ env, /** @type {string[]} */ ...args) => run('docker', args, { env });
  try {
    assert.match(await docker(overTls(certificates.client), 'run', '--rm', 'hello-world'), /Hello from Docker!/);
    await assert.rejects(docker(overTls(certificates.stranger), 'ps'), /certificate/);
    await assert.rejects(docker(overTls(certificates.suspicious), 'ps'), /certificate/);
    assert.equal(await docker(overSsh(sshd.config), 'info', '--format', '{{.Name}}'), `${machine.hostname}\n`);
    await assert.rejects(docker(overSsh(sshd.wrongKeyConfig), 'ps'), /Permission denied/);
    await assert.rejects(docker(overSsh(sshd.wrongHostConfig), 'ps'), /host key/);
    await machine.cut();
    await assert.rejects(run('timeout', ['2', 'docker', 'ps'], { env: overTls(certificates.client) }), /\(124\)/);
    await machine.mend();
    await docker(overTls(certificates.client), 'ps');
  } finally {
    await remote.close({ remove: true });
  }
}

async function checkPodman() {
  const podman = await openPodman({ log });
  try {
    await run('docker', ['--host', podman.host, 'pull', 'docker.io/library/hello-world']);
    assert.match(await run('docker', ['--host', podman.host, 'run', '--rm', 'hello-world']), /Hello from Docker!/);
  } finally {
    await podman.close({ remove: true });
  }
}

async function checkVscode() {
  const temporary = mkdtempSync(join(tmpdir(), 'hcl-check-'));
  onExit(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
  await check('VS Code is installed', () => installVscode({ log }));
  await check('VS Code serves, and its command palette runs a command in Chromium', async () => {
    const vscode = await installVscode();
    const server = await startServer({ vscode, profile: makeProfile(join(temporary, 'profile')) });
    const { page, close } = await openBrowser();
    try {
      await page.goto(`${server.url}/?folder=${encodeURIComponent(temporary)}`);
      await waitWorkbench(page);
      await palette(page, 'Help: About');
      await page.locator('.monaco-dialog-box').waitFor();
    } finally {
      await close();
      await server.stop();
    }
  });
  const code = join(import.meta.dirname, 'vscode/code.mjs');
  const extension = join(import.meta.dirname, 'check/extension');
  const runSuite = (/** @type {string} */ suite) =>
    run(code, [`--extensionDevelopmentPath=${extension}`, `--extensionTestsPath=${join(extension, suite)}`], {
      env: { ...process.env, LAB_CHECK: 'handed on' },
    });
  await check('code.mjs passes a suite that passes', async () => assert.match(await runSuite('passing.cjs'), /1 passing/));
  await check('code.mjs fails a suite that fails', () => assert.rejects(runSuite('failing.cjs'), /\(1\):[^]*on purpose/));
}

async function checkNothingIsLeft() {
  const engineFolder = join(labRoot, 'engines', ENGINE);
  await check('no process is left', () => {
    const left = findProcesses(({ parent, args }) => parent === process.pid || args.some((arg) => arg.includes(engineFolder)));
    assert.deepEqual(left, []);
  });
  await check('no mount, bridge or cgroup is left', async () => {
    assert.deepEqual(mountsBelow(engineFolder), []);
    if (findProcesses(({ program }) => program === 'dockerd').length > 0) return;
    assert.doesNotMatch(await run('ip', ['-o', 'link']), / hcl\d+:/);
    assert.equal((await run('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', 'docker'])).trim(), '');
  });
}
