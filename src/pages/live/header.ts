import * as l10n from '@vscode/l10n';
import type { FromLivePage, LiveContainerState, LiveFigures, ToLivePage } from '../../webviews/protocol';
import { createButton } from '../controls';
import { element, setText } from '../dom';
import { isUp, stateWord } from './tiles';

type Init = Extract<ToLivePage, { type: 'init' }>;

/** Whose CPU this is, in which state, and the buttons that set its limit. */
export class HeaderView {
  readonly element: HTMLElement;
  readonly #state = element('span', 'state');
  readonly #stateWord = element('span', '');
  readonly #limitTo10;
  readonly #chooseLimit;
  readonly #removeLimit;
  readonly #guess;

  constructor({ name, image, source }: Pick<Init, 'name' | 'image' | 'source'>, send: (message: FromLivePage) => void) {
    this.#limitTo10 = createButton('primary', l10n.t('Limit CPU to 10%'), () => send({ type: 'limitTo10' }));
    this.#chooseLimit = createButton('secondary', l10n.t('Limit CPU…'), () => send({ type: 'chooseLimit' }));
    this.#removeLimit = createButton('secondary', l10n.t('Remove limit'), () => send({ type: 'removeLimit' }));
    this.#guess = createButton('secondary', l10n.t('Guess its rate at 10 %…'), () => send({ type: 'guess' }));
    // What "10%" is a share of is said beside the button as well: the button's own text leaves it open.
    this.#limitTo10.element.title = l10n.t('10 % of one core');
    const dot = element('span', 'dot');
    dot.setAttribute('aria-hidden', 'true');
    this.#state.append(dot, this.#stateWord);
    const buttons = element('div', 'buttons', this.#limitTo10.element, this.#chooseLimit.element, this.#removeLimit.element, this.#guess.element);
    buttons.setAttribute('role', 'group');
    buttons.setAttribute('aria-label', l10n.t('CPU limit'));
    this.element = element('header', 'header',
      element('div', 'identity',
        element('h1', 'name', name),
        element('p', 'facts', this.#state, element('span', 'image', image)),
        element('p', 'muted source', source === 'cgroup'
          ? l10n.t('Counters: the container\'s cgroup files, 5 readings a second')
          : l10n.t('Counters: the engine\'s stats stream, one reading a second'))),
      buttons);
  }

  update(state: LiveContainerState, { capCores, baselineRate }: Pick<LiveFigures, 'capCores' | 'baselineRate'>): void {
    this.#state.dataset.state = state;
    setText(this.#stateWord, stateWord(state));
    const up = isUp(state);
    this.#limitTo10.setEnabled(up);
    this.#chooseLimit.setEnabled(up);
    // A button that is disabled under the keyboard would drop the focus to the top of the page.
    if (up && capCores === null && document.activeElement === this.#removeLimit.element) { this.#limitTo10.focus(); }
    this.#removeLimit.setEnabled(up && capCores !== null);
    // Only before it is seen.
    this.#guess.setEnabled(up && capCores === null && baselineRate !== null);
  }
}
