import type { ContainerSpec, Engine } from './engine';
import { Conflict, EngineError } from './errors';

/** Makes a container of this name, or where it is taken, by an earlier one of ours or by somebody else, with the next number. */
export async function createNumbered(engine: Engine, base: string, spec: Omit<ContainerSpec, 'name'>): Promise<{ id: string; name: string }> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    try {
      return { id: await engine.createContainer({ ...spec, name }), name };
    } catch (error) {
      if (!isTaken(error) || number === 100) { throw error; }
    }
  }
}

/** Podman (4.3) answers 500 where Docker answers 409. */
function isTaken(error: unknown): boolean {
  return error instanceof Conflict || (error instanceof EngineError && /name .*already in use/i.test(error.reply));
}
