import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Disposable } from '../base/disposable';

/** A change of the context store is several writes. Milliseconds. */
const togetherMillis = 200;

/**
 * Tells when Docker's configuration or its stored contexts changed ("docker context use", "docker context create"), also when their
 * folders come to be: without any, the folder above is watched for them.
 */
export class ContextWatcher implements Disposable {
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly folders: readonly string[];

  /** @param configDir DOCKER_CONFIG or ~/.docker */
  constructor(configDir: string, private readonly onChange: () => void) {
    this.folders = [dirname(configDir), configDir, join(configDir, 'contexts'), join(configDir, 'contexts', 'meta')];
    this.watchAll();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const watcher of this.watchers.splice(0)) { watcher.close(); }
  }

  /** In each folder what leads on to the next, and what says which engines there are. */
  private watchAll(): void {
    const [above = '', config = '', contexts = '', meta = ''] = this.folders;
    this.watch(above, (file) => file === basename(config));
    // The docker command writes a new file and renames it: the folder tells, a watch of the file would lose it.
    this.watch(config, (file) => file === 'config.json' || file === basename(contexts));
    this.watch(contexts, (file) => file === basename(meta));
    this.watch(meta, () => true);
    // A context that is changed is written in a folder of its own.
    for (const folder of foldersIn(meta)) { this.watch(join(meta, folder), () => true); }
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
    this.timer = setTimeout(() => {
      // A folder may have come, or be another of the same name.
      for (const watcher of this.watchers.splice(0)) { watcher.close(); }
      this.watchAll();
      this.onChange();
    }, togetherMillis);
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
