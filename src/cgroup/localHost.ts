import { constants, readFileSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, readlink, rmdir } from 'node:fs/promises';
import type { ProcessHost, WritableCgroupHost } from './host';

/** Where the kernel's control groups usually are: no disk is behind it, and no process can be waited for. */
const cgroups = '/sys/fs/cgroup/';

/** The machine that the extension host runs on. */
export class LocalHost implements WritableCgroupHost, ProcessHost {
  /**
   * A control group's file is read at once: the kernel writes it out of its memory in some 20 µs, where a trip to Node's threads costs ten
   * times that, five times a second for each file of each container that is watched.
   */
  async read(path: string): Promise<string> {
    return path.startsWith(cgroups) ? readFileSync(path, 'utf8') : readFile(path, 'utf8');
  }

  async write(path: string, text: string): Promise<void> {
    // Not O_CREAT: a misspelt name on a tmpfs would become a plain file that limits nothing.
    const file = await open(path, constants.O_WRONLY);
    try {
      await file.write(text);
    } finally {
      await file.close();
    }
  }

  async mkdir(path: string): Promise<void> { await mkdir(path); }
  rmdir(path: string): Promise<void> { return rmdir(path); }
  readlink(path: string): Promise<string> { return readlink(path); }
  list(path: string): Promise<string[]> { return readdir(path); }

  isWritable(path: string): Promise<boolean> {
    return access(path, constants.W_OK).then(() => true, () => false);
  }
}
