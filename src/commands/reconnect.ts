import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';

/** Tries an engine again, now. */
export function reconnect(input: CommandInput): Command {
  return async (target?: EngineTarget) => input.engines.reconnect((await engineFor(input, target)).key);
}
