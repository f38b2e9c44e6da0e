// Runs before npm start, npm run demo and npm test, on a machine where nothing is installed yet: node_modules as the lock file says.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const marker = 'node_modules/.package-lock.json';
if (existsSync(marker) && statSync(marker).mtimeMs >= statSync('package-lock.json').mtimeMs) { process.exit(0); }
process.exit(spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit' }).status ?? 1);
