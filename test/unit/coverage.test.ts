import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stepIds } from '../../src/lesson/steps';

const root = join(import.meta.dirname, '../..');
const coverage = readFileSync(join(root, 'walkthroughs/COVERAGE.md'), 'utf8');
const rows = coverage.split('\n').filter((line) => /^\| (?!Point)/.test(line)).map((line) => line.split('|').map((cell) => cell.trim()));

test('each step teaches something, and each point is taught at a step that there is', () => {
  const named = new Set(rows.flatMap(([, , steps = '']) => [...steps.matchAll(/`([\w-]+)`/g)].map((match) => match[1] ?? '')));
  expect([...named].toSorted()).toEqual([...stepIds].toSorted());
  expect(rows.every((cells) => cells.length === 5 && cells.slice(1, 4).every((cell) => cell !== ''))).toBe(true);
});

test('every page and picture of the walkthrough is named, and no other', () => {
  const files = [...coverage.matchAll(/`((?:walkthroughs|media)\/[\w.-]+)`/g)].map((match) => match[1] ?? '');
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const pages = readdirSync(join(root, 'walkthroughs')).filter((name) => name.endsWith('.md') && name !== 'COVERAGE.md').map((name) => `walkthroughs/${name}`);
  expect(pages.filter((page) => !files.includes(page))).toEqual([]);
});
