import type { Engine } from '../engine/engine';
import { pull } from '../engine/pull';

/** An image by what it contains, and the name that it has then. */
export interface PinnedImage {
  /** With a digest, and no tag beside it: not every engine takes both. */
  reference: string;
  tag: string;
}

/**
 * Small, with the few commands that the helper needs. The digest is that of Docker Hub's index of busybox 1.36.1, for all of its
 * architectures: whoever controls a registry cannot give another image for it.
 */
export const pinnedHelperImage: PinnedImage = {
  reference: 'busybox@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662',
  tag: 'busybox:1.36.1',
};

/** What a helper is started from. */
export interface HelperImage {
  /** Says what is in it, so that nothing else can be started than what was agreed to: an id or a digest. */
  exact: string;
  /** As users know it. */
  name: string;
  isHere: boolean;
}

/**
 * The image that a helper of this engine would be started from: one that is there (nothing to fetch, also without the internet), or else
 * the pinned one.
 * @throws EngineError, EngineUnreachable
 */
export async function findHelperImage(engine: Engine, pinned = pinnedHelperImage): Promise<HelperImage> {
  for (const name of [pinned.reference, pinned.tag, 'busybox:latest']) {
    const image = await engine.inspectImage(name);
    if (image !== undefined) { return { exact: image.id, name: name === pinned.reference ? pinned.tag : name, isHere: true }; }
  }
  return { exact: pinned.reference, name: pinned.tag, isHere: false };
}

/**
 * Pulls the pinned image, and names it: without a tag no list would have it, and "Clean up" would not find it.
 * @returns its tag
 * @throws PullFailed, EngineError, EngineUnreachable; an AbortError
 */
export async function pullHelperImage(engine: Engine, signal: AbortSignal, pinned = pinnedHelperImage): Promise<string> {
  await pull(engine, pinned.reference, () => { }, signal);
  await engine.tagImage(pinned.reference, pinned.tag);
  return pinned.tag;
}
