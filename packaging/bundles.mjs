/*
 * What dockerode can do and we never ask for: ssh by its own client (ssh2; we use the system's ssh), builds with and without BuildKit (grpc,
 * protobufjs, tar-fs, dockerignore), and debug lines that would print whole requests. 800 kB become a function that does nothing.
 * test/extension proves that the bundle starts without them.
 */
const neverUsed = {
  name: 'never-used',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|@balena\/dockerignore|debug)(\/|$)/ }, ({ path }) => ({ path, namespace: 'empty' }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = () => () => {};' }));
  },
};

/*
 * What is not ours, imported once. esbuild copies an external module's properties, one getter each, for every file that imports it:
 * 78 copies of the whole of VS Code's API were more than half of the time that loading took.
 */
const oneCopy = {
  name: 'one-copy',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^(vscode$|node:)/ }, ({ path, kind, namespace }) =>
      (namespace === 'one-copy' ? { path, external: true } : kind === 'import-statement' ? { path, namespace: 'one-copy', sideEffects: false } : undefined));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'one-copy' }, ({ path }) => ({ contents: `export * from '${path}';` }));
  },
};

/** esbuild's options for the extension host's bundle and for the pages'. Node_modules may be a link: what is built does not depend on where it is. */
export function bundles({ watch = false } = {}) {
  const common = { bundle: true, minify: !watch, sourcemap: watch && 'linked', logLevel: 'info', legalComments: 'none', preserveSymlinks: true };
  return {
    extension: {
      ...common, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js',
      platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], plugins: [neverUsed, oneCopy],
      // dockerode's copy of what Node has itself.
      alias: { 'readable-stream': 'node:stream' },
    },
    pages: {
      ...common, entryPoints: Object.fromEntries(['live', 'exercise', 'cgroup', 'run', 'architecture', 'xray', 'measure', 'overview'].map((page) => [page, `src/pages/${page}/main.ts`])), outdir: 'dist',
      // The diagrams of the walkthrough, which the pages bring to life.
      loader: { '.svg': 'text' },
      // What several pages need, the toolkit above all, is there once.
      platform: 'browser', target: 'chrome128', format: 'esm', splitting: true, chunkNames: 'shared-[hash]', tsconfig: 'src/pages/tsconfig.json',
    },
  };
}
