import { key, reader, type Sent } from './pageMessages';

/** Every message between the extension host and the page of all running containers. No VS Code, no DOM. */

/** What a container used at one moment. null: not known (yet). */
export interface UsageSample {
  /** CPU seconds per second. */
  cores: number | null;
  /** Share (0 to 1) of the periods that ended throttled. */
  throttledShare: number | null;
  /** The limit, in cores; null for none. */
  capCores: number | null;
  memoryBytes: number | null;
}

export interface OverviewContainer {
  id: string;
  name: string;
  image: string;
  /** Its engine, where there are several. */
  engine: string;
  state: 'running' | 'paused';
  /** Of its engine's machine. */
  cpus: number;
  /** Whether it is read from the kernel's own files, or from the engine's stats about once a second. */
  source: 'cgroup' | 'stats' | 'none';
  /** The oldest first; a second apart. */
  history: UsageSample[];
}

export type ToOverviewPage =
  /** All of them: at the beginning, and when others run than before. */
  | { type: 'containers'; containers: OverviewContainer[]; l10n: Record<string, string> | undefined }
  /** One more second, by container. */
  | { type: 'second'; samples: Record<string, UsageSample>; l10n?: undefined };

/** Seconds that are kept and drawn. */
export const keptSeconds = 90;

export const readOverviewPage = reader({ ready: {}, watch: { containerId: key }, limitTo10: { containerId: key }, removeLimit: { containerId: key } });
export type FromOverviewPage = Sent<typeof readOverviewPage>;
