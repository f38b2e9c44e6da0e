import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CpuDemo } from '../../src/engine/cpuDemo';
import type { Engine } from '../../src/engine/engine';
import { openEngine } from './engine';
import { until } from './until';

describe('Daily work', () => {
  let engine: Engine;
  let id: string;
  const name = 'daily-work';
  before(async () => {
    engine = await openEngine();
    // The demo brings its image along, which has a shell.
    const demo = await vscode.commands.executeCommand<CpuDemo | undefined>('helloContainers.startCpuDemo');
    assert.ok(demo);
    const { image } = await engine.inspectContainer(demo.id);
    await engine.removeContainer(demo.id, { force: true });
    id = await engine.createContainer({ image, name, command: ['sh', '-c', 'echo written; sleep 1000'], labels: { why: 'test' } });
    await engine.startContainer(id);
    await vscode.env.clipboard.writeText('');
    // The extension hears of it by the engine's events, which may be a moment later than our own connection's answer.
    for (let look = 0; await vscode.env.clipboard.readText() !== id; look += 1) {
      assert.ok(look < 200, 'the extension does not know the container');
      await act('copyContainerId');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  });
  after(async () => {
    await engine.removeContainer(id, { force: true });
    engine.dispose();
  });

  const act = (command: string, ...more: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`helloContainers.${command}`, { containerId: id }, ...more);

  it('opens a shell in a terminal of VS Code', async () => {
    await act('openShell');
    await until(() => vscode.window.terminals.some((terminal) => terminal.name === `${name}: sh`), vscode.window.onDidOpenTerminal, () => vscode.window.terminals.map((terminal) => terminal.name));
  });

  it('shows a container as the engine\'s own JSON, read-only', async () => {
    await act('inspectContainer');
    const { activeTextEditor: editor } = vscode.window;
    assert.equal(editor?.document.languageId, 'json');
    const shown = JSON.parse(editor.document.getText()) as { Id: string; Name: string };
    assert.deepEqual([shown.Id, shown.Name], [id, `/${name}`]);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x')).then(undefined, () => false);
    assert.ok(!editor.document.isDirty);
  });

  it('follows its log in a terminal', async () => {
    await act('showLogs');
    await until(() => vscode.window.terminals.some((terminal) => terminal.name === `log: ${name}`), vscode.window.onDidOpenTerminal, () => vscode.window.terminals.map((terminal) => terminal.name));
  });

  it('copies id, name and the line that makes it again', async () => {
    const copied = async (command: string): Promise<string> => {
      await act(command);
      return vscode.env.clipboard.readText();
    };
    assert.equal(await copied('copyContainerId'), id);
    assert.equal(await copied('copyContainerName'), name);
    assert.match(await copied('copyRunLine'), /^docker run --detach --name daily-work --label 'why=test' \S+ sh -c 'echo written; sleep 1000'$/);
  });
});
