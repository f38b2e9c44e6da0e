import type { ProcessHost } from './host';

/** Kinds of namespaces, as /proc/PID/ns names them. */
export const namespaceKinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;
export type NamespaceKind = typeof namespaceKinds[number];

/** Inode numbers by kind, as text; what could not be read, or what this kernel does not have, is missing. */
export type Namespaces = Readonly<Partial<Record<NamespaceKind, string>>>;

/** The machine's first namespaces have fixed numbers, but for mnt and net. @see include/linux/proc_ns.h */
const firstInodes: Namespaces = { ipc: '4026531839', uts: '4026531838', user: '4026531837', pid: '4026531836', cgroup: '4026531835', time: '4026531834' };

/** The namespaces that a process is in. Another user's can only be read by root. */
export async function readNamespaces(host: ProcessHost, process: number | 'self'): Promise<Namespaces> {
  const found = await Promise.all(namespaceKinds.map(async (kind): Promise<[NamespaceKind, string | undefined]> => [kind, inodeOf(await host.readlink(`/proc/${process}/ns/${kind}`).catch(() => ''))]));
  return Object.fromEntries(found.filter(([, inode]) => inode !== undefined));
}

/**
 * Those of the machine itself: of its first process, or as far as they are known without looking into that. Who looks, and may not look
 * there, is on the machine itself as far as mounts and networks go, or in a helper of which nothing else has a part.
 */
export async function readHostNamespaces(host: ProcessHost): Promise<Namespaces> {
  const [{ mnt, net }, first] = await Promise.all([readNamespaces(host, 'self'), readNamespaces(host, 1)]);
  return { ...firstInodes, ...mnt === undefined ? {} : { mnt }, ...net === undefined ? {} : { net }, ...first };
}

/** "pid:[4026531836]" */
function inodeOf(link: string): string | undefined {
  return /^\w+:\[(\d+)\]$/.exec(link)?.[1];
}
