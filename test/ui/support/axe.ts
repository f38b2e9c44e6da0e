import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Frame } from '@playwright/test';
import { expect } from '../fixtures';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { html: string }[];
}

/** Nobody with a screen reader, a keyboard alone or weak eyes is kept out of this page: axe-core finds nothing serious in it. */
export async function expectAccessible(frame: Frame): Promise<void> {
  // From outside, so that the page's own policy has no say in it.
  await frame.evaluate(source);
  const violations = await frame.evaluate<Violation[]>('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 3).map(({ html }) => ({ html })) })))');
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
}
