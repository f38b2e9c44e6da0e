/**
 * The machine that owns the control groups, seen through its files. Every path is absolute on that machine.
 * Rejects with Node's system errors (ENOENT, EACCES, …).
 */
export interface CgroupHost {
  read(path: string): Promise<string>;
}

/** The same, where it can also be asked where a link leads: /proc/PID/ns/pid leads to "pid:[4026531836]". */
export interface ProcessHost extends CgroupHost {
  readlink(path: string): Promise<string>;
}

/** The same, where groups can be made, changed and removed. Its errors carry the kernel's code (`code`: "EBUSY", "EINVAL", …). */
export interface WritableCgroupHost extends CgroupHost {
  /** Writes into a file that is there, in one write(2), as the kernel's files want it. Never makes a file. */
  write(path: string, text: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Removes a group: the kernel's files in it are no obstacle, processes and groups are. */
  rmdir(path: string): Promise<void>;
  /** Names of what is in a folder. */
  list(path: string): Promise<string[]>;
  /** Whether we may write there: into a file, or new groups into a folder. */
  isWritable(path: string): Promise<boolean>;
}
