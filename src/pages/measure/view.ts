import * as l10n from '@vscode/l10n';
import picture from '../../../media/containers-vs-vms.svg';
import type { FromMeasurePage, ToMeasurePage } from '../../webviews/measureProtocol';
import { createButton, type PushButton } from '../controls';
import { Diagram } from '../diagram/diagram';
import { element, setText } from '../dom';
import { bytesText, scrolling } from '../xray/parts';

type Measured = NonNullable<ToMeasurePage['measured']>;

/** Where the figures of virtual machines come from. */
const sources = {
  docker: { name: 'Docker: What is a container?', url: 'https://www.docker.com/resources/what-container/' },
  firecracker: { name: 'Firecracker: Specification', url: 'https://github.com/firecracker-microvm/firecracker/blob/main/SPECIFICATION.md' },
};

/** What a box of the picture means. */
const meanings: Readonly<Record<string, () => string>> = {
  'container-a': () => l10n.t('A container: an application with the libraries that it needs, and nothing below them.'),
  'container-b': () => l10n.t('Another container on the same kernel. It sees nothing of the first one.'),
  'engine': () => l10n.t('The engine sets containers up and is out of the way when they run: their processes run on the kernel itself.'),
  'kernel-shared': () => l10n.t('One kernel for all containers and for the machine itself. What is measured below shows it: the version inside is the version outside.'),
  'hardware-containers': () => l10n.t('The machine, real or itself a virtual one.'),
  'vm-a': () => l10n.t('A virtual machine: the application stands on a whole operating system of its own, which boots first.'),
  'vm-b': () => l10n.t('Another virtual machine with another system and kernel.'),
  'hypervisor': () => l10n.t('The hypervisor divides the hardware among machines that each believe to be alone.'),
  'hardware-vms': () => l10n.t('The machine, real or itself a virtual one.'),
};

/** Containers measured on this engine, beside virtual machines as others have measured them. */
export class MeasureView {
  readonly element = element('main', 'page');
  readonly #diagram: Diagram;
  readonly #meaning = element('p', '', l10n.t('Choose a box of the picture to see what it is.'));
  readonly #measure: PushButton;
  readonly #cancel: PushButton;
  readonly #status = element('p', '');
  readonly #problem = element('p', 'problem');
  readonly #figures = element('div', 'card');
  readonly #images = element('section', 'card');

  constructor(send: (type: FromMeasurePage['type']) => void) {
    this.#diagram = new Diagram(picture, (box) => {
      this.#diagram.setNow([`box-${box}`]);
      setText(this.#meaning, meanings[box]?.() ?? '');
    });
    this.#measure = createButton('primary', l10n.t('Measure on my engine'), () => send('measure'));
    this.#cancel = createButton('secondary', l10n.t('Cancel'), () => send('cancel'));
    this.#meaning.setAttribute('role', 'status');
    this.#status.setAttribute('role', 'status');
    this.#problem.setAttribute('role', 'alert');
    this.element.append(
      element('h1', 'title', l10n.t('Containers beside virtual machines')),
      element('p', 'muted', l10n.t('A small container is started five times and removed each time, and a waiting one is looked into. Nothing stays.')),
      element('div', 'buttons', this.#measure.element, this.#cancel.element, this.#status), this.#problem,
      element('div', 'picture', this.#diagram.element, element('div', 'facts-side', this.#meaning, this.#figures)), this.#images,
    );
  }

  show({ engine, measured, working, problem }: ToMeasurePage): void {
    this.#measure.setEnabled(working === null);
    this.#cancel.element.hidden = working === null;
    setText(this.#status, working ?? (measured === null ? '' : l10n.t('Measured on the engine “{0}”.', engine)));
    setText(this.#problem, problem ?? '');
    this.#problem.hidden = problem === null;
    this.#figures.replaceChildren(element('h2', '', l10n.t('Measured here, and cited')), figures(measured));
    this.#images.hidden = measured === null || measured.images.length === 0;
    if (measured !== null) {
      this.#images.replaceChildren(element('h2', '', l10n.t('Images on this engine')), imageBars(measured.images));
      if (measured.imageBytes !== null) { for (const box of ['container-a', 'container-b']) { this.#diagram.setLine(box, bytesText(measured.imageBytes)); } }
      this.#diagram.setState('box-kernel-shared', measured.kernelInside === measured.kernelOutside ? 'observed' : 'lit');
    }
  }
}

function figures(measured: Measured | null): HTMLElement {
  const cell = (text: string | undefined, detail: string): HTMLElement => element('td', '', element('div', 'figure', text ?? '–'), element('div', 'muted small', detail));
  const cited = (text: string, detail: string, source: { name: string; url: string }): HTMLElement => {
    const link = element('a', '', source.name);
    link.href = source.url;
    return element('td', '', element('div', 'figure', text), element('div', 'muted small', detail), element('div', 'small', link));
  };
  const row = (title: string, here: HTMLElement, there: HTMLElement): HTMLElement => {
    const head = element('th', '', title);
    head.scope = 'row';
    // Narrow, the rows are blocks, and the headings of the columns stand in the cells.
    here.dataset.of = headings[0];
    there.dataset.of = headings[1];
    return element('tr', '', head, here, there);
  };
  const headings = [l10n.t('Container, here'), l10n.t('Virtual machine')] as const;
  const millis = measured?.startMillis ?? [];
  return scrolling(l10n.t('Measured here, and cited'), element('table', 'table',
    element('thead', '', element('tr', '', element('td', ''), ...headings.map((text) => {
      const head = element('th', '', text);
      head.scope = 'col';
      return head;
    }))),
    element('tbody', '',
      row(l10n.t('Size of the image'), cell(sized(measured?.imageBytes), measured?.image ?? ''), cited(l10n.t('tens of GB'), l10n.t('a whole operating system with the application'), sources.docker)),
      row(l10n.t('From start to first output'), cell(millis.length === 0 ? undefined : l10n.t('{0} ms', Math.round(median(millis))), millis.length === 0 ? '' : l10n.t('median of {0}; {1} to {2} ms', millis.length, Math.round(Math.min(...millis)), Math.round(Math.max(...millis)))), cited(l10n.t('up to 125 ms'), l10n.t('until a guest\'s first process begins, where monitor and kernel are made for fast starts; an ordinary system boots longer'), sources.firecracker)),
      row(l10n.t('Memory while it waits'), cell(sized(measured?.idleBytes), l10n.t('of all its processes, as the kernel counts')), cited(l10n.t('128 MiB + 5 MiB'), l10n.t('what the smallest guest there is given, and what its monitor may take'), sources.firecracker)),
      row(l10n.t('Kernel'), cell(measured?.kernelInside, measured === null ? '' : measured.kernelInside === measured.kernelOutside ? l10n.t('inside; outside the same') : l10n.t('inside; outside it is {0}', measured.kernelOutside)), cited(l10n.t('its own'), l10n.t('each guest boots one'), sources.docker)),
    )));
}

function sized(bytes: number | null | undefined): string | undefined {
  return bytes === null || bytes === undefined ? undefined : bytesText(bytes);
}

function imageBars(images: Measured['images']): HTMLElement {
  const largest = Math.max(...images.map(({ bytes }) => bytes), 1);
  return element('ul', 'bars', ...images.map(({ tag, bytes }) => {
    const bar = element('div', 'bar');
    bar.style.setProperty('width', `${bytes / largest * 100}%`);
    return element('li', 'bar-row', element('span', 'mono', tag), bar, element('span', 'size', bytesText(bytes)));
  }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}
