/** Where the extension writes what it does. VS Code's LogOutputChannel is one. Never give it a key, a token or a password. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Writes nothing. */
export const silentLog: Log = { trace: () => { }, debug: () => { }, info: () => { }, warn: () => { }, error: () => { } };
