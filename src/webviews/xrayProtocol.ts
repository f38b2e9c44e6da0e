import type { Xray } from '../lesson/xray';

/** Every message between the extension host and the page that looks through a container. No VS Code, no DOM. */

export interface ToXrayPage {
  type: 'xray';
  name: string;
  /** What users call its engine. */
  engine: string;
  /** null before the first look, and of a container that is gone. */
  xray: Xray | null;
  /** Running containers of the same engine, to compare with. */
  others: readonly { id: string; name: string }[];
  compared: string | null;
  /** Why there is nothing new: it ended, its engine is gone. */
  problem: string | null;
  l10n: Record<string, string> | undefined;
}

export type FromXrayPage =
  | { type: 'ready' | 'refresh' | 'startHelper' | 'cgroups' }
  /** "" for none. */
  | { type: 'compare'; containerId: string };

const types: readonly unknown[] = ['ready', 'refresh', 'startHelper', 'cgroups'];

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromXrayPage(value: unknown): FromXrayPage | undefined {
  if (typeof value !== 'object' || value === null) { return undefined; }
  const { type, containerId } = value as Partial<Record<string, unknown>>;
  if (types.includes(type)) { return { type } as FromXrayPage; }
  return type === 'compare' && typeof containerId === 'string' ? { type, containerId } : undefined;
}
