import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../base/disposable';

/** A change of the context store is several writes. Milliseconds. */
const togetherMillis = 200;

/**
 * Tells when Docker's configuration or its stored contexts changed ("docker context use", "docker context create").
 * A folder that is not there yet is not watched; the next look for an engine reads it anyway.
 */
export class ContextWatcher implements Disposable {
  private readonly watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param configDir DOCKER_CONFIG or ~/.docker */
  constructor(configDir: string, private readonly onChange: () => void) {
    // The docker command writes a new file and renames it: the folder tells, a watch of the file would lose it.
    this.watch(configDir, (file) => file === 'config.json');
    this.watch(join(configDir, 'contexts', 'meta'), () => true);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) { watcher.close(); }
  }

  private watch(folder: string, matters: (file: string | null) => boolean): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, file) => { if (matters(file)) { this.soon(); } });
      watcher.on('error', () => watcher.close());
      this.watchers.push(watcher);
    } catch {
      // It is not there.
    }
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, togetherMillis);
  }
}
