import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { within } from '../../../src/base/within';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;
const never = new AbortController().signal;

test('a time limit comes, also when nothing but its listener knows of it and garbage is collected meanwhile', async () => {
  let collecting: NodeJS.Timeout | undefined;
  const reason = await new Promise<unknown>((resolve) => {
    const signal = within(100, never);
    signal.addEventListener('abort', () => resolve(signal.reason));
    // What nobody holds any more is found by a later turn.
    collecting = setInterval(collectGarbage, 10);
  });
  clearInterval(collecting);
  expect(reason).toMatchObject({ name: 'TimeoutError' });
});

test('the other signal comes first, with its reason; one that was aborted before is heard at once', async () => {
  const cancel = new AbortController();
  const signal = within(60_000, cancel.signal);
  const aborted = new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }); });
  cancel.abort(new Error('enough'));
  await aborted;
  expect(signal.reason).toMatchObject({ message: 'enough' });
  expect(within(60_000, cancel.signal).aborted).toBe(true);
});
