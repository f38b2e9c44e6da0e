import type { EngineChoice } from '../engine/contexts';
import type { Place } from '../engine/places';
import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';

/** From now on the tree's engine is the one of this workspace. */
export function useEngine(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    await input.rememberEngine(choiceOf((await engineFor(input, target)).place));
    await input.engines.reconsider();
  };
}

function choiceOf(place: Place): EngineChoice {
  // Docker's own name for its rules without a context.
  return place.kind === 'default' ? { kind: 'context', name: 'default' } : place;
}
