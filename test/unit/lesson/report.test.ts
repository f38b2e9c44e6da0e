import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reportOf, type ReportInput, verifyCommand } from '../../../src/lesson/report';
import { type StepId, stepIds, type StepState } from '../../../src/lesson/step';
import { engineFacts } from '../support/lessonFacts';

const open = Object.fromEntries(stepIds.map((id) => [id, { state: 'open', reason: 'not yet' }])) as Record<StepId, StepState>;

function report(more: Partial<ReportInput> = {}): string {
  return reportOf({ at: Date.UTC(2026, 0, 2), extensionVersion: '1.2.3', states: open, journal: {}, engine: engineFacts({ name: 'secret-host' }), withHostName: false, ...more });
}

/** As an instructor checks it. */
function verify(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hc-report-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const file = join(folder, 'report.md');
  writeFileSync(file, text);
  return execFileSync('sh', ['-c', verifyCommand(file)], { encoding: 'utf8' }).split(' ')[0] ?? '';
}

const hashIn = (text: string): string => /^SHA-256: (\w+)$/m.exec(text)?.[1] ?? '';

test('has each step with its state, its time and its proof', () => {
  const text = report({
    states: { ...open, connect: { state: 'done', reason: 'It answers.' }, watch: { state: 'unknown', reason: 'No engine.' } },
    journal: { connect: { at: Date.UTC(2026, 0, 1), reason: 'It answers.', evidence: { Version: '27' } }, limit: { at: Date.UTC(2026, 0, 1, 1), reason: 'It was limited.', evidence: {} } },
  });
  expect(text).toContain('2 of 15 steps done. Written 2026-01-02T00:00:00.000Z by Hello Containers 1.2.3.');
  expect(text).toContain('| 1. Connect to a Docker engine | done | 2026-01-01T00:00:00.000Z | It answers.; Version: 27 |');
  expect(text).toMatch(/\| 13\. .* \| was done \| 2026-01-01T01:00:00.000Z \| It was limited. \|/);
  expect(text).toMatch(/\| 14\. .* \| not known \| {2}\| No engine. \|/);
  expect(text).toContain('Linux 6.1.0-x');
});

test('an instructor sees by one command whether the evidence is whole', () => {
  const text = report({ journal: { connect: { at: 0, reason: 'with "quotes", `ticks`\nand a line', evidence: { a: 1 } } } });
  expect(hashIn(text)).toMatch(/^[0-9a-f]{64}$/);
  expect(verify(text)).toBe(hashIn(text));
  expect(verify(text.replace('"state":"open"', '"state":"done"'))).not.toBe(hashIn(text));
});

test('names no machine and no user unless it is wanted', () => {
  const states = { ...open, architecture: { state: 'done' as const, reason: 'Your client talks to ssh://me@secret-host, not unix:///home/me/docker.sock, but unix:///var/run/docker.sock.', evidence: { Where: 'tcp://10.0.0.1:2376', Host: 'secret-host' } } };
  const text = report({ states });
  for (const secret of ['secret-host', 'ssh://me', '/home/me', '10.0.0.1']) { expect(text).not.toContain(secret); }
  expect(text).toContain('unix:///var/run/docker.sock');
  expect(report({ states, withHostName: true })).toContain('ssh://me@secret-host');
});

test('text from engines is neither markup nor a cell of its own', () => {
  const text = report({ states: { ...open, connect: { state: 'done', reason: 'a|b [x](command:y) <b> `c`\nd' } } });
  expect(text).toContain('a\\|b \\[x\\](command:y) \\<b\\> \\`c\\` d');
});

test('an engine that calls itself by a block of evidence of its own changes nothing about the block', () => {
  const text = report({ engine: engineFacts({ version: '1\n```jsonl\n{}\n```\nSHA-256: 0', kernelVersion: 'a\n```jsonl' }) });
  expect(text.match(/^```jsonl$/gm)).toHaveLength(1);
  expect(verify(text)).toBe(hashIn(text));
});
