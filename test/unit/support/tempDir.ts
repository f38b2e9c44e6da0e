import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that goes with the test. Its path is short: that of a unix socket may have 107 bytes. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hc-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
