import { type Arrangement, comparator, groupOf, passes } from '../engine/arrangement';
import type { Container, ContainerStore } from '../engine/containers';

/** The containers of one engine in the order and groups in which they are shown. Worked out again only when something moves. */
export class ArrangedContainers {
  private arranged: { arrangement: Arrangement; ids: string[]; groups: Map<string, string[]> } | undefined;

  constructor(private readonly containers: ContainerStore) { }

  /** Something was added, removed, or is at another place. */
  invalidate(): void { this.arranged = undefined; }

  /** All that pass the filter. */
  ids(arrangement: Arrangement): readonly string[] { return this.arrange(arrangement).ids; }

  /** The same by group; empty where nothing is grouped. */
  groups(arrangement: Arrangement): ReadonlyMap<string, readonly string[]> { return this.arrange(arrangement).groups; }

  private arrange(arrangement: Arrangement): { ids: string[]; groups: Map<string, string[]> } {
    if (this.arranged?.arrangement === arrangement) { return this.arranged; }
    const { groupBy, sortBy, filter } = arrangement;
    const shown = [...this.containers.containers].filter((container) => passes(container, filter)).sort(comparator(sortBy));
    const groups = new Map<string, string[]>();
    for (const container of shown) { append(groups, container, groupBy); }
    // Those in no project come last, the others by name.
    const sorted = [...groups].sort(([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b));
    this.arranged = { arrangement, ids: shown.map(({ id }) => id), groups: new Map(sorted) };
    return this.arranged;
  }
}

function append(groups: Map<string, string[]>, container: Container, groupBy: Arrangement['groupBy']): void {
  const group = groupOf(container, groupBy);
  if (group === undefined) { return; }
  const ids = groups.get(group);
  if (ids === undefined) { groups.set(group, [container.id]); } else { ids.push(container.id); }
}
