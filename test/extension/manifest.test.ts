import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  contributes: { commands: { command: string; title: string; category: string }[] };
}

describe('The extension in its host', () => {
  const extension = vscode.extensions.getExtension<undefined>('hello-containers.hello-containers');

  it('is there, and activates with nothing but its bundle', async () => {
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('has every command that its manifest names', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension?.packageJSON as Manifest;
    assert.deepEqual(contributes.commands.filter(({ command }) => !registered.has(command)), []);
  });

  it('calls its main command "Hello Containers: Run hello-world"', () => {
    const { contributes } = extension?.packageJSON as Manifest;
    const main = contributes.commands.find(({ command }) => command === 'helloContainers.runHelloWorld');
    assert.deepEqual([main?.category, main?.title], ['Hello Containers', 'Run hello-world']);
  });
});

