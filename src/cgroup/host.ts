/**
 * The machine that owns the control groups, seen through its files. Every path is absolute on that machine.
 * Rejects with Node's system errors (ENOENT, EACCES, …).
 */
export interface CgroupHost {
  read(path: string): Promise<string>;
}
