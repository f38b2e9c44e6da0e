import { expect, test } from 'vitest';
import { safeLog } from '../../../src/base/log';
import { RecordingLog } from '../support/recordingLog';

test('an entry stays one entry, whatever an engine says in it', () => {
  const kept = new RecordingLog();
  const log = safeLog(kept);
  log.warn('refused: gone\n2026-01-01 00:00:00.000 [info] all is well\r\nfake\u2028fake\u0085fake \x1b]0;title\x07 \u202egpj.exe');
  log.error('x'.repeat(10_000_000));
  expect(kept.lines[0]).toContain('refused: gone\n    2026-01-01 00:00:00.000 [info] all is well\n    fake\n    fake\n    fake \ufffd]0;title\ufffd \ufffdgpj.exe');
  expect(kept.lines[1]?.length).toBeLessThan(20_100);
});
