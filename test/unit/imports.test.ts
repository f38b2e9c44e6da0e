import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rule = '@typescript-eslint/no-restricted-imports';
/** Pages are made and heard in one place. */
const pageRule = 'no-restricted-properties';

/** The project's own configuration, with nothing but the rules about imports and pages: they need no types, and so no file need exist. */
const eslint = new ESLint({
  cwd: root, overrideConfigFile: `${root}eslint.config.mjs`,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, project: null } } }],
  ruleFilter: ({ ruleId }) => ruleId === rule || ruleId === pageRule,
});

async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: root + file });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [];
}

const refused: readonly [file: string, from: string][] = [
  ['src/base/x.ts', 'vscode'], ['src/base/x.ts', 'dockerode'], ['src/base/x.ts', '../engine/engine'], ['src/base/x.ts', '../lesson/steps'],
  ['src/engine/x.ts', 'vscode'], ['src/engine/x.ts', 'dockerode'], ['src/engine/x.ts', 'docker-modem'], ['src/engine/x.ts', '../cgroup/cpu'], ['src/engine/x.ts', '../lesson/steps'], ['src/engine/x.ts', '../commands/made'], ['src/engine/x.ts', '../webviews/protocol'],
  ['src/engine/connect.ts', 'vscode'], ['src/engine/connect.ts', '../cgroup/cpu'],
  ['src/cgroup/x.ts', 'vscode'], ['src/cgroup/x.ts', 'dockerode'], ['src/cgroup/x.ts', '../lesson/steps'], ['src/cgroup/x.ts', '../views/containersView'],
  ['src/lesson/x.ts', 'vscode'], ['src/lesson/x.ts', '../views/containersView'], ['src/lesson/x.ts', '../views'], ['src/lesson/x.ts', '../commands/made'], ['src/lesson/x.ts', '../webviews/protocol'],
  ['src/commands/x.ts', '../views/containersView'], ['src/commands/x.ts', '../webviews/livePages'], ['src/commands/x.ts', '../pages/dom'], ['src/commands/x.ts', 'dockerode'],
  ['src/tools/x.ts', 'vscode'], ['src/tools/register.ts', '../commands/made'], ['src/tools/x.ts', '../webviews/livePages'], ['src/commands/x.ts', '../tools/register'],
  ['src/views/x.ts', '../commands/made'], ['src/views/x.ts', '../webviews/livePages'], ['src/views/x.ts', 'dockerode'],
  ['src/webviews/x.ts', '../commands/made'], ['src/webviews/x.ts', '../views/containersView'], ['src/webviews/x.ts', '../pages/dom'],
  ['src/webviews/protocol.ts', 'vscode'], ['src/webviews/liveHistory.ts', 'vscode'], ['src/webviews/liveSession.ts', 'vscode'], ['src/webviews/liveSession.ts', '../commands/made'],
  ['src/pages/live/x.ts', 'vscode'], ['src/pages/live/x.ts', '../../engine/engine'], ['src/pages/live/x.ts', '../../base/plainText'], ['src/pages/live/x.ts', '../../cgroup/cpu'], ['src/pages/live/x.ts', '../../lesson/steps'], ['src/pages/live/x.ts', '../../commands/made'],
  ['src/extension.ts', './pages/dom'], ['src/extension.ts', 'dockerode'],
  ['src/pages/live/x.ts', '../../webviews/liveSession'], ['src/pages/x.ts', '../webviews/liveHistory'], ['src/pages/live/x.ts', '@vscode/webview-ui-toolkit'],
];

const allowed: readonly [file: string, from: string][] = [
  ['src/base/x.ts', './emitter'], ['src/base/x.ts', 'node:fs'], ['src/engine/x.ts', '../base/errors'], ['src/engine/x.ts', '@vscode/l10n'], ['src/engine/connect.ts', 'dockerode'],
  ['src/cgroup/x.ts', '../engine/engine'], ['src/lesson/x.ts', '../cgroup/cpu'], ['src/lesson/x.ts', '../engine/containers'],
  ['src/commands/x.ts', 'vscode'], ['src/commands/x.ts', '../engine/engine'], ['src/commands/x.ts', '../lesson/steps'], ['src/commands/x.ts', './command'],
  ['src/tools/x.ts', '../engine/cpuLimit'], ['src/tools/register.ts', 'vscode'],
  ['src/views/x.ts', 'vscode'], ['src/views/x.ts', '../lesson/progress'], ['src/webviews/x.ts', 'vscode'], ['src/webviews/liveSession.ts', '../lesson/workRate'],
  ['src/pages/live/x.ts', '../../webviews/protocol'], ['src/pages/live/x.ts', 'uplot'], ['src/pages/x.ts', './dom'], ['src/pages/controls.ts', '@vscode/webview-ui-toolkit'],
  ['src/extension.ts', 'vscode'], ['src/extension.ts', './views/containersView'],
];

describe('an import that the design forbids is an error', () => {
  test.each(refused)('%s may not import %s', async (file, from) => {
    expect(await complaints(file, `import { x } from '${from}';\nx();`)).toEqual([rule]);
  });

  test.each(refused)('%s may not import %s for its types either, nor pass it on', async (file, from) => {
    expect(await complaints(file, `import type { X } from '${from}';\nexport let x: X;`)).toEqual([rule]);
    expect(await complaints(file, `import { type X } from '${from}';\nexport let x: X;`)).toEqual([rule]);
    expect(await complaints(file, `export { x } from '${from}';`)).toEqual([rule]);
  });
});

test.each(allowed)('%s may import %s', async (file, from) => {
  expect(await complaints(file, `import { x } from '${from}';\nx();`)).toEqual([]);
});

test.each(['commands/x.ts', 'webviews/x.ts', 'views/x.ts', 'extension.ts'])('%s may neither make a page nor listen to one', async (file) => {
  expect(await complaints(`src/${file}`, 'vscode.window.createWebviewPanel();')).toEqual([pageRule]);
  expect(await complaints(`src/${file}`, 'panel.webview.onDidReceiveMessage(() => {});')).toEqual([pageRule]);
});
