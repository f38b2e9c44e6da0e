import type { Measured } from '../lesson/measured';
import { reader, type Sent } from './pageMessages';

/** Every message between the extension host and the page that measures containers beside virtual machines. No VS Code, no DOM. */

export interface ToMeasurePage {
  type: 'measured';
  engine: string;
  /** null before the first measurement. */
  measured: Measured | null;
  /** What is being done, while something is. */
  working: string | null;
  problem: string | null;
  l10n: Record<string, string> | undefined;
}

export const readMeasurePage = reader({ ready: {}, measure: {}, cancel: {} });
export type FromMeasurePage = Sent<typeof readMeasurePage>;
