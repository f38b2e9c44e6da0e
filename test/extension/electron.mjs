// npm run test:electron: the extension tier by @vscode/test-electron, which downloads VS Code.
// VSCODE_TEST_EXECUTABLE names another VS Code, such as the lab's. DOCKER_HOST decides which engine the tests use.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
await build({
  entryPoints: [join(import.meta.dirname, 'index.ts')], outfile: join(root, 'out/extension/index.js'),
  bundle: true, platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline', external: ['vscode'], packages: 'external', logLevel: 'warning',
});
// The tests' folder: the exercise saves its program there.
const folder = mkdtempSync(join(tmpdir(), 'hc-extension-'));
try {
  const vscodeExecutablePath = process.env.VSCODE_TEST_EXECUTABLE;
  await runTests({
    ...(vscodeExecutablePath ? { vscodeExecutablePath } : { version: '1.100.0' }),
    extensionDevelopmentPath: root, extensionTestsPath: join(root, 'out/extension/index'),
    launchArgs: [folder, '--disable-extensions'],
  });
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
