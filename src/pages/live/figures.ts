import * as l10n from '@vscode/l10n';
import type { LiveFigures } from '../../webviews/protocol';
import { element, setText } from '../dom';
import type { Format } from '../format';
import { describeTiles, type Tile, type TileFacts } from './tiles';

interface TileElements { root: HTMLElement; label: HTMLElement; value: HTMLElement; unit: HTMLElement; detail: HTMLElement }

/** The row of tiles with the numbers. */
export class FiguresView {
  readonly element = element('section', 'figures');
  readonly #list = element('dl', 'tiles');
  readonly #note = element('p', 'muted note');
  readonly #tiles = new Map<Tile['id'], TileElements>();
  #shown = '';

  constructor(private readonly format: Format) {
    this.element.append(element('h2', 'visually-hidden', l10n.t('Figures')), this.#list, this.#note);
    setText(this.#note, l10n.t('This container prints no rates that this page could read. CPU and throttling are shown all the same.'));
  }

  update(figures: LiveFigures, facts: TileFacts): void {
    const tiles = describeTiles(figures, facts, this.format);
    const shown = tiles.map(tile => tile.id).join(' ');
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#list.classList.toggle('with-rates', facts.hasRates);
      this.#list.replaceChildren(...tiles.map(tile => this.#tile(tile.id).root));
    }
    for (const tile of tiles) {
      const parts = this.#tile(tile.id);
      parts.root.classList.toggle('empty', tile.value === null);
      setText(parts.label, tile.label);
      setText(parts.value, tile.value ?? '–');
      setText(parts.unit, tile.value === null ? '' : tile.unit);
      setText(parts.detail, tile.detail);
    }
  }

  /** Shows or hides the line that says why nothing is said about rates. */
  explainMissingRates(missing: boolean): void {
    this.#note.hidden = !missing;
  }

  #tile(id: Tile['id']): TileElements {
    const existing = this.#tiles.get(id);
    if (existing) { return existing; }
    const label = element('dt', 'tile-label');
    const value = element('span', 'tile-value');
    const unit = element('span', 'tile-unit');
    const detail = element('dd', 'tile-detail');
    const root = element('div', `tile tile-${id}`, label, element('dd', 'tile-figure', value, ' ', unit), detail);
    const created = { root, label, value, unit, detail };
    this.#tiles.set(id, created);
    return created;
  }
}
