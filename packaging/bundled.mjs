import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundles } from './bundles.mjs';

const root = join(import.meta.dirname, '..');

/**
 * @typedef {object} Bundled
 * @property {string} name
 * @property {string} version
 * @property {string} license as an SPDX expression
 * @property {string} author
 * @property {string} text    of its licence and notice files; empty when the package has none
 */

/**
 * The packages of which at least a byte is in what we ship. package.json cannot tell: to npm all of ours are development dependencies,
 * as nothing is installed with the extension.
 * @returns {Promise<Bundled[]>} by name
 */
export async function bundledPackages() {
  const names = new Set();
  for (const options of Object.values(bundles())) {
    const { metafile } = await build({ ...options, absWorkingDir: root, write: false, metafile: true, logLevel: 'silent' });
    for (const { inputs } of Object.values(metafile.outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const name = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
        if (name && bytesInOutput > 0) { names.add(name); }
      }
    }
  }
  return [...names].sort().map(describe);
}

/** @param {string} name @returns {Bundled} */
function describe(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^(licen[cs]e|notices?|copying)(\.(md|txt))?$/i.test(file)).sort() : [];
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { name, version, license: String(license), author: (typeof author === 'string' ? author : author?.name ?? name).replace(/ <.*/, ''), text };
}
