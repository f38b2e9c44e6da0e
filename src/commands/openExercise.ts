import type { Command, CommandInput } from './command';

/** Opens the exercise "limit a process by hand". */
export function openExercise(input: CommandInput): Command {
  return () => input.openExercise();
}
