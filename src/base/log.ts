import { shownText } from './plainText';

/** Where the extension writes what it does. VS Code's LogOutputChannel is one. Never give it a key, a token or a password. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The longest entry, in characters: an error with its stack and causes has a few thousand. */
const longestEntry = 20_000;

/**
 * A log whose entries are one entry each, whatever they hold: much of it is an engine's own words. Lines after the first are set in, so that
 * none of them looks like an entry of ours, and what a terminal would obey is shown as "�".
 */
export function safeLog(log: Log): Log {
  const safe = (message: string): string => {
    const text = message.length > longestEntry ? `${message.slice(0, longestEntry)}…` : message;
    return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).map((line) => shownText(line)).join('\n    ');
  };
  return {
    trace: (message) => log.trace(safe(message)), debug: (message) => log.debug(safe(message)), info: (message) => log.info(safe(message)),
    warn: (message) => log.warn(safe(message)), error: (message) => log.error(safe(message)),
  };
}

/** Writes nothing. */
export const silentLog: Log = { trace: () => { }, debug: () => { }, info: () => { }, warn: () => { }, error: () => { } };
