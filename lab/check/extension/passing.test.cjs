const assert = require('node:assert/strict');
const process = require('node:process');
const { suite, test } = require('mocha');
const vscode = require('vscode');

suite('lab check', () => {
  test('a command of the extension answers, and the environment arrives', async () => {
    assert.equal(await vscode.commands.executeCommand('labCheck.hello'), 'hello');
    assert.equal(process.env.LAB_CHECK, 'handed on');
  });
});
