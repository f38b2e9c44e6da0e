import * as l10n from '@vscode/l10n';
import { type CgroupMount, folderOf, parseMounts, parseProcCgroup } from './hierarchy';
import type { CgroupHost, WritableCgroupHost } from './host';
import { wholeNumber } from './processes';

/** What a machine's control groups allow. Every path is absolute on that machine and without a slash at its end. */
export interface CgroupMachine {
  /** `hybrid`: v1 controllers and beside them a v2 tree, which in most cases has no controllers. */
  kind: 'v1' | 'v2' | 'hybrid' | 'none';
  /** The version of the hierarchy that has the cpu controller; undefined where none has it. */
  version: 'v1' | 'v2' | undefined;
  /** Mount point of the hierarchy with the cpu controller. */
  cpuMount: string | undefined;
  /** Mount point of the hierarchy that accounts CPU time: the same one with v2, and with v1 where both are mounted together. */
  accountMount: string | undefined;
  /** v2: whether groups right below the mount get cpu.max: "cpu" is in cgroup.subtree_control. Undefined with v1, where each group has its files. */
  cpuEnabled: boolean | undefined;
  /** v2: whether "cpu" is in cgroup.controllers. Undefined with v1. */
  cpuAvailable: boolean | undefined;
  /** Whether we may make groups below cpuMount. */
  mayWrite: boolean;
  /** Whether cpuMount is mounted read-only: then not even root may. */
  readOnly: boolean;
  /** The effective user; undefined when /proc does not say. */
  uid: number | undefined;
  /** Why we must be inside a container and see only a part of the machine; undefined when nothing proves it. */
  inContainer: string | undefined;
  /** Whether systemd is process 1, and so the owner of the tree. */
  systemd: boolean;
  /** v2: the folder of user@UID.service, when systemd hands the cpu controller to this user there. */
  delegatedTo: string | undefined;
}

/**
 * Looks at the control groups of a machine. Changes nothing, and never rejects: a file that cannot be read proves nothing.
 * @see man 7 cgroups; man 5 proc (/proc/PID/mountinfo); https://systemd.io/CGROUP_DELEGATION
 */
export async function inspectMachine(host: WritableCgroupHost): Promise<CgroupMachine> {
  const [mountinfo = '', own = '', first = '', comm = '', status = ''] = await Promise.all(
    ['/proc/self/mountinfo', '/proc/self/cgroup', '/proc/1/cgroup', '/proc/1/comm', '/proc/self/status'].map((path) => readOr(host, path)),
  );
  const mounts = parseMounts(mountinfo);
  const unified = mounts.find(({ version }) => version === 'v2');
  // Where v1 has the cpu controller v2 cannot have it: a controller is in one hierarchy at a time.
  const v1 = mounts.find(({ controllers }) => controllers.includes('cpu'));
  const uid = uidOf(status);
  const [available, enabled] = v1 === undefined && unified !== undefined
    ? await Promise.all(['cgroup.controllers', 'cgroup.subtree_control'].map(async (name) => hasCpu(await readOr(host, `${unified.mountPoint}/${name}`))))
    : [undefined, undefined];
  const cpu = v1 ?? (available === true ? unified : undefined);
  const tree = cpu ?? unified;
  const groups = { own: parseProcCgroup(own), first: parseProcCgroup(first) };
  return {
    kind: kindOf(mounts),
    version: cpu?.version,
    cpuMount: cpu?.mountPoint,
    accountMount: cpu?.version === 'v1' ? mounts.find(({ controllers }) => controllers.includes('cpuacct'))?.mountPoint : cpu?.mountPoint,
    cpuAvailable: available,
    cpuEnabled: enabled,
    mayWrite: cpu !== undefined && await host.isWritable(cpu.mountPoint),
    readOnly: cpu?.readOnly ?? false,
    uid,
    inContainer: await evidenceOfContainer(host, tree, groups),
    systemd: comm.trim() === 'systemd',
    delegatedTo: cpu?.version === 'v2' ? await delegation(host, cpu, groups.own.get(''), uid) : undefined,
  };
}

function kindOf(mounts: readonly CgroupMount[]): CgroupMachine['kind'] {
  // "name=systemd" is a hierarchy without a controller: beside v2 it changes nothing.
  const v1 = mounts.some(({ version, controllers }) => version === 'v1' && !controllers.some((option) => option.startsWith('name=')));
  const v2 = mounts.some(({ version }) => version === 'v2');
  if (v1) { return v2 ? 'hybrid' : 'v1'; }
  return v2 ? 'v2' : 'none';
}

interface Groups {
  own: ReadonlyMap<string, string>;
  first: ReadonlyMap<string, string>;
}

/** Only what is certain: a guess would send the learner after a container that is not there. */
async function evidenceOfContainer(host: CgroupHost, tree: CgroupMount | undefined, groups: Groups): Promise<string | undefined> {
  if (tree !== undefined && tree.root !== '/') { return l10n.t('{0} shows the group {1} and what is below it, not the whole tree', tree.mountPoint, tree.root); }
  const atRoot = tree === undefined ? undefined : await isMachinesRoot(host, tree);
  if (tree !== undefined && atRoot === false) { return l10n.t('what {0} shows as its root has files that the root of a machine never has', tree.mountPoint); }
  const controller = tree?.version === 'v1' ? 'cpu' : '';
  const [own, first] = [groups.own.get(controller), groups.first.get(controller)];
  // A virtual machine made of a container image keeps the image's marker. No engine leaves its container in the machine's root group.
  if (atRoot === true && own === '/' && first === '/') { return undefined; }
  for (const marker of ['/.dockerenv', '/run/.containerenv']) {
    if (await isThere(host, marker) === true) { return l10n.t('the file {0} is there, which container engines put into their containers', marker); }
  }
  // The kernel writes "/.." for what is outside of our cgroup namespace.
  if (first?.startsWith('/..') === true) { return l10n.t('process 1 is in {0}, outside of what we see', first); }
  const container = first?.split('/').find((part) => /[0-9a-f]{64}/.test(part));
  return container === undefined ? undefined : l10n.t('process 1 is in the group {0}, which is named like a container', container);
}

/**
 * Whether a mount shows the machine's own root group; undefined when its files do not say. v1 has release_agent there only, v2 has
 * cgroup.type everywhere else: the root of a cgroup namespace is called "/" too, but cannot hide this.
 */
async function isMachinesRoot(host: CgroupHost, { version, mountPoint }: CgroupMount): Promise<boolean | undefined> {
  // Without this one it is no group at all, or none that we may look into.
  if (await isThere(host, `${mountPoint}/cgroup.procs`) !== true) { return undefined; }
  const telling = await isThere(host, `${mountPoint}/${version === 'v1' ? 'release_agent' : 'cgroup.type'}`);
  return telling === undefined ? undefined : telling === (version === 'v1');
}

/** Where systemd hands the cpu controller to a user: around our own process, or where user@UID.service is by default. */
async function delegation(host: CgroupHost, mount: CgroupMount, own: string | undefined, uid: number | undefined): Promise<string | undefined> {
  const around = /^(.*\/user@\d+\.service)(?:\/|$)/.exec(own ?? '')?.[1];
  const usual = uid === undefined ? undefined : `/user.slice/user-${uid}.slice/user@${uid}.service`;
  for (const group of [around, usual]) {
    const folder = group === undefined ? undefined : folderOf(mount, group);
    if (folder !== undefined && hasCpu(await readOr(host, `${folder}/cgroup.controllers`))) { return folder; }
  }
  return undefined;
}

/** Reads cgroup.controllers and cgroup.subtree_control: names with blanks between. */
function hasCpu(controllers: string): boolean {
  return controllers.trim().split(' ').includes('cpu');
}

/** Reads /proc/PID/status: real, effective, saved and file system user. The effective one is asked for permission. */
function uidOf(status: string): number | undefined {
  return wholeNumber(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]);
}

async function readOr(host: CgroupHost, path: string): Promise<string> {
  try {
    return await host.read(path);
  } catch {
    return '';
  }
}

/** Undefined when the file cannot be read for another reason than that it is not there. */
async function isThere(host: CgroupHost, path: string): Promise<boolean | undefined> {
  return host.read(path).then(() => true, (error: unknown) => (error as { code?: unknown }).code === 'ENOENT' ? false : undefined);
}
