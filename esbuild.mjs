// Builds dist/: the extension host's bundle, the pages' bundles (packaging/bundles.mjs), and the walkthrough's diagrams in other languages.
//   node esbuild.mjs            release: minified, no source maps
//   node esbuild.mjs --watch    while developing: source maps, rebuilds on change
//   node esbuild.mjs --metafile also writes dist/meta-*.json (what is in the bundle, and why)
import { context, build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { diagramNames, readDiagram, replaceDiagramTexts } from './l10n/diagrams.mjs';
import { bundles } from './packaging/bundles.mjs';

const watch = process.argv.includes('--watch');
const metafile = process.argv.includes('--metafile');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const language of readdirSync('l10n').flatMap((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? [])) {
  const texts = JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8'));
  for (const name of diagramNames()) { writeFileSync(`dist/${name}.${language}.svg`, replaceDiagramTexts(readDiagram(name), (text) => texts[text] ?? text)); }
}
for (const [name, options] of Object.entries(bundles({ watch }))) {
  if (watch) {
    await (await context(options)).watch();
    continue;
  }
  const result = await build({ ...options, metafile });
  if (result.metafile) { writeFileSync(`dist/meta-${name}.json`, JSON.stringify(result.metafile)); }
}
