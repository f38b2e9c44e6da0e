import * as l10n from '@vscode/l10n';

/**
 * Aborted once so many milliseconds are over, or with the other signal. Not AbortSignal.timeout(): Node 20's AbortSignal.any() keeps no hold
 * of it, and one that was collected as garbage never comes (seen as a cut wire that was noticed five seconds too late).
 */
export function within(millis: number, signal?: AbortSignal): AbortSignal {
  const late = new AbortController();
  // Nobody waits for it when all else has ended.
  setTimeout(() => late.abort(new DOMException(l10n.t('no answer in {0} seconds', millis / 1000), 'TimeoutError')), millis).unref();
  return signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
}
