import * as l10n from '@vscode/l10n';
import type { FromXrayPage, ToXrayPage } from '../../webviews/xrayProtocol';
import { createButton, type PushButton } from '../controls';
import { element, setText } from '../dom';
import { bytesText, capabilityLines, layerRow, namespaceRow, table } from './parts';

type Xray = NonNullable<ToXrayPage['xray']>;

/** A container, looked through. */
export class XrayView {
  readonly element = element('main', 'page');
  readonly #name = element('h1', 'title');
  readonly #about = element('p', 'muted');
  readonly #problem = element('p', 'problem');
  readonly #unknown = element('ul', 'muted');
  readonly #compare = element('select', '');
  readonly #helper: PushButton;
  readonly #body = element('div', 'columns');

  constructor(send: (message: FromXrayPage) => void) {
    this.#problem.setAttribute('role', 'status');
    this.#compare.addEventListener('change', () => send({ type: 'compare', containerId: this.#compare.value }));
    this.#helper = createButton('secondary', l10n.t('Start the helper…'), () => send({ type: 'startHelper' }));
    const label = element('label', 'compare', l10n.t('Compare its namespaces with'), this.#compare);
    this.element.append(
      this.#name, this.#about, this.#problem,
      element('div', 'buttons', createButton('primary', l10n.t('Look again'), () => send({ type: 'refresh' })).element, createButton('secondary', l10n.t('Show its control groups'), () => send({ type: 'cgroups' })).element, this.#helper.element, label),
      this.#unknown, this.#body,
    );
  }

  show({ name, engine, xray, others, compared, problem }: ToXrayPage): void {
    setText(this.#name, name);
    setText(this.#problem, problem ?? '');
    this.#problem.hidden = problem === null;
    this.#compare.replaceChildren(...[{ id: '', name: l10n.t('no other container') }, ...others].map((other) => {
      const option = element('option', '', other.name);
      option.value = other.id;
      return option;
    }));
    this.#compare.value = compared ?? '';
    this.#helper.element.hidden = xray?.source !== 'engine';
    if (xray === null) {
      setText(this.#about, engine);
      return;
    }
    setText(this.#about, [xray.image, l10n.t('engine “{0}”', engine), l10n.t('process {0}', xray.pid), sourceText(xray)].join(' · '));
    this.#unknown.replaceChildren(...xray.unknown.map((sentence) => element('li', '', sentence)));
    this.#body.replaceChildren(...sections(xray, others.find(({ id }) => id === compared)?.name));
  }
}

function sections(xray: Xray, other: string | undefined): HTMLElement[] {
  const { processes, namespaces, groups, limits, capabilities, storageDriver, layers, writtenBytes, changes, changeCount, mounts, networks, ports } = xray;
  return [
    section(l10n.t('Processes'), l10n.t('To the kernel they are processes like any other, each with a number of its own outside, and another one inside.'),
      table([l10n.t('Outside'), l10n.t('Inside'), l10n.t('Command')], processes.map(({ pid, inside, command }) => [String(pid), inside === null ? l10n.t('not known') : String(inside), command]))),
    section(l10n.t('Control group'), l10n.t('What it may use, and what it did use.'),
      table([l10n.t('In the hierarchies'), l10n.t('Path')], groups.length === 0 ? [['', l10n.t('not known')]] : byPath(groups)),
      table([l10n.t('Limit'), l10n.t('Value')], limits.map(({ what, value }) => [what, value]))),
    section(l10n.t('Namespaces'), l10n.t('What it sees. Two processes in one namespace see the same; the number is the namespace\'s name in the kernel.'),
      table([l10n.t('Kind'), l10n.t('Number'), l10n.t('Whose'), ...(other === undefined ? [] : [other]), l10n.t('It separates')], namespaces.map((namespace) => namespaceRow(namespace, other))), 'wide'),
    section(l10n.t('Root file system'), l10n.t('Layers that the driver {0} puts on top of each other: what is above hides what is below.', storageDriver), element('ol', 'layers', ...layers.map(layerRow))),
    section(l10n.t('What this container changed'), writtenBytes === null ? l10n.t('Files in its own layer: {0}', changeCount) : l10n.t('Files in its own layer: {0}, {1}', changeCount, bytesText(writtenBytes)),
      changes.length === 0 ? element('p', '', l10n.t('Nothing: its own layer is empty.')) : table([l10n.t('Change'), l10n.t('Path')], changes.map(({ kind, path }) => [changeText(kind), path]))),
    section(l10n.t('Capabilities'), l10n.t('Root\'s power in pieces: inside, root has only these.'), ...capabilityLines(capabilities)),
    section(l10n.t('Mounts'), l10n.t('Folders and volumes that are put into its files.'),
      mounts.length === 0 ? element('p', '', l10n.t('None.')) : table([l10n.t('Kind'), l10n.t('From'), l10n.t('To'), l10n.t('Writable')], mounts.map(({ kind, source, destination, writable }) => [kind, source, destination, writable ? l10n.t('yes') : l10n.t('no')]))),
    section(l10n.t('Networks'), l10n.t('Where it can be reached.'),
      networks.length === 0 ? element('p', '', l10n.t('None.')) : table([l10n.t('Network'), l10n.t('Address'), l10n.t('Gateway'), l10n.t('MAC')], networks.map(({ network, address, gateway, mac }) => [network, address, gateway, mac])),
      ...(ports.length === 0 ? [] : [table([l10n.t('Port inside'), l10n.t('Published at')], ports.map(({ containerPort, protocol, hostIp, hostPort }) => [`${containerPort}/${protocol}`, hostPort === undefined ? l10n.t('not published') : `${hostIp ?? ''}:${hostPort}`]))])),
  ];
}

function section(title: string, about: string, ...rest: (HTMLElement | string)[]): HTMLElement {
  const wide = rest.includes('wide');
  return element('section', `card${wide ? ' wide' : ''}`, element('h2', '', title), element('p', 'muted small', about), ...rest.filter((part) => part !== 'wide'));
}

/** With cgroups v1 a container has a group in each hierarchy, and they are all called the same. */
function byPath(groups: Xray['groups']): string[][] {
  return [...new Set(groups.map(({ path }) => path))].map((path) => [groups.filter((group) => group.path === path).map(({ version, controllers }) => version === 'v2' ? 'v2' : `v1 ${controllers}`).join(', '), path]);
}

function sourceText({ source }: Xray): string {
  switch (source) {
    case 'kernel': return l10n.t('read from this machine\'s /proc and from the engine');
    case 'helper': return l10n.t('read through a helper container and from the engine');
    case 'engine': return l10n.t('read from the engine');
  }
}

function changeText(kind: Xray['changes'][number]['kind']): string {
  switch (kind) {
    case 'added': return l10n.t('added');
    case 'modified': return l10n.t('changed');
    case 'deleted': return l10n.t('deleted');
  }
}
