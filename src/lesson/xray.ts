import * as l10n from '@vscode/l10n';
import { messageOf } from '../base/errors';
import { decodeCapabilities } from '../cgroup/capabilities';
import { type ExploredGroup, exploreProcess } from '../cgroup/explore';
import { parseProcCgroup } from '../cgroup/hierarchy';
import type { ProcessHost } from '../cgroup/host';
import { type NamespaceKind, namespaceKinds, type Namespaces, readHostNamespaces, readNamespaces } from '../cgroup/namespaces';
import type { ContainerAnatomy, Mount, NetworkAddress } from '../engine/anatomy';
import type { Engine, FileChange, PublishedPort } from '../engine/engine';
import { describeLayers, type Layer } from './layers';
import { describeLimits, type DescribedLimit } from './resourceLimits';

/** What a running container is made of. What could not be known is null or missing, and `unknown` says why. */
export interface Xray {
  containerId: string;
  name: string;
  image: string;
  pid: number;
  /** Who told of its processes and namespaces. */
  source: 'kernel' | 'helper' | 'engine';
  processes: readonly XrayProcess[];
  namespaces: readonly XrayNamespace[];
  groups: readonly Pick<ExploredGroup, 'version' | 'controllers' | 'path'>[];
  limits: readonly DescribedLimit[];
  capabilities: XrayCapabilities;
  storageDriver: string;
  /** The uppermost first. */
  layers: readonly Layer[];
  writtenBytes: number | null;
  changes: readonly FileChange[];
  /** How many there are; the list above may be shorter. */
  changeCount: number;
  mounts: readonly Mount[];
  networks: readonly NetworkAddress[];
  ports: readonly PublishedPort[];
  /** What cannot be known from here, and why: sentences. */
  unknown: readonly string[];
}

export interface XrayProcess {
  /** On the engine's machine. */
  pid: number;
  /** The same process's number inside; null where it is not known. */
  inside: number | null;
  command: string;
}

export interface XrayNamespace {
  kind: NamespaceKind;
  /** What it separates. */
  meaning: string;
  inode: string | null;
  /** own: no other that is known of is in it. shared: with the container that it is compared with. */
  relation: 'own' | 'host' | 'shared' | 'unknown';
  /** Of the container that it is compared with. */
  otherInode: string | null;
}

export interface XrayCapabilities {
  privileged: boolean;
  /** Of its first process; null where it could not be read. */
  effective: readonly string[] | null;
  added: readonly string[];
  dropped: readonly string[];
}

export interface XrayInput {
  engine: Engine;
  containerId: string;
  /** A container of the same engine to compare with. */
  otherId: string | undefined;
  /** This machine. */
  local: ProcessHost;
  /** The engine's machine, where a helper was agreed to. */
  helper: ProcessHost | undefined;
}

/** File changes that are listed; the rest is counted. */
const mostChanges = 200;
/** Processes whose numbers inside are looked up. */
const mostProcesses = 100;

/** Looks through a container. @throws EngineError, EngineUnreachable when the engine does not even tell what it is */
export async function xray({ engine, containerId, otherId, local, helper }: XrayInput): Promise<Xray> {
  const anatomy = await engine.containerAnatomy(containerId);
  const other = otherId === undefined ? undefined : await engine.containerAnatomy(otherId).catch(() => undefined);
  const unknown: string[] = [];
  const ask = async <T>(what: () => Promise<T>, none: T): Promise<T> => what().catch((error: unknown) => {
    unknown.push(messageOf(error));
    return none;
  });
  const seesLocally = await owns(local, anatomy);
  const host = seesLocally ? local : helper;
  const [listed, changes, layers, groups, namespaces, capabilities] = await Promise.all([
    ask(() => engine.containerProcesses(containerId), []),
    ask(() => engine.containerChanges(containerId), []),
    ask(async () => describeLayers(anatomy.storage, await engine.imageLayers(anatomy.imageId), await engine.imageHistory(anatomy.imageId)), []),
    host === undefined ? [] : ask(async () => (await exploreProcess(host, anatomy.pid))?.groups ?? [], []),
    compareNamespaces(host, anatomy, other),
    host?.read(`/proc/${anatomy.pid}/status`).then((status) => decodeCapabilities(/^CapEff:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? ''), () => null) ?? null,
  ]);
  if (host === undefined) {
    unknown.push(l10n.t('The container is on another machine than this extension: the numbers of its processes inside, its namespaces\' numbers, its control group and its capabilities are known only through a helper container there.'));
  } else if (namespaces.every(({ inode }) => inode === null)) {
    unknown.push(l10n.t('The kernel shows the namespaces of a process of another user only to root.'));
  }
  return {
    containerId, name: anatomy.name, image: anatomy.image, pid: anatomy.pid, source: seesLocally ? 'kernel' : helper === undefined ? 'engine' : 'helper',
    processes: await Promise.all(listed.map(async ({ pid, command }, index) => ({ pid, command, inside: host === undefined || index >= mostProcesses ? null : await pidInside(host, pid) }))),
    namespaces, groups: groups.map(({ version, controllers, path }) => ({ version, controllers, path })), limits: describeLimits(anatomy.limits),
    capabilities: { privileged: anatomy.privileged, effective: capabilities, added: anatomy.capAdd, dropped: anatomy.capDrop },
    storageDriver: anatomy.storage.driver, layers, writtenBytes: anatomy.writtenBytes ?? null,
    changes: changes.slice(0, mostChanges), changeCount: changes.length,
    mounts: anatomy.mounts, networks: anatomy.networks, ports: anatomy.ports, unknown,
  };
}

/** Whether the process of this number on this machine is the container's: on another machine the number is somebody else's. */
async function owns(host: ProcessHost, { id, pid }: ContainerAnatomy): Promise<boolean> {
  if (pid <= 0) { return false; }
  const groups = await host.read(`/proc/${pid}/cgroup`).catch(() => '');
  return [...parseProcCgroup(groups).values()].some((path) => path.includes(id));
}

async function pidInside(host: ProcessHost, pid: number): Promise<number | null> {
  const status = await host.read(`/proc/${pid}/status`).catch(() => '');
  // Its number in each pid namespace, from ours inwards.
  const inside = /^NSpid:\t(?:\d+\t)*(\d+)$/m.exec(status)?.[1];
  return inside === undefined ? null : Number(inside);
}

async function compareNamespaces(host: ProcessHost | undefined, anatomy: ContainerAnatomy, other: ContainerAnatomy | undefined): Promise<XrayNamespace[]> {
  const none: Namespaces = {};
  const of = (pid: number | undefined): Promise<Namespaces> => host === undefined || pid === undefined || pid <= 0 ? Promise.resolve(none) : readNamespaces(host, pid);
  const [own, others, machine] = await Promise.all([of(anatomy.pid), of(other?.pid), host === undefined ? none : readHostNamespaces(host)]);
  return namespaceKinds.flatMap((kind): XrayNamespace[] => {
    const [inode, otherInode] = [own[kind] ?? null, others[kind] ?? null];
    // A kernel without this kind.
    if (inode === null && Object.keys(own).length > 0) { return []; }
    return [{ kind, meaning: meaningOf(kind), inode, otherInode, relation: relationOf(inode, otherInode, machine[kind], kind === 'mnt' || kind === 'time' ? undefined : anatomy.shares[kind]) }];
  });
}

function relationOf(inode: string | null, other: string | null, machine: string | undefined, configured: string | undefined): XrayNamespace['relation'] {
  if (inode === null) { return configured === 'host' ? 'host' : 'unknown'; }
  if (inode === machine || configured === 'host') { return 'host'; }
  if (inode === other) { return 'shared'; }
  return machine === undefined ? 'unknown' : 'own';
}

function meaningOf(kind: NamespaceKind): string {
  switch (kind) {
    case 'cgroup': return l10n.t('Which control group looks like the root of their tree');
    case 'ipc': return l10n.t('Shared memory and message queues');
    case 'mnt': return l10n.t('What is mounted: the files that it sees');
    case 'net': return l10n.t('Network interfaces, addresses, ports');
    case 'pid': return l10n.t('Which processes there are, and their numbers');
    case 'time': return l10n.t('How long the machine seems to be up');
    case 'user': return l10n.t('Which user is root');
    case 'uts': return l10n.t('The host\'s name');
  }
}
