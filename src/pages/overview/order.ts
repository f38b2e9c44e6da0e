import type { OverviewContainer, UsageSample } from '../../webviews/overviewProtocol';

/** By what the containers are sorted; the most first, but names by the alphabet. */
export type Order = 'cores' | 'throttled' | 'ofCap' | 'memory' | 'name';

/** The share of its own quota that a container uses; null where it has none. */
export function shareOfCap({ cores, capCores }: UsageSample): number | null {
  return cores === null || capCores === null ? null : cores / capCores;
}

/** What is known of a container last. */
export function lastSample({ history }: OverviewContainer): UsageSample {
  return history.at(-1) ?? { cores: null, throttledShare: null, capCores: null, memoryBytes: null };
}

/** The containers in order. What is not known comes last; equals by name, so that they keep their places. */
export function inOrder(containers: readonly OverviewContainer[], order: Order): OverviewContainer[] {
  return [...containers].sort((a, b) => (order === 'name' ? 0 : value(b, order) - value(a, order)) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

function value(container: OverviewContainer, order: Exclude<Order, 'name'>): number {
  const sample = lastSample(container);
  switch (order) {
    case 'cores': return sample.cores ?? -1;
    case 'throttled': return sample.throttledShare ?? -1;
    case 'ofCap': return shareOfCap(sample) ?? -1;
    case 'memory': return sample.memoryBytes ?? -1;
  }
}
