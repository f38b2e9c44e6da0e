import type { Xray } from '../lesson/xray';
import { key, reader, type Sent } from './pageMessages';

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

/** compare: with a container that was offered, or with none. */
export const readXrayPage = reader({ ready: {}, refresh: {}, startHelper: {}, cgroups: {}, compare: { containerId: key } });
export type FromXrayPage = Sent<typeof readXrayPage>;
