/**
 * npm start: opens VS Code with the extension and its lesson, on the engine that is reachable, or on one of the lab's own.
 * The desktop's VS Code where there is one and a screen, else the lab's VS Code, in the browser. Ctrl+C ends what was started.
 */
import { spawn } from 'node:child_process';
import { onExit } from './cleanup.mjs';
import { openEngine } from './engine.mjs';
import { developmentPaths, packageExtension, serveExtension } from './extension.mjs';
import { findCommand } from './packages.mjs';
import { labFolder } from './paths.mjs';
import { reachableEngine } from './reachable.mjs';

const log = (/** @type {string} */ line) => console.log(`  ${line}`);
const folder = labFolder('workspace');

let engine = await reachableEngine();
if (engine) {
  log(`using your Docker engine at ${engine.host}`);
} else {
  log('no Docker engine answers: starting one of our own (this leaves yours, if any, as it is)');
  const own = await openEngine({ name: 'start', log });
  onExit(() => own.close());
  engine = own;
}

const code = findCommand('code');
const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (code && hasScreen && !process.argv.includes('--browser')) {
  await packageExtension();
  console.log('Opening VS Code. Ctrl+C here ends what was started for it.');
  const child = spawn(code, ['--new-window', '--wait', ...developmentPaths.map((path) => `--extensionDevelopmentPath=${path}`), folder], {
    stdio: 'inherit', env: { ...process.env, DOCKER_HOST: engine.host },
  });
  child.on('exit', (status) => process.kill(process.pid, status === 0 ? 'SIGTERM' : 'SIGINT'));
} else {
  const vscode = await serveExtension({ env: { DOCKER_HOST: engine.host }, openLesson: true, log });
  onExit(() => vscode.close());
  console.log(`\nVS Code with Hello Containers: ${vscode.url}/?folder=${encodeURIComponent(folder)}\nIt answers on this machine only. Ctrl+C ends it${engine.host.includes('hello-containers-lab') ? ', and the engine with it' : ''}.`);
}
// The servers are children of their own: something must keep us here to end them.
setInterval(() => {}, 1 << 30);
