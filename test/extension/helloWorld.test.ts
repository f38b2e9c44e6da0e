import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Engine } from '../../src/engine/engine';
import type { HelloResult } from '../../src/engine/helloWorld';
import { openEngine } from './engine';
import { until } from './until';

describe('Run hello-world', () => {
  let engine: Engine;
  const made: string[] = [];
  before(async () => { engine = await openEngine(); });
  after(async () => {
    for (const id of made) { await engine.removeContainer(id, { force: true }); }
    engine.dispose();
  });

  const run = async (argument?: unknown): Promise<HelloResult> => {
    const result = await vscode.commands.executeCommand<HelloResult | undefined>('helloContainers.runHelloWorld', argument);
    assert.ok(result);
    made.push(result.id);
    return result;
  };

  it('runs the image and keeps the container', async () => {
    const result = await run();
    assert.equal(result.exitCode, 0);
    const details = await engine.inspectContainer(result.id);
    assert.deepEqual([details.state, details.exitCode, details.name], ['exited', 0, result.name]);
    assert.equal(result.image, 'hello-world');
  });

  it('shows the output in a terminal named after the container', async () => {
    const { name } = await run();
    await until(() => vscode.window.terminals.some((terminal) => terminal.name === `${name} (0)`), vscode.window.onDidChangeTerminalState, () => vscode.window.terminals.map((terminal) => terminal.name));
  });

  it('goes twice at once', async () => {
    const [one, other] = await Promise.all([run(), run()]);
    assert.notEqual(one.id, other.id);
    assert.deepEqual([one.exitCode, other.exitCode], [0, 0]);
  });

  it('runs the bundled stand-in when it is asked for', async () => {
    const result = await run({ image: 'hello-containers/hello-world:bundled' });
    assert.equal(result.exitCode, 0);
    assert.equal(result.image, 'hello-containers/hello-world:bundled');
  });

  it('runs no other image that a link may name', async () => {
    const { image } = await run({ image: 'busybox' });
    assert.equal(image, 'hello-world');
  });
});
