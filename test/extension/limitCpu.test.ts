import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CpuDemo } from '../../src/engine/cpuDemo';
import { readCpuLimit } from '../../src/engine/cpuLimit';
import type { Engine } from '../../src/engine/engine';
import { openEngine } from './engine';
import { until } from './until';

describe('Limit CPU to 10%', () => {
  let engine: Engine;
  let demo: CpuDemo;
  before(async () => {
    engine = await openEngine();
    const started = await vscode.commands.executeCommand<CpuDemo | undefined>('helloContainers.startCpuDemo');
    assert.ok(started);
    demo = started;
  });
  after(async () => {
    await engine.removeContainer(demo.id, { force: true });
    engine.dispose();
  });

  const limit = async (): Promise<number | undefined> => readCpuLimit((await engine.inspectContainer(demo.id)).cpu)?.cores;

  it('starts the demo in a container of its own', async () => {
    const { state, name } = await engine.inspectContainer(demo.id);
    assert.deepEqual([state, name], ['running', 'cpu-demo']);
  });

  it('limits the container that the tree names', async () => {
    await vscode.commands.executeCommand('helloContainers.limitCpuTo10', { containerId: demo.id });
    assert.equal(await limit(), 0.1);
  });

  it('lifts the limit again', async () => {
    await vscode.commands.executeCommand('helloContainers.removeCpuLimit', { containerId: demo.id });
    assert.equal(await limit(), undefined);
  });

  it('finds the demo by itself when the palette asks', async () => {
    await vscode.commands.executeCommand('helloContainers.limitCpuTo10');
    assert.equal(await limit(), 0.1);
  });

  it('opens the live page as a tab', async () => {
    await vscode.commands.executeCommand('helloContainers.watchLiveCpu', { containerId: demo.id });
    const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    await until(() => labels().includes('Live CPU: cpu-demo'), vscode.window.tabGroups.onDidChangeTabs, labels);
  });

  it('stops, starts, pauses and goes on', async () => {
    const state = async (): Promise<string> => (await engine.inspectContainer(demo.id)).state;
    const act = async (command: string): Promise<string> => {
      await vscode.commands.executeCommand(`helloContainers.${command}`, { containerId: demo.id });
      return state();
    };
    assert.deepEqual(
      [await act('pauseContainer'), await act('unpauseContainer'), await act('stopContainer'), await act('startContainer')],
      ['paused', 'running', 'exited', 'running'],
    );
  });
});
