import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { within } from '../base/within';
import type { ProcessHost } from '../cgroup/host';
import { parseProcCgroup } from '../cgroup/hierarchy';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import type { ContainerProcess } from './facts';

/** Nothing could be run in the container that tells about it. */
class NothingToAskWith extends HumanError {
  constructor(name: string) {
    super(l10n.t('{0} is on another machine, and its image has no "cat" that could be asked inside. Start the CPU demo, which has one.', name));
  }
}

/** Kinds of namespaces, as /proc/PID/ns names them. */
const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

/** Longest wait for a command in the container in milliseconds: Docker may never end the output of one whose container dies meanwhile. */
const execMillis = 10_000;

/**
 * The first process of a running container, as this machine's kernel tells it, or the engine where the container is on another machine
 * (or in another pid namespace: the number is then somebody else here).
 * @returns undefined when it has ended
 */
export async function readContainerProcess(host: ProcessHost, engine: Engine, container: Container, signal: AbortSignal): Promise<ContainerProcess | undefined> {
  const { pid } = await engine.inspectContainer(container.id);
  if (pid <= 0) { return undefined; }
  const limit = within(execMillis, signal);
  return await fromKernel(host, engine, container, pid, limit) ?? fromEngine(engine, container, pid, limit);
}

async function fromKernel(host: ProcessHost, engine: Engine, { id, name }: Container, pid: number, signal: AbortSignal): Promise<ContainerProcess | undefined> {
  const [status, groups] = await Promise.all(['status', 'cgroup'].map((file) => host.read(`/proc/${pid}/${file}`).catch(() => '')));
  if (status === undefined || groups === undefined) { return undefined; }
  const cgroup = [...parseProcCgroup(groups).values()].find((path) => path.includes(id));
  if (cgroup === undefined) { return undefined; }
  const parent = Number(/^PPid:\t(\d+)/m.exec(status)?.[1] ?? 0);
  const parentName = parent === 0 ? '' : await host.read(`/proc/${parent}/comm`).catch(() => '');
  return {
    containerId: id, name, pid, from: 'kernel', cgroup,
    // Its number in each pid namespace, from ours inwards.
    pidInside: numberOr(/^NSpid:\t\d+(?:\t\d+)*\t(\d+)$/m.exec(status)?.[1]),
    namespaces: await foreignNamespaces(host, engine, id, pid, signal),
    parent: parentName === '' ? undefined : { pid: parent, name: parentName.trim() },
  };
}

/** Which namespaces are not ours. Another user's links need root: then a command in the container reads its own, which are the same. */
async function foreignNamespaces(host: ProcessHost, engine: Engine, id: string, pid: number, signal: AbortSignal): Promise<string[] | undefined> {
  const links = (process: string): Promise<(string | undefined)[]> => Promise.all(kinds.map((kind) => host.readlink(`/proc/${process}/ns/${kind}`).catch(() => undefined)));
  const ours = await links('self');
  let theirs = await links(String(pid));
  if (theirs.every((link) => link === undefined)) { theirs = await linksInside(engine, id, signal); }
  const compared = kinds.filter((_, index) => ours[index] !== undefined && theirs[index] !== undefined);
  return compared.length === 0 ? undefined : compared.filter((kind) => ours[kinds.indexOf(kind)] !== theirs[kinds.indexOf(kind)]);
}

async function linksInside(engine: Engine, id: string, signal: AbortSignal): Promise<(string | undefined)[]> {
  try {
    const { stdout } = await engine.exec(id, ['readlink', ...kinds.map((kind) => `/proc/self/ns/${kind}`)], { signal });
    // "pid:[4026531836]": each says of which kind it is, so that a kind that the kernel lacks moves no other.
    const lines = stdout.split('\n');
    return kinds.map((kind) => lines.find((line) => line.startsWith(`${kind}:[`)));
  } catch {
    // No such command in its image, or it ended.
    return kinds.map(() => undefined);
  }
}

/**
 * From another machine: the engine names the process by its number there; seen from inside, process 1 is there and (in a pid namespace
 * of its own) none of that number.
 * @throws NothingToAskWith, EngineError
 */
async function fromEngine(engine: Engine, { id, name }: Container, pid: number, signal: AbortSignal): Promise<ContainerProcess> {
  const { stdout } = await engine.exec(id, ['cat', '/proc/1/status', `/proc/${pid}/status`], { signal });
  const seen = [...stdout.matchAll(/^Pid:\t(\d+)$/gm)].map(([, number]) => Number(number));
  if (!seen.includes(1)) { throw new NothingToAskWith(name); }
  return { containerId: id, name, pid, from: 'engine', cgroup: undefined, namespaces: undefined, parent: undefined, pidInside: seen.includes(pid) ? undefined : 1 };
}

function numberOr(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
