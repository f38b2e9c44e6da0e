// Builds dist/: the extension host's bundle, the pages' bundles, and the walkthrough's diagrams in other languages.
//   node esbuild.mjs            release: minified, no source maps
//   node esbuild.mjs --watch    while developing: source maps, rebuilds on change
//   node esbuild.mjs --metafile also writes dist/meta-*.json (what is in the bundle, and why)
import { context, build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { diagramNames, readDiagram, replaceDiagramTexts } from './l10n/diagrams.mjs';

const watch = process.argv.includes('--watch');
const metafile = process.argv.includes('--metafile');

// dockerode can open ssh connections (ssh2) and build with BuildKit (grpc, protobufjs). We use the system's ssh and
// never build, so these 750 kB become empty modules. test/extension proves that the bundle starts without them.
const neverUsed = {
  name: 'never-used',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)(\/|$)/ }, ({ path }) => ({ path, namespace: 'empty' }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const common = { bundle: true, minify: !watch, sourcemap: watch && 'linked', logLevel: 'info', metafile, legalComments: 'none' };
const bundles = {
  extension: {
    ...common, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js',
    platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], plugins: [neverUsed],
  },
  pages: {
    ...common, entryPoints: Object.fromEntries(['live', 'exercise', 'cgroup', 'run', 'architecture', 'xray', 'measure', 'overview'].map((page) => [page, `src/pages/${page}/main.ts`])), outdir: 'dist',
    // The diagrams of the walkthrough, which the pages bring to life.
    loader: { '.svg': 'text' },
    // What several pages need, the toolkit above all, is there once.
    platform: 'browser', target: 'chrome128', format: 'esm', splitting: true, chunkNames: 'shared-[hash]', tsconfig: 'src/pages/tsconfig.json',
  },
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const language of readdirSync('l10n').flatMap((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? [])) {
  const texts = JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8'));
  for (const name of diagramNames()) { writeFileSync(`dist/${name}.${language}.svg`, replaceDiagramTexts(readDiagram(name), (text) => texts[text] ?? text)); }
}
for (const [name, options] of Object.entries(bundles)) {
  if (watch) {
    await (await context(options)).watch();
    continue;
  }
  const result = await build(options);
  if (result.metafile) { writeFileSync(`dist/meta-${name}.json`, JSON.stringify(result.metafile)); }
}
