import { NotFound } from './errors';

/**
 * Waits for a removal. Somebody may have been faster; that is no failure.
 * @returns whether it was there
 */
export async function isRemoved(removal: Promise<void>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (error instanceof NotFound) { return false; }
    throw error;
  }
}
