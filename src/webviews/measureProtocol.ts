import type { Measured } from '../lesson/measured';

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

export interface FromMeasurePage { type: 'ready' | 'measure' | 'cancel' }

const types: readonly unknown[] = ['ready', 'measure', 'cancel'] satisfies FromMeasurePage['type'][];

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromMeasurePage(value: unknown): FromMeasurePage | undefined {
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  return types.includes(type) ? { type: type as FromMeasurePage['type'] } : undefined;
}
