import * as l10n from '@vscode/l10n';
import type { FromExercisePage, ShownTask, ToExercisePage } from '../../webviews/exerciseProtocol';
import { createButton, type PushButton } from '../controls';
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
  readonly #run: PushButton;
  #mayDo = true;

  constructor({ id }: ShownTask, send: (message: FromExercisePage) => void) {
    this.#do = createButton('primary', l10n.t('Do it for me'), () => send({ type: 'do', task: id }));
    this.#run = createButton('secondary', l10n.t('Run in terminal'), () => send({ type: 'run', task: id }));
    const copy = createButton('secondary', l10n.t('Copy'), () => send({ type: 'copy', task: id }));
    const buttons = element('div', 'buttons', this.#run.element, copy.element);
    if (id === 'watch') {
      const watch = createButton('primary', l10n.t('Open the live page'), () => send({ type: 'watch' }));
      buttons.prepend(watch.element);
    } else {
      buttons.prepend(this.#do.element);
    }
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
    this.#do.setEnabled(mayDo);
  }

  setBusy(busy: boolean): void {
    this.#do.setEnabled(!busy && this.#mayDo);
    this.#run.setEnabled(!busy);
  }
}

/** The exercise: this machine, and the tasks with what the kernel says of each. */
export class ExerciseView {
  readonly element = element('main', 'exercise');
  readonly #machine = element('ul', 'muted machine');
  readonly #list = element('ol', 'tasks');
  readonly #live = element('p', 'visually-hidden');
  readonly #rows = new Map<ShownTask['id'], TaskRow>();
  #done = new Set<ShownTask['id']>();

  constructor(private readonly send: (message: FromExercisePage) => void) {
    this.#live.setAttribute('role', 'status');
    this.element.append(
      element('h1', 'name', l10n.t('Limit a process by hand')),
      element('p', '', l10n.t('What "docker update" did for a container you now do yourself, with files of the kernel: a group, a limit, a process in it. Each task is ticked by what the kernel says, whoever did it and under whatever name.')),
      this.#machine, this.#list, this.#live,
    );
  }

  show({ machine, tasks }: Tasks): void {
    if (this.#machine.childElementCount === 0) { this.#machine.append(...machine.map(sentence => element('li', '', sentence))); }
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
    for (const [id, { element: row }] of this.#rows) { row.classList.toggle('next', id === next); }
  }

  setBusy(task: ShownTask['id'] | null): void {
    for (const row of this.#rows.values()) { row.setBusy(task !== null); }
  }
}
