import * as l10n from '@vscode/l10n';
import type { ShownRun } from '../../webviews/runProtocol';
import { element, setText } from '../dom';

type Stage = ShownRun['stages'][number];

/** What of the diagram belongs to a stage: the wire that is passed, and the box that is reached. */
export const partsOf: Record<Stage['id'], { wire: string; box: string }> = {
  request: { wire: 'client-dockerd', box: 'dockerd' },
  pull: { wire: 'dockerd-registry', box: 'registry' },
  containerd: { wire: 'dockerd-containerd', box: 'containerd' },
  shim: { wire: 'containerd-shim', box: 'shim' },
  runtime: { wire: 'shim-runc', box: 'runc' },
  process: { wire: 'runc-process', box: 'process' },
  exit: { wire: 'shim-process', box: 'process' },
};

/** The stages as a list: what the picture shows, in words, with the evidence of each. */
export class StageList {
  readonly element = element('ol', 'stages');
  readonly #rows = new Map<Stage['id'], StageRow>();

  show(stages: readonly Stage[], now: Stage['id'] | undefined): void {
    for (const [index, stage] of stages.entries()) {
      let row = this.#rows.get(stage.id);
      if (row === undefined) {
        row = new StageRow(index + 1, stage.id);
        this.#rows.set(stage.id, row);
        this.element.append(row.element);
      }
      row.show(stage, stage.id === now);
    }
  }

  /** Opens a stage's evidence and brings it into view. */
  open(id: Stage['id']): void { this.#rows.get(id)?.open(true); }
}

class StageRow {
  readonly element: HTMLElement;
  readonly #details = element('details', 'stage');
  readonly #title = element('span', 'stage-title');
  readonly #time = element('span', 'stage-time');
  readonly #certainty = element('span', 'stage-certainty');
  readonly #what = element('p', '');
  readonly #evidence = element('ul', '');
  #evidenceShown = '';

  constructor(number: number, id: Stage['id']) {
    this.#details.dataset.stage = id;
    this.#details.append(
      element('summary', '', element('span', 'stage-number', String(number)), this.#title, this.#time, this.#certainty),
      element('div', 'stage-body', this.#what, this.#evidence),
    );
    this.element = element('li', '', this.#details);
  }

  show({ title, certainty, millis, from, what, evidence }: Stage, isNow: boolean): void {
    if (isNow && this.#details.dataset.now !== 'true') { this.open(false); }
    this.#details.dataset.certainty = certainty;
    this.#details.dataset.now = String(isNow);
    setText(this.#title, title);
    setText(this.#time, timeText(millis));
    setText(this.#certainty, from === null ? certaintyText(certainty) : l10n.t('{0}, from {1} ms on', certaintyText(certainty), from));
    setText(this.#what, what);
    const shown = evidence.join('\n');
    if (shown === this.#evidenceShown) { return; }
    this.#evidenceShown = shown;
    this.#evidence.replaceChildren(...evidence.map((line) => element('li', '', line)));
  }

  open(scroll: boolean): void {
    this.#details.open = true;
    if (scroll) { this.#details.scrollIntoView({ block: 'nearest' }); }
  }
}

/** How sure we are, in a word. */
export function certaintyText(certainty: Stage['certainty']): string {
  switch (certainty) {
    case 'observed': return l10n.t('observed');
    case 'inferred': return l10n.t('inferred');
    case 'absent': return l10n.t('did not happen');
    case 'pending': return l10n.t('not yet');
  }
}

function timeText(millis: number | null): string {
  return millis === null ? '' : l10n.t('{0} ms', millis);
}
