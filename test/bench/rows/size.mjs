// How big the extension is: the file that is installed, and what is loaded of it.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromBuffer } from 'yauzl';
import { packageExtension, projectRoot } from '../../../lab/extension.mjs';
import { atMost, spread } from '../figures.mjs';

const VSIX_KB = 400;

export async function measure() {
  const vsix = readFileSync(await packageExtension());
  const zip = await promisify(fromBuffer)(vsix, { lazyEntries: true });
  const dist = join(projectRoot, 'dist');
  const kB = (file) => statSync(join(dist, file)).size / 1000;
  const pages = readdirSync(dist).filter((file) => file.endsWith('.js') && file !== 'extension.js');
  // The live page and what it shares with others.
  const parts = new Set(['live.js']);
  for (const part of parts) { for (const [, file] of readFileSync(join(dist, part), 'utf8').matchAll(/"\.\/(shared-[\w-]+\.js)"/g)) { parts.add(file); } }
  const size = vsix.length / 1000;
  return [
    { what: '.vsix', unit: 'kB', ours: spread(size), goal: atMost(`under ${VSIX_KB} kB`, VSIX_KB, size) },
    { what: 'files in the .vsix', unit: '', ours: spread(zip.entryCount) },
    { what: 'extension host\'s bundle', unit: 'kB', ours: spread(kB('extension.js')) },
    { what: 'live page\'s script, with the shared parts', unit: 'kB', ours: spread([...parts].reduce((sum, file) => sum + kB(file), 0)) },
    { what: 'scripts of all pages', unit: 'kB', ours: spread(pages.reduce((sum, file) => sum + kB(file), 0)) },
  ];
}
