import type { Event } from '../../src/base/emitter';

/** Something to wait for: the value once it is there, undefined (or false) until then. */
type Look<T> = () => T | undefined | false;

/** Looks now and after each event. Rejects after the time, saying what was awaited. */
export function until<T>(event: Event<unknown>, what: string, look: Look<T>, millis = 20_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const found = look();
      if (found === undefined || found === false) { return; }
      end();
      resolve(found);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`waited ${millis} ms in vain: ${what}`));
    }, millis);
    const subscription = event(check);
    const end = (): void => {
      clearTimeout(timer);
      subscription.dispose();
    };
    check();
  });
}

/** For what tells nobody when it changes: a kernel's file, a table of sockets. Looks every 50 ms. */
export async function poll<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false, millis = 20_000): Promise<T> {
  const end = performance.now() + millis;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) { return found; }
    if (performance.now() > end) { throw new Error(`waited ${millis} ms in vain: ${what}`); }
    await pause(50);
  }
}

/** Only to see that something does not happen. */
export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, millis); });
}

/** What the promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it should have failed, and gave ${JSON.stringify(value)}`);
}
