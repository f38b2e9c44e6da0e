import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import type { Outcome } from './client';
import type { Liar } from './liar';

/** The heap that the process has that asks, in MB: an extension host has ten times as much. */
const heapMb = 384;

export interface Measured extends Outcome {
  sentMb: number;
}

interface Row {
  what: string;
  measured: Measured;
}

const rows: Row[] = [];
let folder: string;
let script: string;

/** To be called once in a file: makes what asks, and prints the figures at the end. */
export function measures(): void {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hc-hostile-'));
    script = join(folder, 'client.cjs');
    const { outputFiles: [bundle] } = await build({ entryPoints: ['test/hostile/client.ts'], bundle: true, write: false, platform: 'node', format: 'cjs', external: ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs'] });
    // Of these packages dockerode only wants to know that they exist.
    writeFileSync(script, `const load = require('module')._load; require('module')._load = (id, ...rest) => /^(ssh2|@grpc|protobufjs)/.test(id) ? {} : load(id, ...rest);\n${bundle?.text ?? ''}`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    print();
  });
}

/**
 * Asks the liar one thing in a process of its own.
 * @param what for the table
 * @param call a name of client.ts's
 */
export async function ask(what: string, liar: Liar, call: string, { abortAfter = 0, answerMillis = 120_000 } = {}): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${heapMb}`, '--expose-gc', script, liar.path, call, String(abortAfter), String(answerMillis)], { timeout: 60_000 });
  const measured = { ...JSON.parse(stdout) as Outcome, sentMb: liar.sentBytes / 1e6 };
  rows.push({ what, measured });
  return measured;
}

function print(): void {
  const line = (cells: readonly string[]): string => [(cells[0] ?? '').padEnd(52), ...cells.slice(1, 6).map((cell) => cell.padStart(9)), ` ${cells[6] ?? ''}`].join('');
  const n = (value: number, digits = 0): string => value.toFixed(digits);
  console.log([
    '', line(['what the engine does', 'sent MB', 'grown MB', 's', 'blocked ms', 'cancel ms', 'what is said']),
    ...rows.map(({ what, measured: { sentMb, grownMb, seconds, blockedMillis, cancelMillis, error } }) => line([what, n(sentMb, sentMb < 10 ? 2 : 0), n(grownMb), n(seconds, 2), n(blockedMillis), cancelMillis === null ? '' : n(cancelMillis), (error ?? '').slice(0, 90)])),
  ].join('\n'));
}
