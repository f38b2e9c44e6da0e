import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Mocha from 'mocha';

/** What the extension host calls. Rejects when a test failed. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000 });
  // The suites register themselves with the globals that "pre-require" makes.
  mocha.suite.emit('pre-require', globalThis as never, '', mocha);
  await import('./manifest.test');
  await import('./helloWorld.test');
  await import('./limitCpu.test');
  await import('./dailyWork.test');
  await import('./tools.test');
  await import('./exercise.test');
  const failures: string[] = [];
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
    runner.on('fail', (test, error: Error) => failures.push(`failed: ${test.fullTitle()}: ${error.message.split('\n', 1)[0] ?? ''}`));
  });
  const [passed, failed] = [stats?.passes ?? 0, stats?.failures ?? 1];
  const file = process.env.HELLO_CONTAINERS_RESULTS;
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ passed, failed, failures }));
  }
  if (failed > 0) { throw new Error(`${failed} tests failed`); }
}
