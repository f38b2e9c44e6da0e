import type { Container } from '../engine/containers';
import type { Engine, EngineEvent, FileChange } from '../engine/engine';
import { hasRole } from './candidates';
import type { KernelProof, Run, RunEvent, Twin } from './facts';

/*
 * What the list of containers does not say and a step asks for. Each rejects with what the engine said.
 */

/** Longer than any kernel's version. */
const maxKernelChars = 200;

/** A container that ran `uname -r` to its end. */
export async function readKernelProof(engine: Engine, container: Container, signal: AbortSignal): Promise<KernelProof> {
  const { id, name, image, imageId } = container;
  const [details, printed] = await Promise.all([engine.inspectContainer(id), output(engine, id, signal)]);
  // By its id: the tag may be another image's by now.
  const imageBytes = (await engine.inspectImage(imageId === '' ? image : imageId))?.sizeBytes;
  const millis = Date.parse(details.finishedAt) - Date.parse(details.startedAt);
  return { id, name, image, kernel: printed.trim(), millis: Number.isNaN(millis) ? undefined : millis, imageBytes };
}

async function output(engine: Engine, id: string, signal: AbortSignal): Promise<string> {
  const { tty } = await engine.inspectContainer(id);
  let text = '';
  for await (const { stream, data } of await engine.containerLogs(id, { follow: false, tail: 2, tty }, signal)) {
    if (stream === 'stdout' && text.length < maxKernelChars) { text += Buffer.from(data).toString('utf8').slice(0, maxKernelChars); }
  }
  return text;
}

export async function readTwin(engine: Engine, { id, name, imageId }: Container): Promise<Twin> {
  return { id, name, imageId, changes: madeInside(await engine.containerChanges(id)) };
}

/** The engine's own doing in each container: mount points, and the files that tell it its name and its name servers. */
const enginesOwn = /^\/(dev|proc|sys|run|var\/run|etc\/(hosts|hostname|resolv\.conf|mtab)|\.dockerenv)(\/|$)/;

/** The folders that those are in: Podman names them as modified, and nothing in them. */
const aroundThem: readonly string[] = ['/', '/etc', '/var'];

/** The changes that somebody made; a folder in which something changed is named with it, and says no more. */
export function madeInside(changes: readonly FileChange[]): FileChange[] {
  const made = changes.filter(({ path }) => !enginesOwn.test(path));
  // Sorted, a folder comes right before what is in it: there may be tens of thousands.
  const sorted = [...new Set(made.map(({ path }) => `${path}/`))].sort();
  const folders = new Set(sorted.filter((path, index) => sorted[index + 1]?.startsWith(path)));
  return made.filter(({ path, kind }) => kind !== 'modified' || !(aroundThem.includes(path) || folders.has(`${path}/`)));
}

const runActions: readonly string[] = ['create', 'attach', 'start', 'die'] satisfies RunEvent['action'][];

/** Of a "die" of Docker's, or of Podman's. */
export function exitCodeOf(attributes: EngineEvent['attributes']): number | undefined {
  const text = attributes.exitCode ?? attributes.containerExitCode ?? '';
  return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** The events of a container that tell its life; others are left out. */
export function toRunEvents(events: readonly EngineEvent[]): RunEvent[] {
  return events.flatMap(({ action, at, attributes }) => {
    if (!runActions.includes(action)) { return []; }
    const exitCode = exitCodeOf(attributes);
    return [{ action: action as RunEvent['action'], at, ...(action === 'die' && exitCode !== undefined ? { exitCode } : {}) }];
  }).sort((a, b) => a.at - b.at);
}

export function isWholeRun(events: readonly RunEvent[]): boolean {
  const at = (action: RunEvent['action']): number => events.findIndex((event) => event.action === action);
  return at('create') >= 0 && at('create') < at('start') && at('start') < at('die');
}

/** How long after its end an engine is asked for the events of a run, in seconds: it answers once that time has passed. */
const lateEvents = [1, 3, 9];

/** The events of one run of a container: as they were heard, or else as the engine still knows them. */
export async function readRun(engine: Engine, { id, name, createdAt }: Container, heard: readonly EngineEvent[], signal: AbortSignal): Promise<Run> {
  const live = toRunEvents(heard);
  if (isWholeRun(live)) { return { id, name, events: live }; }
  // The list tells the second, cut off.
  const finishedAt = Date.parse((await engine.inspectContainer(id)).finishedAt);
  // Podman tells of the end when it has tidied up, which on a busy machine is seconds after it.
  let events: RunEvent[] = [];
  for (const seconds of lateEvents) {
    events = toRunEvents(await engine.pastEvents(id, createdAt - 1_000, finishedAt + seconds * 1_000, signal));
    if (isWholeRun(events)) { break; }
  }
  return { id, name, events };
}

/** Of the containers that are compared, those that exist. */
export function twinsOf(containers: readonly Container[]): Container[] {
  return containers.filter(hasRole('twin'));
}
