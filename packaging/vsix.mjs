// npm run package: builds dist/ and packs hello-containers.vsix, the same bytes from the same commit wherever it is built (with the same
// versions of Node and of the packages in the lock file). More arguments are for vsce: --pre-release.
import { execFileSync } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fromBuffer } from 'yauzl';
import { ZipFile } from 'yazl';

const root = join(import.meta.dirname, '..');
const out = join(root, 'hello-containers.vsix');

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
run('esbuild.mjs');
// README's links lead into the repository, where the manifest names one (a release's does).
const { repository } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
run('node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', ...repository === undefined ? ['--allow-missing-repository', '--no-rewrite-relative-links'] : [], ...process.argv.slice(2), '--out', out);
await packAnew(out, when());

/** The moment that all files bear: SOURCE_DATE_EPOCH, else the last commit's, else the first that a zip file can tell. */
function when() {
  const epoch = process.env.SOURCE_DATE_EPOCH || lastCommit();
  const date = new Date(Math.max(Number(epoch), Date.UTC(1980, 0, 1) / 1000) * 1000);
  if (Number.isNaN(date.getTime())) { throw new Error(`SOURCE_DATE_EPOCH must be seconds since 1970, and is "${epoch}".`); }
  return date;
}

function lastCommit() {
  try {
    return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // Not a clone: an unpacked archive, say.
    return '0';
  }
}

/**
 * vsce packs each file with its own time and mode, and in the order in which the folders happen to list them: none of that is the
 * extension's. Packed anew: sorted, one time, one mode.
 */
async function packAnew(file, date) {
  const entries = await readZip(await readFile(file));
  const zip = new ZipFile();
  // A zip file tells local times: ours is UTC, wherever we are.
  const mtime = new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
  for (const { name, content } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) { zip.addBuffer(content, name, { mtime, mode: 0o100644 }); }
  zip.end();
  rmSync(file);
  await pipeline(zip.outputStream, createWriteStream(file));
}

/** @returns {Promise<{ name: string, content: Buffer }[]>} */
function readZip(bytes) {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) { return reject(error); }
      const entries = [];
      zip.on('entry', (entry) => zip.openReadStream(entry, (failed, stream) => {
        if (failed) { return reject(failed); }
        buffer(stream).then((content) => {
          entries.push({ name: entry.fileName, content });
          zip.readEntry();
        }, reject);
      }));
      zip.on('end', () => resolve(entries));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}
