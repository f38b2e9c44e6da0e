import type { TestProject } from 'vitest/node';
import { openV2Machine, type V2Address } from '../../lab/v2/machine.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    v2Machine: V2Address;
  }
}

/** One machine for all files: it takes seconds to wake up, and minutes to be built at the first use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const machine = await openV2Machine({ log: (line) => console.log(line) });
  project.provide('v2Machine', machine.address);
  return () => machine.close();
}
