import { type Container, isRunning } from './containers';

/** How a list of containers is arranged: what the user chose, and what is remembered. */
export interface Arrangement {
  groupBy: 'none' | 'project' | 'image' | 'state';
  sortBy: 'state' | 'name' | 'created' | 'image';
  /** Words that must all be in a container's name, image, state, id or labels; empty: everything is shown. */
  filter: string;
}

export const usualArrangement: Arrangement = { groupBy: 'none', sortBy: 'state', filter: '' };

/** What somebody's memory holds, made whole: a choice that is none (any more) is the usual one. */
export function asArrangement(value: unknown): Arrangement {
  const { groupBy, sortBy, filter } = (value ?? {}) as Partial<Record<keyof Arrangement, unknown>>;
  const one = <T extends string>(found: unknown, among: readonly T[], usual: T): T => among.find((choice) => choice === found) ?? usual;
  return {
    groupBy: one(groupBy, ['none', 'project', 'image', 'state'], usualArrangement.groupBy),
    sortBy: one(sortBy, ['state', 'name', 'created', 'image'], usualArrangement.sortBy),
    filter: typeof filter === 'string' ? filter : '',
  };
}

/** The label of Docker Compose that says which project a container belongs to. Podman's compose uses it, too. */
const projectLabel = 'com.docker.compose.project';

/** In which group a container is: a project, an image or a state; the empty text for those in no project, undefined where nothing is grouped. */
export function groupOf({ labels, image, state }: Container, groupBy: Arrangement['groupBy']): string | undefined {
  switch (groupBy) {
    case 'none': return undefined;
    case 'project': return labels[projectLabel] ?? '';
    case 'image': return image;
    case 'state': return state;
  }
}

/** Whether the container is among those that the filter leaves. Upper and lower case are the same. */
export function passes(container: Container, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) { return true; }
  const { name, image, state, id, labels } = container;
  const text = [name, image, state, id, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** In which order containers come. What runs comes first unless another order was chosen; the newest first among equals. */
export function comparator(sortBy: Arrangement['sortBy']): (a: Container, b: Container) => number {
  const newest = (a: Container, b: Container): number => b.createdAt - a.createdAt || compare(a.name, b.name);
  switch (sortBy) {
    case 'state': return (a, b) => rank(a) - rank(b) || newest(a, b);
    case 'name': return (a, b) => compare(a.name, b.name);
    case 'created': return newest;
    case 'image': return (a, b) => compare(a.image, b.image) || newest(a, b);
  }
}

/** Whether a changed container stays at its place: then nothing but its own row has to be drawn anew. */
export function staysInPlace(before: Container, after: Container, { groupBy, sortBy, filter }: Arrangement): boolean {
  return groupOf(before, groupBy) === groupOf(after, groupBy) && comparator(sortBy)(before, after) === 0 && passes(before, filter) === passes(after, filter);
}

function rank(container: Container): number {
  return isRunning(container) || container.state === 'restarting' ? 0 : 1;
}

/** By code units: names are ASCII, and a thousand of them are sorted often. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
