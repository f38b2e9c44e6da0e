import js from '@eslint/js';
import ts from 'typescript-eslint';

/** A folder may import what is listed; everything else is refused. `vscode` and `dockerode` have their own few places. */
const refuse = (reason, ...group) => ({ group, message: reason, allowTypeImports: false });
const vscode = refuse('vscode is imported only in extension.ts, commands/, tools/register.ts, views/ and webviews/', 'vscode');
const dockerode = refuse('dockerode is imported only in engine/connect.ts', 'dockerode', 'docker-modem');
const pages = refuse('pages know the host only by its protocols', '**/base/*', '**/engine/*', '**/cgroup/*', '**/lesson/*', '**/commands/*', '**/tools/*', '**/views/*', '**/webviews/*', '!**/webviews/protocol', '!**/webviews/*Protocol');
const toolkit = refuse('the toolkit is imported only in pages/controls.ts', '@vscode/webview-ui-toolkit', '@vscode/webview-ui-toolkit/*');
const folders = (...names) => refuse('this folder may not be imported from here (CONTRIBUTING.md, "Who may import whom")', ...names.flatMap((name) => [`**/${name}/*`, `**/${name}`]));
const imports = (files, ignores, ...patterns) => ({ files, ignores, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } });

export default ts.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'test-results/', '.vscode-test/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Listeners and l10n are objects of plain functions: none of them uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(['process', 'console', 'Buffer', 'URL', 'fetch', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'AbortSignal', 'AbortController', 'performance', 'structuredClone', 'document', 'window', 'MutationObserver', 'Element', 'requestAnimationFrame'].map((name) => [name, 'readonly'])) },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', exports: 'writable', module: 'writable', process: 'readonly', setInterval: 'readonly', performance: 'readonly' } } },
  imports(['src/base/**'], [], vscode, dockerode, folders('engine', 'cgroup', 'lesson', 'commands', 'tools', 'views', 'webviews', 'pages')),
  imports(['src/engine/**'], ['src/engine/connect.ts'], vscode, dockerode, folders('cgroup', 'lesson', 'commands', 'tools', 'views', 'webviews', 'pages')),
  imports(['src/engine/connect.ts'], [], vscode, folders('cgroup', 'lesson', 'commands', 'tools', 'views', 'webviews', 'pages')),
  imports(['src/cgroup/**'], [], vscode, dockerode, folders('lesson', 'commands', 'tools', 'views', 'webviews', 'pages')),
  imports(['src/lesson/**'], [], vscode, dockerode, folders('commands', 'tools', 'views', 'webviews', 'pages')),
  imports(['src/commands/**'], [], dockerode, folders('tools', 'views', 'webviews', 'pages')),
  imports(['src/tools/**'], ['src/tools/register.ts'], vscode, dockerode, folders('cgroup', 'lesson', 'commands', 'views', 'webviews', 'pages')),
  imports(['src/tools/register.ts'], [], dockerode, folders('cgroup', 'lesson', 'commands', 'views', 'webviews', 'pages')),
  imports(['src/views/**'], [], dockerode, folders('commands', 'tools', 'webviews', 'pages')),
  imports(['src/webviews/**'], ['src/webviews/protocol.ts', 'src/webviews/*{History,Session,Protocol}.ts'], dockerode, folders('commands', 'tools', 'views', 'pages')),
  imports(['src/webviews/protocol.ts', 'src/webviews/*{History,Session,Protocol}.ts'], [], vscode, dockerode, folders('commands', 'tools', 'views', 'pages')),
  imports(['src/pages/**'], ['src/pages/controls.ts'], vscode, dockerode, toolkit, pages),
  imports(['src/pages/controls.ts'], [], vscode, dockerode, pages),
  // Pages are made and heard in one place, which hands on what is in their protocol and nothing else.
  {
    files: ['src/**/*.ts'], ignores: ['src/webviews/page.ts'],
    rules: {
      'no-restricted-properties': ['error',
        ...['createWebviewPanel', 'onDidReceiveMessage', 'registerWebviewViewProvider', 'registerCustomEditorProvider'].map((property) => ({ property, message: 'pages are made and heard in webviews/page.ts alone' })),
        { object: 'AbortSignal', property: 'timeout', message: 'it may never come: base/within.ts says why, and what does' }],
    },
  },
  imports(['src/extension.ts'], [], dockerode, folders('pages')),
);
