import { expect, test } from 'vitest';
import { Conflict, EngineError, MalformedStream, NotFound } from '../../../src/engine/errors';
import { NoShell, openShell } from '../../../src/engine/shell';
import { ScriptedEngine } from '../support/scriptedEngine';

const size = { columns: 80, rows: 24 };

function engineWithout(): ScriptedEngine {
  const engine = new ScriptedEngine();
  engine.addContainer('c1');
  engine.before = (call) => { if (call.startsWith('exec ')) { throw new EngineError(400, 'OCI runtime exec failed: exec: "bash": executable file not found in $PATH', 'no'); } };
  return engine;
}

test('a container without a shell is told from one that went meanwhile', async () => {
  await expect(openShell(engineWithout(), 'c1', 'web', size)).rejects.toThrow(NoShell);
  const stopped = engineWithout();
  const { before } = stopped;
  stopped.before = (call) => {
    if (call.startsWith('inspect')) { stopped.addContainer('c1', { state: 'exited' }); }
    return before(call);
  };
  await expect(openShell(stopped, 'c1', 'web', size)).rejects.toThrow(Conflict);
  const removed = engineWithout();
  removed.containers.clear();
  await expect(openShell(removed, 'c1', 'web', size)).rejects.toThrow(NotFound);
});

test('an engine\'s other refusal is told as it is', async () => {
  const engine = engineWithout();
  engine.before = () => { throw new EngineError(500, 'disk full', 'the engine failed: disk full'); };
  await expect(openShell(engine, 'c1', 'web', size)).rejects.toThrow('disk full');
});

test('a shell that begins with no process id is refused, before it has filled the memory', async () => {
  const engine = new ScriptedEngine();
  engine.addContainer('c1');
  const says = (line: string): void => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a terminal's output comes as it comes
    engine.execTerminal = () => Promise.resolve({ output: (async function* () { for (;;) { yield Buffer.from(line); } })(), write: () => { }, resize: () => Promise.resolve(), exitCode: () => Promise.resolve(0), dispose: () => { } });
  };
  for (const line of ['x', '1', '0x1f\n', '1e3\n', '-1\n', '\n']) {
    says(line);
    await expect(openShell(engine, 'c1', 'web', size)).rejects.toThrow(MalformedStream);
  }
});
