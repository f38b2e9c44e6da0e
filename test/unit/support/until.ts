import type { Event } from '../../../src/base/emitter';

/** Resolves as soon as the condition holds: now, or at one of the events. */
export function until<T>(event: Event<T>, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (condition()) { resolve(); return; }
    const subscription = event(() => {
      if (!condition()) { return; }
      subscription.dispose();
      resolve();
    });
  });
}

/** The values of an event, kept as they come. */
export function record<T>(event: Event<T>): T[] {
  const values: T[] = [];
  event((value) => { values.push(value); });
  return values;
}
