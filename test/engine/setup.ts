import type { TestProject } from 'vitest/node';
import { openEngine } from '../../lab/engine.mjs';
import { ensurePackages } from '../../lab/packages.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The shared engine, as DOCKER_HOST wants it. */
    engineHost: string;
  }
}

/** One engine for all files; tests that end daemons or need another registry open their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => console.log(line);
  // The tests are the user in the terminal, too.
  await ensurePackages({ 'docker.io': 'docker' }, { log });
  const engine = await openEngine({ name: process.env.HELLO_CONTAINERS_TEST_ENGINE ?? 'test-engine', fresh: true, log });
  project.provide('engineHost', engine.host);
  return () => engine.close({ remove: true });
}
