// The extension tier: our tests inside a real extension host, against a real engine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openEngine } from '../../lab/engine.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { installVscode } from '../../lab/vscode/install.mjs';

const root = join(import.meta.dirname, '../..');
await installVscode({ log: console.log });
await ensurePackages({ 'python3-minimal': 'python3' }, { log: console.log });
const engine = await openEngine({ name: 'test-extension', fresh: true, log: console.log });
try {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'electron.mjs')], {
    cwd: root, stdio: 'inherit',
    env: {
      ...process.env, DOCKER_HOST: engine.host, VSCODE_TEST_EXECUTABLE: join(root, 'lab/vscode/code.mjs'),
      HELLO_CONTAINERS_RESULTS: join(root, 'test-results/extension.json'),
    },
  });
  process.exitCode = status ?? 1;
} finally {
  await engine.close({ remove: true });
}
