import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import type { Engine, PullMessage } from './engine';
import { EngineError } from './errors';

/** The image could not be pulled. */
export class PullFailed extends HumanError {
  /** @param reply what the engine or the registry said */
  constructor(readonly kind: 'registryUnreachable' | 'noSuchImage' | 'refused', readonly reply: string, message: string, cause?: unknown) {
    super(message, { cause });
  }
}

/** What the engine's word about a failed pull means. */
export function explainPullError(reply: string, cause?: unknown): PullFailed {
  if (/no such host|dial tcp|i\/o timeout|connection refused|network is unreachable|handshake timeout|server misbehaving|Client\.Timeout|request canceled|unexpected EOF|connection reset/i.test(reply)) {
    return new PullFailed('registryUnreachable', reply, l10n.t('The engine cannot reach the image\'s registry: {0} Check the network (and the proxy of the Docker daemon), then try again.', sentence(reply)), cause);
  }
  if (/manifest unknown|not found|does not exist|pull access denied|no match for platform|no matching manifest/i.test(reply)) {
    return new PullFailed('noSuchImage', reply, l10n.t('The registry has no such image: {0} Check the name and tag, or log in with "docker login".', sentence(reply)), cause);
  }
  return new PullFailed('refused', reply, l10n.t('The image could not be pulled: {0}', sentence(reply)), cause);
}

function sentence(reply: string): string {
  const text = reply.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** How far a pull is. */
export interface PullProgress {
  layersDone: number;
  layers: number;
  /** What the engine is doing with the layer that it last spoke of: "Downloading", "Extracting". */
  status: string;
  currentBytes: number;
  totalBytes: number;
}

/** The layers of an image that are counted: Docker itself allows 127. */
const mostLayers = 256;

/** Adds up the lines of a pull. */
export class PullTracker {
  private readonly layers = new Map<string, { downloaded: boolean; done: boolean; current: number; total: number }>();

  /** Whether nothing is left to be fetched. Docker names all layers before it fetches the first. */
  get downloaded(): boolean {
    return this.layers.size > 0 && [...this.layers.values()].every(({ downloaded }) => downloaded);
  }

  push(message: PullMessage): PullProgress {
    const { id, status } = message;
    // "Pulling from library/python" carries the tag as its id; it is not a layer.
    if (id !== undefined && !status.startsWith('Pulling from')) {
      const layer = this.layers.get(id) ?? { downloaded: false, done: false, current: 0, total: 0 };
      if (this.layers.size === mostLayers && !this.layers.has(id)) { return this.progress(status); }
      if (status === 'Downloading') {
        layer.current = message.current ?? layer.current;
        layer.total = message.total ?? layer.total;
      } else if (status === 'Download complete') {
        layer.current = layer.total;
      }
      layer.downloaded ||= status === 'Download complete' || status === 'Already exists';
      layer.done = status === 'Pull complete' || status === 'Already exists';
      this.layers.set(id, layer);
    }
    return this.progress(status);
  }

  private progress(status: string): PullProgress {
    const all = [...this.layers.values()];
    return {
      layers: all.length,
      layersDone: all.filter((layer) => layer.done).length,
      status,
      currentBytes: all.reduce((sum, layer) => sum + layer.current, 0),
      totalBytes: all.reduce((sum, layer) => sum + layer.total, 0),
    };
  }
}

/** Turns the share that is done into the increments that a progress bar wants. */
export class ProgressBar {
  private shown = 0;

  /** @returns percentage points since the last call, never negative: layers come to be known one after the other */
  increment({ currentBytes, totalBytes, layers, layersDone }: PullProgress): number {
    // An engine may say more bytes than it said there would be.
    const share = totalBytes > 0 ? 0.8 * Math.min(1, currentBytes / totalBytes) + 0.2 * layersDone / Math.max(1, layers) : 0;
    const step = Math.max(0, share * 100 - this.shown);
    this.shown += step;
    return step;
  }
}

/**
 * Pulls the image and reports how far it is. An abort ends the download, and the engine drops what it has not finished. Once
 * everything is downloaded the pull is left to end, soon, as an engine that is cut off then keeps an image without a name.
 * @throws PullFailed; an AbortError when the signal said so, whether the image is there or not
 */
export async function pull(engine: Engine, reference: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const tracker = new PullTracker();
  const request = new AbortController();
  const abort = (): void => { if (!tracker.downloaded) { request.abort(signal.reason); } };
  signal.addEventListener('abort', abort);
  try {
    for await (const message of engine.pullImage(reference, request.signal)) { onProgress(tracker.push(message)); }
  } catch (error) {
    // Before the first line an error comes as a status: 404 for an unknown image, 500 for an unreachable registry.
    throw error instanceof EngineError ? explainPullError(error.reply, error) : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  signal.throwIfAborted();
}
