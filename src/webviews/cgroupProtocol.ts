import type { ExploredGroup } from '../cgroup/explore';
import { reader, type Sent } from './pageMessages';

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

export const readCgroupPage = reader({ ready: {} });
export type FromCgroupPage = Sent<typeof readCgroupPage>;
