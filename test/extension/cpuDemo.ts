import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CpuDemo } from '../../src/engine/cpuDemo';
import { readCpuLimit } from '../../src/engine/cpuLimit';
import type { Engine } from '../../src/engine/engine';
import { openEngine } from './engine';

/** The engine, and a CPU demo on it that the extension started. */
export interface DemoBench {
  engine: Engine;
  demo: CpuDemo;
  /** Of the demo, in cores, as the engine has it now. */
  limit(): Promise<number | undefined>;
}

/** A demo for all tests of a suite, gone after them. @returns what there is once the tests run */
export function useCpuDemo(): () => DemoBench {
  let bench: DemoBench | undefined;
  before(async () => {
    const engine = await openEngine();
    const demo = await vscode.commands.executeCommand<CpuDemo | undefined>('helloContainers.startCpuDemo');
    assert.ok(demo);
    bench = { engine, demo, limit: async () => readCpuLimit((await engine.inspectContainer(demo.id)).cpu)?.cores };
  });
  after(async () => {
    await bench?.engine.removeContainer(bench.demo.id, { force: true });
    bench?.engine.dispose();
  });
  return () => {
    assert.ok(bench);
    return bench;
  };
}
