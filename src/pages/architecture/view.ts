import * as l10n from '@vscode/l10n';
import architecture from '../../../media/client-daemon-registry.svg';
import { type ArchitectureBox, architectureBoxes, type FromArchitecturePage, type ShownEngine, type ToArchitecturePage } from '../../webviews/architectureProtocol';
import { createButton } from '../controls';
import { Diagram } from '../diagram/diagram';
import { element, setText } from '../dom';
import { TrafficList } from './traffic';

/** What a box is called, as the picture calls it. */
const titles: Record<ArchitectureBox, () => string> = {
  client: () => l10n.t('Client'),
  daemon: () => l10n.t('Daemon'),
  registry: () => l10n.t('Registry'),
  images: () => l10n.t('Images'),
  containers: () => l10n.t('Containers'),
  host: () => l10n.t('Docker host'),
};

/** All engines, each with its picture and what passes through it. */
export class ArchitectureView {
  readonly element = element('main', 'page');
  readonly #list = element('div', 'page-engines');
  readonly #none = element('p', 'muted', l10n.t('There is no engine yet. The picture of each comes as soon as it is found.'));
  readonly #engines = new Map<string, EngineSection>();

  constructor(private readonly send: (message: FromArchitecturePage) => void) {
    this.element.append(
      element('h1', 'title', l10n.t('Docker\'s architecture, live')),
      element('p', 'muted', l10n.t('Boxes and wires light up when a request of this extension or an event of the engine passes through. Choose a box to see what it is and how we know.')),
      this.#none, this.#list,
    );
  }

  show(message: ToArchitecturePage): void {
    if (message.type === 'pulse') {
      this.#engines.get(message.engine)?.pulse(message.parts);
      return;
    }
    const { engines } = message;
    this.#none.hidden = engines.length > 0;
    for (const [key, section] of this.#engines) {
      if (engines.some((engine) => engine.key === key)) { continue; }
      section.element.remove();
      this.#engines.delete(key);
    }
    for (const engine of engines) {
      let section = this.#engines.get(engine.key);
      if (section === undefined) {
        section = new EngineSection(engine.key, this.send);
        this.#engines.set(engine.key, section);
      }
      if (this.#list.children[engines.indexOf(engine)] !== section.element) { this.#list.insertBefore(section.element, this.#list.children[engines.indexOf(engine)] ?? null); }
      section.show(engine);
    }
  }
}

class EngineSection {
  readonly element = element('section', 'engine');
  readonly #name = element('h2', '');
  readonly #about = element('span', 'muted');
  readonly #diagram: Diagram;
  readonly #cards = new Map<ArchitectureBox, BoxCard>();
  readonly #traffic: TrafficList;

  constructor(key: string, send: (message: FromArchitecturePage) => void) {
    this.#diagram = new Diagram(architecture, (box) => this.#choose(box));
    const facts = element('div', 'facts');
    for (const box of architectureBoxes) {
      const card = new BoxCard(titles[box]());
      this.#cards.set(box, card);
      facts.append(card.element);
    }
    this.#traffic = new TrafficList(key, send);
    this.element.append(
      element('div', 'engine-head', this.#name, this.#about), element('div', 'picture', this.#diagram.element, facts),
      element('h3', '', l10n.t('Flight recorder: requests and events, the newest first')), this.#traffic.element,
      element('div', 'buttons', createButton('secondary', l10n.t('Save as JSON…'), () => send({ type: 'export', engine: key })).element),
    );
  }

  show({ name, used, connected, wire, address, boxes, traffic }: ShownEngine): void {
    setText(this.#name, name);
    setText(this.#about, [used ? l10n.t('used') : '', connected ? wire : l10n.t('not reached')].filter((part) => part !== '').join(' · '));
    for (const box of architectureBoxes) {
      this.#cards.get(box)?.show(boxes[box]);
      const { line } = boxes[box];
      if (line !== null) { this.#diagram.setLine(box, line); }
      this.#diagram.setState(`box-${box}`, connected || box === 'client' ? 'lit' : 'absent');
    }
    if (connected) { this.#diagram.setTexts('label-client-daemon', [l10n.t('REST API'), wire, address]); }
    this.#diagram.setState('wire-client-daemon', connected ? 'lit' : 'absent');
    this.#traffic.show(traffic);
  }

  pulse(parts: readonly string[]): void { for (const part of parts) { this.#diagram.pulse(part); } }

  #choose(box: string): void {
    this.#diagram.setNow([`box-${box}`]);
    for (const [name, card] of this.#cards) { card.choose(name === box); }
  }
}

class BoxCard {
  readonly element = element('div', 'box-card');
  readonly #line = element('span', 'muted');
  readonly #explanation = element('p', '');
  readonly #evidence = element('ul', '');
  #shown = '';

  constructor(title: string) {
    this.element.tabIndex = -1;
    this.element.append(element('h3', '', title, ' ', this.#line), this.#explanation, this.#evidence);
  }

  show({ line, explanation, evidence }: ShownEngine['boxes'][ArchitectureBox]): void {
    setText(this.#line, line ?? '');
    setText(this.#explanation, explanation);
    const shown = evidence.join('\n');
    if (shown === this.#shown) { return; }
    this.#shown = shown;
    this.#evidence.replaceChildren(...evidence.map((text) => element('li', '', text)));
  }

  choose(chosen: boolean): void {
    this.element.dataset.chosen = String(chosen);
    if (chosen) {
      this.element.focus({ preventScroll: true });
      this.element.scrollIntoView({ block: 'nearest' });
    }
  }
}
