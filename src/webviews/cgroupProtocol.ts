import type { ExploredGroup } from '../cgroup/explore';

/** Every message between the extension host and the page of a process's control groups. No VS Code, no DOM. */

export interface ToCgroupPage {
  type: 'groups';
  /** What is looked at: a container's name, or the process's command. */
  name: string;
  pid: number;
  /** Whose numbers these are: this machine, or an engine's. */
  machine: string;
  /** Empty once the process has ended. */
  groups: ExploredGroup[];
  ended: boolean;
  l10n: Record<string, string> | undefined;
}

export interface FromCgroupPage { type: 'ready' }

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromCgroupPage(value: unknown): FromCgroupPage | undefined {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'ready' ? { type: 'ready' } : undefined;
}
