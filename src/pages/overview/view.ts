import * as l10n from '@vscode/l10n';
import { type FromOverviewPage, keptSeconds, type OverviewContainer, type ToOverviewPage } from '../../webviews/overviewProtocol';
import { element, pageLanguage, setText } from '../dom';
import { createFormat } from '../format';
import { Card } from './card';
import { inOrder, lastSample, type Order } from './order';

/** Seconds between two new orders: cards that jump cannot be read. */
const orderEvery = 3;

/** All running containers as small charts, the busiest first. */
export class OverviewView {
  readonly element = element('main', 'page');
  readonly #summary = element('p', 'muted');
  /** The summary without what changes each second: that would talk without end. */
  readonly #said = element('p', 'visually-hidden');
  readonly #cards = element('ul', 'cards');
  readonly #none = element('p', 'card', l10n.t('No container is running. Start one, and it is drawn here.'));
  readonly #format = createFormat(pageLanguage());
  readonly #byId = new Map<string, { container: OverviewContainer; card: Card }>();
  #order: Order = 'cores';
  #seconds = 0;

  constructor(private readonly send: (message: FromOverviewPage) => void) {
    const orders: [Order, string][] = [
      ['cores', l10n.t('CPU')], ['throttled', l10n.t('Throttled share')], ['ofCap', l10n.t('Share of their own limit')], ['memory', l10n.t('Memory')], ['name', l10n.t('Name')],
    ];
    const select = element('select', '', ...orders.map(([value, label]) => {
      const option = element('option', '', label);
      option.value = value;
      return option;
    }));
    select.addEventListener('change', () => {
      this.#order = select.value as Order;
      this.#arrange();
    });
    this.#said.setAttribute('role', 'status');
    this.element.append(
      element('header', 'head', element('h1', 'title', l10n.t('Running containers')), element('label', 'order', element('span', '', l10n.t('Sort by')), select)),
      this.#summary, this.#said, this.#none, this.#cards,
    );
  }

  show(message: ToOverviewPage): void {
    if (message.type === 'containers') { this.#take(message.containers); } else { this.#second(message.samples); }
  }

  #take(containers: readonly OverviewContainer[]): void {
    const ids = new Set(containers.map(({ id }) => id));
    for (const [id, { card }] of this.#byId) {
      if (ids.has(id)) { continue; }
      card.element.remove();
      this.#byId.delete(id);
    }
    const before = this.#byId.size;
    for (const container of containers) {
      const known = this.#byId.get(container.id);
      const card = known?.card ?? new Card(container, this.#format, this.send);
      this.#byId.set(container.id, { container, card });
      card.show(container);
    }
    this.#none.hidden = containers.length > 0;
    if (before !== this.#byId.size || this.#cards.childElementCount !== this.#byId.size) { this.#arrange(); }
    this.#summarize();
  }

  #second(samples: Extract<ToOverviewPage, { type: 'second' }>['samples']): void {
    for (const [id, sample] of Object.entries(samples)) {
      const known = this.#byId.get(id);
      if (known === undefined) { continue; }
      known.container.history.push(sample);
      if (known.container.history.length > keptSeconds) { known.container.history.shift(); }
      known.card.draw();
    }
    this.#seconds += 1;
    // Not under the pointer, and not while somebody tabs through the cards.
    const held = this.#cards.matches(':hover') || this.#cards.contains(document.activeElement);
    if (this.#seconds % orderEvery === 1 && !held) { this.#arrange(); }
    this.#summarize();
  }

  #arrange(): void {
    const wanted = inOrder([...this.#byId.values()].map(({ container }) => container), this.#order).flatMap(({ id }) => this.#byId.get(id)?.card.element ?? []);
    wanted.forEach((card, index) => { if (this.#cards.children[index] !== card) { this.#cards.insertBefore(card, this.#cards.children[index] ?? null); } });
  }

  #summarize(): void {
    const samples = [...this.#byId.values()].map(({ container }) => lastSample(container));
    const cores = samples.reduce((sum, sample) => sum + (sample.cores ?? 0), 0);
    const limited = samples.filter(({ capCores }) => capCores !== null).length;
    setText(this.#summary, l10n.t('{0} running · together {1} of a core · with a limit: {2}', samples.length, this.#format.percent(cores), limited));
    setText(this.#said, l10n.t('{0} running, with a limit: {1}', samples.length, limited));
  }
}
