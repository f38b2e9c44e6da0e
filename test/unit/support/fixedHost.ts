import type { WritableCgroupHost } from '../../../src/cgroup/host';
import { MapHost } from './mapHost';

/** A machine to look at: writable in these places, and any attempt to change it fails the test. */
export class FixedHost extends MapHost implements WritableCgroupHost {
  constructor(files: Readonly<Record<string, string>>, private readonly writable: readonly string[] = []) {
    super(files);
  }

  write(path: string): Promise<void> { return Promise.reject(new Error(`written: ${path}`)); }
  mkdir(path: string): Promise<void> { return Promise.reject(new Error(`made: ${path}`)); }
  rmdir(path: string): Promise<void> { return Promise.reject(new Error(`removed: ${path}`)); }
  list(path: string): Promise<string[]> { return Promise.reject(new Error(`listed: ${path}`)); }
  isWritable(path: string): Promise<boolean> { return Promise.resolve(this.writable.includes(path)); }
}
