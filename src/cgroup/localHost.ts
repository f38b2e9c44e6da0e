import { readFile } from 'node:fs/promises';
import type { CgroupHost } from './host';

/** The machine that the extension host runs on. */
export class LocalHost implements CgroupHost {
  read(path: string): Promise<string> {
    return readFile(path, 'utf8');
  }
}
