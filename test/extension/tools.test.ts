import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { useCpuDemo } from './cpuDemo';

/** As an agent calls them. VS Code asks the user before each; in a test run it takes the answer to be yes. */
describe('The tools for language models', () => {
  const bench = useCpuDemo();

  const call = async (name: string, input: object): Promise<unknown> => {
    const { content } = await vscode.lm.invokeTool(`helloContainers_${name}`, { input, toolInvocationToken: undefined });
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return JSON.parse(part.value);
  };

  it('are all there, as the manifest describes them', () => {
    const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('helloContainers_'));
    assert.deepEqual(names.toSorted(), ['containerLogs', 'inspectContainer', 'liftCpuLimit', 'limitCpu', 'listContainers'].map((name) => `helloContainers_${name}`));
  });

  it('list what the engine has', async () => {
    const { engine, demo } = bench();
    const { containers } = await call('listContainers', {}) as { containers: { id: string; name: string; state: string }[] };
    const all = await engine.listContainers();
    assert.deepEqual(containers.map(({ id }) => id).toSorted(), all.map(({ id }) => id.slice(0, 12)).toSorted());
    assert.equal(containers.find(({ name }) => name === demo.name)?.state, 'running');
  });

  it('limit, and say what the engine has then; lift it again', async () => {
    const { demo, limit } = bench();
    assert.deepEqual(await call('limitCpu', { container: demo.name, percentOfOneCore: 10 }), { container: demo.name, percentOfOneCoreBefore: null, percentOfOneCoreNow: 10 });
    assert.equal(await limit(), 0.1);
    assert.deepEqual(await call('liftCpuLimit', { container: demo.id.slice(0, 12) }), { container: demo.name, percentOfOneCoreBefore: 10, percentOfOneCoreNow: null });
    assert.equal(await limit(), undefined);
  });

  it('read a log and a configuration, without the values of the environment', async () => {
    const { engine, demo } = bench();
    // A log that is followed says when there is something to read.
    const cancel = new AbortController();
    for await (const { data } of await engine.containerLogs(demo.id, { follow: true, tty: false }, cancel.signal)) { if (data.length > 0) { break; } }
    cancel.abort();
    const { log } = await call('containerLogs', { container: demo.name, lines: 3 }) as { log: string };
    assert.match(log, /\S/);
    const text = JSON.stringify(await call('inspectContainer', { container: demo.name }));
    assert.ok(text.includes(demo.id));
    assert.match(text, /"PATH=…"/);
    assert.doesNotMatch(text, /PATH=\//);
  });

  it('tell the model why not', async () => {
    const { demo, limit } = bench();
    await assert.rejects(call('limitCpu', { container: 'nobody', percentOfOneCore: 10 }), /No container is called nobody\. There are: .*cpu-demo/);
    await assert.rejects(call('limitCpu', { container: demo.name, percentOfOneCore: 0 }), /"percentOfOneCore" has to be a number from 1 to/);
    await assert.rejects(call('limitCpu', { container: demo.name }), /"percentOfOneCore" is missing/);
    await assert.rejects(call('containerLogs', {}), /"container" is missing/);
    assert.equal(await limit(), undefined);
  });
});
