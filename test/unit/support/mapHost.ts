import type { CgroupHost } from '../../../src/cgroup/host';

/** A machine that has these files. */
export class MapHost implements CgroupHost {
  readonly files: Map<string, string>;
  readonly reads: string[] = [];

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files));
  }

  read(path: string): Promise<string> {
    this.reads.push(path);
    const content = this.files.get(path);
    return content === undefined ? Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })) : Promise.resolve(content);
  }
}
