import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What rows measure of our code without VS Code, as `export … from` lines of src/. */
const measured = `
export { connect } from './src/engine/connect';
export { parseEndpoint } from './src/engine/endpoint';
export { Engines } from './src/engine/engines';
export { EngineConnection } from './src/engine/connection';
export { FlightRecorder } from './src/engine/recorder';
export { LimitHistory } from './src/engine/limitHistory';
export { runHelloWorld } from './src/engine/helloWorld';
export { setCpuLimit } from './src/engine/cpuLimit';
export { systemClock } from './src/base/clock';
export { LocalHost } from './src/cgroup/localHost';
export { findContainerGroup, readGroup } from './src/cgroup/containerCounters';
export { LiveSession } from './src/webviews/liveSession';
`;

/** Says nothing. */
export const silentLog = { debug() { }, info() { }, warn() { }, error() { } };

/**
 * Our engine's and kernel's side, bundled from the sources as they are now.
 * @returns {Promise<{ ours: Record<string, any>, remove: () => void }>}
 */
export async function bundleSource() {
  const folder = mkdtempSync(join(process.cwd(), 'node_modules/.hc-bench-'));
  const outfile = join(folder, 'source.mjs');
  await build({ stdin: { contents: measured, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile, logLevel: 'error' });
  return { ours: await import(pathToFileURL(outfile).href), file: outfile, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Engines that know one address only, and its containers once they are listed. `env` says where TLS's files are. */
export async function enginesAt(ours, host, homeDir, { env = {}, pingMillis } = {}) {
  const engines = new ours.Engines({
    finderInput: () => ({ choice: undefined, setting: host, env, platform: process.platform, homeDir }),
    connect: (endpoint, signal, _mayAsk, recorder) => ours.connect(endpoint, { signal, recorder, pingMillis, ssh: { path: 'ssh', env: process.env } }), clock: ours.systemClock, log: silentLog,
  });
  const there = new Promise((resolve) => { engines.onDidChangeContainers(({ change }) => { if (change.kind === 'reset') { resolve(); } }); });
  engines.start();
  await there;
  return engines;
}
