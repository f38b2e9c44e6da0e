import * as l10n from '@vscode/l10n';
import type { FromExercisePage, PlaceId, ShownTask, ToExercisePage } from '../../webviews/exerciseProtocol';
import { createButton, createChoice, type PushButton } from '../controls';
import { element, setText } from '../dom';

type Tasks = Extract<ToExercisePage, { type: 'tasks' }>;

/** What a task is called. Its number is its place. */
const titles: Record<ShownTask['id'], () => string> = {
  'start': () => l10n.t('Start the program'),
  'make-group': () => l10n.t('Make a group of your own'),
  'limit-50': () => l10n.t('Limit it to 50 % of a core'),
  'limit-10': () => l10n.t('Change that to 10 %'),
  'move': () => l10n.t('Move the program into the group'),
  'watch': () => l10n.t('Watch it slow down'),
  'stop': () => l10n.t('Stop the program'),
  'remove-group': () => l10n.t('Remove the group'),
};

/** One task's row. Its elements stay: what has the focus keeps it. */
class TaskRow {
  readonly element = element('li', 'task');
  readonly #mark = element('span', 'mark');
  readonly #state = element('span', 'visually-hidden');
  readonly #reason = element('p', 'reason');
  readonly #why = element('p', 'muted why');
  readonly #lines = element('pre', 'lines');
  readonly #do: PushButton;
  readonly #first: PushButton;
  readonly #run: PushButton;
  readonly #copy: PushButton;
  #mayDo = true;
  #hasLines = true;

  constructor({ id }: ShownTask, send: (message: FromExercisePage) => void) {
    this.#do = createButton('secondary', l10n.t('Do it for me'), () => send({ type: 'do', task: id }));
    this.#run = createButton('secondary', l10n.t('Run in terminal'), () => send({ type: 'run', task: id }));
    const copy = createButton('secondary', l10n.t('Copy'), () => send({ type: 'copy', task: id }));
    const buttons = element('div', 'buttons', this.#run.element, copy.element);
    this.#first = this.#do;
    if (id === 'watch') {
      this.#first = createButton('secondary', l10n.t('Open the live page'), () => send({ type: 'watch' }));
      buttons.append(createButton('secondary', l10n.t('Show its control groups'), () => send({ type: 'explore' })).element);
    }
    buttons.prepend(this.#first.element);
    if (id === 'make-group') { buttons.append(createButton('secondary', l10n.t('Change its name…'), () => send({ type: 'rename' })).element); }
    this.#copy = copy;
    this.#mark.setAttribute('aria-hidden', 'true');
    this.element.dataset.task = id;
    this.element.append(
      element('h2', 'title', this.#mark, titles[id](), this.#state),
      this.#reason, element('div', 'body', this.#why, this.#lines, buttons),
    );
  }

  show({ done, reason, lines, why, mayDo }: ShownTask): void {
    this.element.dataset.done = String(done);
    setText(this.#mark, done ? '✓' : '○');
    setText(this.#state, done ? l10n.t(', done') : l10n.t(', not done'));
    setText(this.#reason, reason);
    setText(this.#why, why);
    setText(this.#lines, lines.join('\n'));
    this.#mayDo = mayDo;
    this.#hasLines = lines.length > 0;
    this.#lines.hidden = !this.#hasLines;
    this.#copy.setEnabled(this.#hasLines);
    this.setBusy(false);
  }

  /** Whether it is the one to do now. */
  setNext(next: boolean): void {
    this.element.classList.toggle('next', next);
    if (next) { this.element.setAttribute('aria-current', 'step'); } else { this.element.removeAttribute('aria-current'); }
    this.#first.setPrimary(next);
  }

  setBusy(busy: boolean): void {
    this.#do.setEnabled(!busy && this.#mayDo);
    this.#run.setEnabled(!busy && this.#hasLines);
  }
}

/** Where the exercise is done, how groups are written there, and what that machine is. */
class PlaceSection {
  readonly element = element('section', 'place');
  readonly #choice = element('div', 'choice');
  readonly #reason = element('p', 'muted way');
  readonly #machine = element('ul', 'muted machine');
  readonly #helper: PushButton;
  readonly #scope = element('details', 'scope');
  #shown = '';

  constructor(private readonly send: (message: FromExercisePage) => void) {
    this.#helper = createButton('primary', l10n.t('Start the helper…'), () => send({ type: 'startHelper' }));
    this.element.append(element('h2', 'title', l10n.t('Where')), this.#choice, this.#reason, this.#helper.element, this.#machine, this.#scope);
  }

  show({ places, place, needsHelper, machine, scope }: Tasks): void {
    const chosen = places.find(({ id }) => id === place);
    const shown = JSON.stringify([places.map(({ title, possible }) => [title, possible]), place]);
    // Only what changed is made anew: what has the focus keeps it.
    if (shown !== this.#shown) {
      this.#shown = shown;
      const possible = places.filter(({ possible, id }) => possible || id === place);
      this.#choice.replaceChildren(createChoice(l10n.t('Where'), possible.map(({ id, title }) => ({ value: id, label: title })), place, value => {
        if (value !== place) { this.send({ type: 'place', place: value as PlaceId }); }
      }));
    }
    const others = places.filter(({ id, possible }) => id !== place && !possible).map(({ title, reason }) => `${title}: ${reason}`);
    setText(this.#reason, [chosen?.reason ?? '', ...others].join(' '));
    this.#helper.element.hidden = !needsHelper;
    if (this.#machine.childElementCount !== machine.length || this.#machine.textContent !== machine.join('')) { this.#machine.replaceChildren(...machine.map(sentence => element('li', '', sentence))); }
    this.#scope.hidden = scope === null;
    if (scope !== null && this.#scope.childElementCount === 0) {
      this.#scope.append(
        element('summary', '', l10n.t('Without root: let systemd make the group')), element('p', 'muted', scope.why), element('pre', 'lines', scope.lines.join('\n')),
        element('div', 'buttons', createButton('secondary', l10n.t('Run in terminal'), () => this.send({ type: 'run', task: 'scope' })).element, createButton('secondary', l10n.t('Copy'), () => this.send({ type: 'copy', task: 'scope' })).element),
      );
    }
  }
}

/** The exercise: this machine, and the tasks with what the kernel says of each. */
export class ExerciseView {
  readonly element = element('main', 'exercise');
  readonly #place: PlaceSection;
  readonly #list = element('ol', 'tasks');
  readonly #live = element('p', 'visually-hidden');
  readonly #rows = new Map<ShownTask['id'], TaskRow>();
  #done = new Set<ShownTask['id']>();

  constructor(private readonly send: (message: FromExercisePage) => void) {
    this.#place = new PlaceSection(send);
    this.#live.setAttribute('role', 'status');
    this.element.append(
      element('h1', 'name', l10n.t('Limit a process by hand')),
      element('p', '', l10n.t('What "docker update" did for a container you now do yourself, with files of the kernel: a group, a limit, a process in it. Each task is ticked by what the kernel says, whoever did it and under whatever name.')),
      this.#place.element, this.#list, this.#live,
    );
  }

  show(message: Tasks): void {
    const { tasks } = message;
    this.#place.show(message);
    const first = this.#rows.size === 0;
    for (const task of tasks) {
      let row = this.#rows.get(task.id);
      if (row === undefined) {
        row = new TaskRow(task, this.send);
        this.#rows.set(task.id, row);
        this.#list.append(row.element);
      }
      row.show(task);
    }
    const done = new Set(tasks.filter(task => task.done).map(({ id }) => id));
    const changed = tasks.find(({ id }) => done.has(id) !== this.#done.has(id));
    if (!first && changed !== undefined) { setText(this.#live, `${titles[changed.id]()}${changed.done ? l10n.t(', done') : l10n.t(', not done')}: ${changed.reason}`); }
    this.#done = done;
    // The first that is open is the one to look at.
    const next = tasks.find(task => !task.done)?.id;
    for (const [id, row] of this.#rows) { row.setNext(id === next); }
  }

  setBusy(task: ShownTask['id'] | null): void {
    for (const row of this.#rows.values()) { row.setBusy(task !== null); }
  }
}
