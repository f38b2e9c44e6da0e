import * as l10n from '@vscode/l10n';
import type { ToCgroupPage } from '../../webviews/cgroupProtocol';
import { element, setText } from '../dom';

type Group = ToCgroupPage['groups'][number];

/** One group with its files. Its rows stay, so that a selection in them does. */
class GroupSection {
  readonly element = element('section', 'group');
  readonly #path = element('code', 'path');
  readonly #dir = element('p', 'muted dir');
  readonly #files = element('table', 'files');
  readonly #body = element('tbody', '');
  readonly #texts = new Map<string, HTMLElement>();

  constructor({ version, controllers }: Group) {
    // Narrow, its rows are blocks, which would end it being a table for a screen reader.
    this.#files.setAttribute('role', 'table');
    this.#body.setAttribute('role', 'rowgroup');
    this.#files.append(element('thead', '', element('tr', '', element('th', '', l10n.t('File')), element('th', '', l10n.t('It says')), element('th', '', l10n.t('That means')))), this.#body);
    this.element.append(element('h2', '', version === 'v2' ? l10n.t('Control groups v2') : l10n.t('v1: {0}', controllers)), this.#path, this.#dir, this.#files);
  }

  show({ path, dir, files }: Group): void {
    setText(this.#path, path);
    setText(this.#dir, dir ?? l10n.t('outside of what is mounted here'));
    this.#files.hidden = files.length === 0;
    for (const { name, text, meaning } of files) {
      let known = this.#texts.get(name);
      if (known === undefined) {
        known = element('pre', 'text');
        this.#texts.set(name, known);
        const row = element('tr', '', element('th', 'file', name), element('td', '', known), element('td', 'muted', meaning));
        row.setAttribute('role', 'row');
        [...row.children].forEach((cell, index) => cell.setAttribute('role', index === 0 ? 'rowheader' : 'cell'));
        this.#body.append(row);
      }
      setText(known, text);
    }
  }
}

/** The control groups of one process. */
export class CgroupView {
  readonly element = element('main', 'cgroup');
  readonly #name = element('h1', 'name');
  readonly #about = element('p', 'muted');
  readonly #ended = element('p', 'ended');
  readonly #list = element('div', 'groups');
  readonly #groups = new Map<string, GroupSection>();

  constructor() {
    this.#ended.setAttribute('role', 'status');
    this.element.append(this.#name, this.#about, this.#ended, this.#list);
  }

  show({ name, pid, machine, groups, ended }: ToCgroupPage): void {
    setText(this.#name, name);
    setText(this.#about, l10n.t('Process {0} of {1}. To the kernel a control group is a folder with files: what is written into them limits the processes in it, and what is read from them is the kernel\'s account.', pid, machine));
    setText(this.#ended, ended ? l10n.t('The process has ended: these are the last values.') : '');
    this.#ended.hidden = !ended;
    if (ended) { return; }
    const keys = new Set<string>();
    for (const group of groups) {
      const key = `${group.version} ${group.controllers}`;
      keys.add(key);
      let section = this.#groups.get(key);
      if (section === undefined) {
        section = new GroupSection(group);
        this.#groups.set(key, section);
        this.#list.append(section.element);
      }
      section.show(group);
    }
    for (const [key, section] of this.#groups) {
      if (!keys.has(key)) {
        section.element.remove();
        this.#groups.delete(key);
      }
    }
  }
}
