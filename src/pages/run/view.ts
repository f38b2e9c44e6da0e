import * as l10n from '@vscode/l10n';
import runOrder from '../../../media/run-order.svg';
import type { FromRunPage, ShownRun, ToRunPage } from '../../webviews/runProtocol';
import { createButton, createChoice, type PushButton } from '../controls';
import { Diagram } from '../diagram/diagram';
import { element, pageLanguage, setText } from '../dom';
import { certaintyText, partsOf, StageList } from './stages';

type Stage = ShownRun['stages'][number];

/** A run that plays shows each stage at least so long, in milliseconds, and waits no longer than the other. */
const shortest = 150;
const longest = 4_000;

/** Draws a run on the diagram: while it happens, all of it, or stage by stage. */
export class RunView {
  readonly element = element('main', 'page');
  readonly #diagram: Diagram;
  readonly #stages = new StageList();
  readonly #choice = element('select', '');
  readonly #recorded = element('span', 'marked', l10n.t('RECORDED'));
  readonly #about = element('p', 'muted');
  readonly #status = element('p', '');
  readonly #steps = element('div', 'steps');
  readonly #buttons: Record<'run' | 'play' | 'back' | 'next' | 'all' | 'save', PushButton>;
  #runs: readonly ShownRun[] = [];
  /** undefined: the newest, whichever that is. */
  #chosen: number | undefined;
  /** The stage that is looked at; undefined: all of them. */
  #position: number | undefined;
  #slower = 1;
  #timer: number | undefined;

  constructor(send: (type: FromRunPage['type']) => void) {
    this.#diagram = new Diagram(runOrder, (box) => this.#open(box));
    this.#buttons = {
      run: createButton('primary', l10n.t('Run hello-world'), () => send('run')),
      play: createButton('secondary', l10n.t('Play again'), () => this.#play()),
      back: createButton('secondary', l10n.t('Back'), () => this.#step(-1)),
      next: createButton('secondary', l10n.t('Next'), () => this.#step(1)),
      all: createButton('secondary', l10n.t('Show all'), () => this.#stop()),
      save: createButton('secondary', l10n.t('Save the last run…'), () => send('save')),
    };
    this.#choice.setAttribute('aria-label', l10n.t('Which run'));
    this.#choice.addEventListener('change', () => {
      this.#chosen = Number(this.#choice.value);
      this.#stop();
    });
    this.#status.setAttribute('role', 'status');
    const { run, play, back, next, all, save } = this.#buttons;
    const speed = createChoice(l10n.t('How fast'), [{ value: '1', label: l10n.t('Real time') }, { value: '10', label: l10n.t('10 times slower') }], '1', (value) => { this.#slower = Number(value); });
    this.#steps.append(element('div', 'buttons', play.element, back.element, next.element, all.element), speed);
    this.element.append(
      element('h1', 'title', l10n.t('Follow a run through the components')),
      element('p', 'muted', l10n.t('Each stage with its own time and with what shows that it happened: requests, events, processes. “Observed”: the engine or the kernel said so itself. “Inferred”: nobody outside sees it, but what was seen before and after cannot be without it.')),
      element('div', 'buttons', run.element, createButton('secondary', l10n.t('Replay a recorded run'), () => send('replayRecorded')).element, save.element, this.#choice, this.#recorded),
      this.#about, this.#steps, this.#status,
      element('div', 'picture', this.#diagram.element, this.#stages.element),
    );
  }

  show({ runs }: ToRunPage): void {
    const newest = runs[0]?.id;
    // A run that begins is what one wants to see.
    if (newest !== this.#runs[0]?.id) {
      this.#chosen = undefined;
      this.#position = undefined;
      window.clearTimeout(this.#timer);
      this.#choice.replaceChildren(...runs.map(({ id, image, engine, at, recorded }) => {
        const option = element('option', '', [new Date(at).toLocaleTimeString(pageLanguage()), image, recorded ? l10n.t('recorded') : engine].join(' · '));
        option.value = String(id);
        return option;
      }));
      // What is recorded does not happen by itself.
      if (runs[0]?.recorded === true) {
        this.#runs = runs;
        this.#play();
        return;
      }
    }
    this.#runs = runs;
    this.#draw();
  }

  get #run(): ShownRun | undefined { return this.#runs.find(({ id }) => id === this.#chosen) ?? this.#runs[0]; }

  /** The stages that happened. */
  get #happened(): Stage[] { return this.#run?.stages.filter(({ certainty }) => certainty === 'observed' || certainty === 'inferred') ?? []; }

  #draw(): void {
    const run = this.#run;
    const { play, back, next, all, save } = this.#buttons;
    this.#steps.hidden = run === undefined;
    this.#choice.hidden = this.#runs.length === 0;
    this.#recorded.hidden = run?.recorded !== true;
    save.setEnabled(this.#runs.some(({ recorded, over }) => over && !recorded));
    if (run === undefined) {
      setText(this.#about, l10n.t('Nothing was run in this window yet. The picture shows the way that a run takes.'));
      return;
    }
    setText(this.#about, run.recorded
      ? l10n.t('{0}, recorded on {1}. Nothing runs on your engine now.', run.image, new Date(run.at).toLocaleString(pageLanguage()))
      : run.over ? l10n.t('{0} on the engine “{1}”, {2}', run.image, run.engine, new Date(run.at).toLocaleTimeString(pageLanguage())) : l10n.t('{0} runs now on the engine “{1}”', run.image, run.engine));
    const happened = this.#happened;
    const shown = this.#position === undefined ? happened : happened.slice(0, this.#position + 1);
    const now = this.#position === undefined ? (run.over ? undefined : happened.at(-1)) : happened[this.#position];
    for (const button of [play, back, next, all]) { button.setEnabled(run.over && happened.length > 0); }
    this.#choice.value = String(run.id);
    this.#drawParts(run.stages.map((stage) => shown.includes(stage) || stage.certainty === 'absent' ? stage : { ...stage, certainty: 'pending' as const }), now);
    this.#stages.show(run.stages, now?.id);
    setText(this.#status, now === undefined ? '' : l10n.t('{0} of {1}: {2}, {3}{4}', happened.indexOf(now) + 1, happened.length, now.title, certaintyText(now.certainty), now.millis === null ? '' : l10n.t(', {0} ms', now.millis)));
  }

  #drawParts(stages: readonly Stage[], now: Stage | undefined): void {
    this.#diagram.setState('box-client', stages[0]?.certainty ?? 'pending');
    const boxes = new Map<string, Stage['certainty']>();
    for (const { id, certainty } of stages) {
      const { wire, box } = partsOf[id];
      this.#diagram.setState(`wire-${wire}`, certainty);
      this.#diagram.setState(`label-${wire}`, certainty === 'absent' || certainty === 'pending' ? certainty : 'lit');
      // The process is reached by two wires: it is there once the first has reached it.
      if (!boxes.has(box)) { boxes.set(box, certainty); }
    }
    for (const [box, certainty] of boxes) { this.#diagram.setState(`box-${box}`, certainty); }
    this.#diagram.setNow(now === undefined ? [] : [`wire-${partsOf[now.id].wire}`, `box-${partsOf[now.id].box}`]);
  }

  #open(box: string): void {
    const id = box === 'client' ? 'request' : (Object.keys(partsOf) as Stage['id'][]).find((stage) => partsOf[stage].box === box);
    if (id !== undefined) { this.#stages.open(id); }
  }

  #step(by: number): void {
    window.clearTimeout(this.#timer);
    const last = this.#happened.length - 1;
    this.#position = Math.min(last, Math.max(0, this.#position === undefined ? (by > 0 ? 0 : last) : this.#position + by));
    this.#draw();
  }

  #stop(): void {
    window.clearTimeout(this.#timer);
    this.#position = undefined;
    this.#draw();
  }

  /** Plays from the beginning, each stage for as long as it took. */
  #play(): void {
    this.#position = -1;
    const next = (): void => {
      window.clearTimeout(this.#timer);
      const happened = this.#happened;
      const position = (this.#position ?? 0) + 1;
      if (position >= happened.length) {
        this.#stop();
        return;
      }
      this.#position = position;
      this.#draw();
      const [stage, after] = [happened[position], happened[position + 1]];
      const until = after?.from ?? (stage?.from ?? 0) + (stage?.millis ?? 0);
      this.#timer = window.setTimeout(next, Math.min(longest * this.#slower, Math.max(shortest, (until - (stage?.from ?? until)) * this.#slower)));
    };
    next();
  }
}
