import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from './cleanup.mjs';
import { run } from './processes.mjs';
import { installVscode } from './vscode/install.mjs';
import { installExtension, makeProfile, startServer } from './vscode/server.mjs';

/** The project's folder. */
export const projectRoot = join(import.meta.dirname, '..');
const opener = join(import.meta.dirname, 'vscode/opener');

/** The development version of the extension and what opens its lesson, for a VS Code with --extensionDevelopmentPath. */
export const developmentPaths = [projectRoot, opener];

/**
 * Builds and packages the extension.
 * @returns {Promise<string>} the .vsix file
 */
export async function packageExtension() {
  await run('npm', ['run', '--silent', 'package'], { cwd: projectRoot });
  return join(projectRoot, 'hello-containers.vsix');
}

/**
 * The lab's VS Code with the packaged extension in it.
 * @param {{ env: NodeJS.ProcessEnv, settings?: Record<string, unknown>, openLesson?: boolean, log: (line: string) => void }} options
 *   env: for the extension host; its DOCKER_HOST names the engine
 */
export async function serveExtension({ env, settings = {}, openLesson = false, log }) {
  const vscode = await installVscode({ log });
  log('packaging the extension');
  const vsix = await packageExtension();
  const temporary = mkdtempSync(join(tmpdir(), 'hc-vscode-'));
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  onExit(remove, remove);
  const profile = makeProfile(join(temporary, 'profile'), settings);
  await installExtension(vsix, { vscode, profile });
  if (openLesson) {
    const openerVsix = join(temporary, 'opener.vsix');
    await run(join(projectRoot, 'node_modules/.bin/vsce'), ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', openerVsix], { cwd: opener });
    await installExtension(openerVsix, { vscode, profile });
  }
  const server = await startServer({ vscode, profile, env: { DOCKER_CONTEXT: undefined, ...env } });
  return {
    url: server.url,
    version: vscode.version,
    async close() {
      await server.stop();
      remove();
    },
  };
}
