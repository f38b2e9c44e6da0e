import fc from 'fast-check';
import { describe, test } from 'vitest';
import { parsers } from './parsers';

declare module 'vitest' {
  interface TaskMeta {
    /** For the figures at the end. */
    fuzz?: { parser: string; inputs: number };
  }
}

const inputs = Number(process.env.HELLO_CONTAINERS_FUZZ_INPUTS);
const seed = Number(process.env.HELLO_CONTAINERS_FUZZ_SEED);
const weights = Object.values(parsers).flat().flatMap(({ properties }) => properties).reduce((sum, { weight }) => sum + weight, 0);

/** A test for each property of the parsers of one place, with its share of the inputs. */
export function checkAll(place: string): void {
  for (const { name, properties } of parsers[place] ?? []) {
    describe(name, () => {
      for (const { what, weight, check } of properties) {
        test(what, async ({ task }) => {
          const details = await check(Math.ceil(inputs * weight / weights), seed);
          task.meta.fuzz = { parser: name, inputs: details.numRuns };
          // With the seed and the path that lead to it, and the smallest input that shows it.
          if (details.failed) { throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance }); }
        });
      }
    });
  }
}
