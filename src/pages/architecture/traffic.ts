import * as l10n from '@vscode/l10n';
import type { FromArchitecturePage, ShownTraffic } from '../../webviews/architectureProtocol';
import { createButton } from '../controls';
import { element, setText } from '../dom';

/** The bars show so much time before the newest entry, in milliseconds. */
const spanMillis = 15_000;

/** Requests and events of an engine on one axis of time, the newest first. A row opens to what was sent and what one would type. */
export class TrafficList {
  readonly element = element('div', 'traffic');
  readonly #rows = new Map<number, TrafficRow>();

  constructor(private readonly engine: string, private readonly send: (message: FromArchitecturePage) => void) { }

  show(traffic: readonly ShownTraffic[]): void {
    const end = Math.max(...traffic.map(({ at, millis }) => at + (millis ?? 0)));
    const kept = new Set(traffic.map(({ number }) => number));
    for (const [number, row] of this.#rows) {
      if (kept.has(number)) { continue; }
      row.element.remove();
      this.#rows.delete(number);
    }
    let before: Element | null = this.element.firstElementChild;
    for (const entry of traffic) {
      let row = this.#rows.get(entry.number);
      if (row === undefined) {
        row = new TrafficRow(this.engine, entry, this.send);
        this.#rows.set(entry.number, row);
        this.element.insertBefore(row.element, before);
      } else {
        before = row.element.nextElementSibling;
      }
      row.show(entry, end);
    }
  }
}

class TrafficRow {
  readonly element = element('details', '');
  readonly #bar = element('i', '');
  readonly #outcome = element('span', 'traffic-outcome');
  readonly #body = element('div', 'traffic-body');
  #shown: ShownTraffic | undefined;

  constructor(private readonly engine: string, entry: ShownTraffic, private readonly send: (message: FromArchitecturePage) => void) {
    const { kind, what, at } = entry;
    this.element.dataset.kind = kind;
    const bar = element('span', 'traffic-bar', this.#bar);
    bar.setAttribute('aria-hidden', 'true');
    this.element.append(element('summary', '', element('span', 'small', timeOf(at)), element('span', 'traffic-what', kind === 'event' ? l10n.t('Event: {0}', what) : what), bar, this.#outcome), this.#body);
    // What is in a row that nobody opens is not made.
    this.element.addEventListener('toggle', () => this.#fill());
  }

  show(entry: ShownTraffic, end: number): void {
    this.#shown = entry;
    const { at, millis, outcome, kind } = entry;
    const left = Math.max(0, 1 - (end - at) / spanMillis);
    this.#bar.style.setProperty('left', `${left * 100}%`);
    this.#bar.style.setProperty('width', `${Math.max(0, Math.min(1 - left, (millis ?? end - at) / spanMillis)) * 100}%`);
    this.#bar.hidden = end - at > spanMillis;
    setText(this.#outcome, kind === 'event' || millis === null ? outcome : l10n.t('{0} · {1} ms', outcome, millis.toFixed(millis < 10 ? 1 : 0)));
    this.#fill();
  }

  #fill(): void {
    if (!this.element.open || this.#shown === undefined || this.#body.dataset.of === JSON.stringify(this.#shown)) { return; }
    const { number, bytes, body, command, curl, outcome } = this.#shown;
    this.#body.dataset.of = JSON.stringify(this.#shown);
    const words = (title: string, text: string | null, as: 'command' | 'curl'): Node[] => text === null ? [] : [
      element('h3', '', title), element('pre', '', text),
      element('div', 'buttons', createButton('secondary', l10n.t('Copy'), () => this.send({ type: 'copy', engine: this.engine, number: String(number), as })).element),
    ];
    this.#body.replaceChildren(
      ...(outcome === '' ? [] : [element('p', 'small', outcome)]),
      ...(bytes === 0 ? [] : [element('p', 'small', l10n.t('{0} bytes sent and received', bytes))]),
      ...(body === null ? [] : [element('h3', '', l10n.t('Sent')), element('pre', '', body)]),
      ...words(l10n.t('What the docker command would have been'), command, 'command'),
      ...words(l10n.t('The same with curl'), curl, 'curl'),
    );
  }
}

function timeOf(at: number): string {
  const time = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
