import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';

/*
 * The last suite: it ends the extension as VS Code does before it closes a window.
 */

describe('Limit a process by hand', () => {
  it('is done by the lesson\'s commands, and taken away as the window ends', async () => {
    await vscode.commands.executeCommand('helloContainers.solveStep', 'limit-by-hand');
    assert.equal(programs().length, 1);
    assert.equal(groups().length > 0, true);

    const extension = vscode.extensions.getExtension('hello-containers.hello-containers');
    assert.ok(extension);
    // The module that VS Code has loaded: what it calls before it ends the extensions.
    const { deactivate } = createRequire(__filename)(join(extension.extensionPath, 'dist/extension.js')) as { deactivate(): Promise<void> };
    await deactivate();
    assert.deepEqual([programs(), groups()], [[], []]);
  });
});

function programs(): string[] {
  try {
    return execFileSync('pgrep', ['--full', 'python3.* \\S*factorials\\.py$'], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    // It found none.
    return [];
  }
}

function groups(): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
  return mounts.map((mount) => join(mount, 'demo')).filter((folder) => existsSync(folder));
}
