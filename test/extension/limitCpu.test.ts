import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { useCpuDemo } from './cpuDemo';
import { until } from './until';

describe('Limit CPU to 10%', () => {
  const bench = useCpuDemo();

  it('starts the demo in a container of its own', async () => {
    const { engine, demo } = bench();
    const { state, name } = await engine.inspectContainer(demo.id);
    assert.deepEqual([state, name], ['running', 'cpu-demo']);
  });

  it('limits the container that the tree names', async () => {
    const { demo, limit } = bench();
    await vscode.commands.executeCommand('helloContainers.limitCpuTo10', { containerId: demo.id });
    assert.equal(await limit(), 0.1);
  });

  it('lifts the limit again', async () => {
    const { demo, limit } = bench();
    await vscode.commands.executeCommand('helloContainers.removeCpuLimit', { containerId: demo.id });
    assert.equal(await limit(), undefined);
  });

  it('finds the demo by itself when the palette asks', async () => {
    const { limit } = bench();
    await vscode.commands.executeCommand('helloContainers.limitCpuTo10');
    assert.equal(await limit(), 0.1);
  });

  it('opens the live page as a tab', async () => {
    const { demo } = bench();
    await vscode.commands.executeCommand('helloContainers.watchLiveCpu', { containerId: demo.id });
    const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    await until(() => labels().includes('Live CPU: cpu-demo'), vscode.window.tabGroups.onDidChangeTabs, labels);
  });

  it('stops, starts, pauses and goes on', async () => {
    const { engine, demo } = bench();
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
