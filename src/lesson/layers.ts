import type { ContainerAnatomy, HistoryEntry } from '../engine/anatomy';

/** One layer of a container's root file system. */
export interface Layer {
  /** container: its own, writable. init: what the engine puts between (hosts, resolv.conf…). image: read-only, shared by all containers of the image. */
  kind: 'container' | 'init' | 'image';
  /** What identifies it: an image's digest. */
  digest: string | null;
  /** Its folder on the engine's machine; null where the engine does not tell. */
  folder: string | null;
  sizeBytes: number | null;
  /** The instruction that made it. */
  createdBy: string | null;
}

/**
 * A container's layers, the uppermost first. Sizes and instructions come from the image's history, which also has steps without a layer:
 * they are given only where those that changed files are as many as the layers.
 * @param digests the lowest first
 * @param history the newest first
 */
export function describeLayers({ data }: ContainerAnatomy['storage'], digests: readonly string[], history: readonly HistoryEntry[]): Layer[] {
  const lower = (data.LowerDir ?? '').split(':').filter((folder) => folder !== '');
  // overlay2 has the layer of the engine's own between the container's and the image's.
  const init = lower.length === digests.length + 1 ? lower.shift() : undefined;
  const folders = lower.length === digests.length ? lower : [];
  const withFiles = history.filter(({ sizeBytes }) => sizeBytes > 0);
  const made = history.length === digests.length ? history : withFiles.length === digests.length ? withFiles : [];
  return [
    ...(data.UpperDir === undefined ? [] : [{ kind: 'container' as const, digest: null, folder: data.UpperDir, sizeBytes: null, createdBy: null }]),
    ...(init === undefined ? [] : [{ kind: 'init' as const, digest: null, folder: init, sizeBytes: null, createdBy: null }]),
    ...[...digests].reverse().map((digest, index) => ({ kind: 'image' as const, digest, folder: folders[index] ?? null, sizeBytes: made[index]?.sizeBytes ?? null, createdBy: made[index]?.createdBy ?? null })),
  ];
}
