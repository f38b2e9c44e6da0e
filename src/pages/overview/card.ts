import * as l10n from '@vscode/l10n';
import { type FromOverviewPage, keptSeconds, type OverviewContainer, type UsageSample } from '../../webviews/overviewProtocol';
import { element, setText } from '../dom';
import type { Format } from '../format';
import { bytesText } from '../xray/parts';
import { lastSample, shareOfCap } from './order';

const svgNamespace = 'http://www.w3.org/2000/svg';
/** Of the chart's own coordinates; it is stretched to its card. */
const [width, height] = [keptSeconds - 1, 40];
/** A container that does nothing is not drawn as if it were busy: the least that fills a chart, in cores. */
const leastTop = 0.02;

/** One container: its name, its figures in words, and its last minute and a half with the cap in it. */
export class Card {
  readonly element: HTMLElement;
  readonly #name = element('button', 'card-name');
  readonly #where = element('p', 'muted small card-where');
  readonly #figure = element('p', 'card-figure');
  readonly #details = element('p', 'small');
  readonly #limit = element('button', 'card-limit');
  readonly #area = path('chart-area');
  readonly #line = path('chart-line');
  readonly #cap = path('chart-cap');
  readonly #scale = element('span', 'muted small chart-scale');
  #container: OverviewContainer;

  constructor(container: OverviewContainer, private readonly format: Format, send: (message: FromOverviewPage) => void) {
    this.#container = container;
    const chart = document.createElementNS(svgNamespace, 'svg');
    chart.setAttribute('viewBox', `0 0 ${width} ${height}`);
    chart.setAttribute('preserveAspectRatio', 'none');
    chart.setAttribute('aria-hidden', 'true');
    chart.append(this.#area, this.#line, this.#cap);
    this.#name.addEventListener('click', () => send({ type: 'watch', containerId: this.#container.id }));
    this.#limit.addEventListener('click', () => send({ type: lastSample(this.#container).capCores === null ? 'limitTo10' : 'removeLimit', containerId: this.#container.id }));
    this.element = element('li', 'card', element('div', 'card-head', this.#name, this.#limit), this.#where, element('div', 'chart', chart, this.#scale), this.#figure, this.#details);
  }

  show(container: OverviewContainer): void {
    this.#container = container;
    const { name, image, engine, state } = container;
    setText(this.#name, name);
    // A long name is cut: the whole one is here.
    this.#name.title = l10n.t('Watch {0} live', name);
    this.#name.setAttribute('aria-label', this.#name.title);
    setText(this.#where, [image, engine, ...(state === 'paused' ? [l10n.t('paused')] : [])].filter((part) => part !== '').join(' · '));
    this.draw();
  }

  /** Draws what the container's history has now. */
  draw(): void {
    const { history, name, source } = this.#container;
    const sample = lastSample(this.#container);
    const top = Math.max(leastTop, ...history.flatMap(({ cores, capCores }) => [cores ?? 0, capCores ?? 0])) * 1.1;
    const y = (cores: number): number => height - cores / top * height;
    const shift = keptSeconds - history.length;
    const runs = runsOf(history, shift);
    this.#line.setAttribute('d', runs.map((run) => run.map(({ x, cores }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y(cores).toFixed(2)}`).join('')).join(''));
    this.#area.setAttribute('d', runs.map((run) => `M${run[0]?.x ?? 0} ${height}${run.map(({ x, cores }) => `L${x} ${y(cores).toFixed(2)}`).join('')}L${run.at(-1)?.x ?? 0} ${height}Z`).join(''));
    this.#cap.setAttribute('d', capSteps(history, shift).map(({ from, to, cap }) => `M${from} ${y(cap).toFixed(2)}H${to}`).join(''));
    setText(this.#scale, this.format.shortPercent(top / 1.1));
    const limited = sample.capCores !== null;
    const action = limited ? l10n.t('Remove limit') : l10n.t('Limit to 10 %');
    setText(this.#limit, action);
    // Begins with the visible words, so that who speaks to the machine can say them.
    this.#limit.setAttribute('aria-label', `${action}: ${name}`);
    setText(this.#figure, sample.cores === null
      ? source === 'none' ? l10n.t('not read yet') : l10n.t('the first second…')
      : l10n.t('{0} of a core', this.format.percent(sample.cores, 1)));
    setText(this.#details, this.#words(sample));
  }

  #words(sample: UsageSample): string {
    const { capCores, throttledShare, memoryBytes } = sample;
    const share = shareOfCap(sample);
    return [
      ...(capCores === null ? [l10n.t('no limit')] : [l10n.t('limit {0}', this.format.shortPercent(capCores))]),
      ...(share === null ? [] : [l10n.t('{0} of it used', this.format.percent(share))]),
      ...(capCores === null || throttledShare === null ? [] : [l10n.t('throttled in {0} of the periods', this.format.percent(throttledShare))]),
      ...(memoryBytes === null ? [] : [bytesText(memoryBytes)]),
    ].join(' · ');
  }
}

/** What was known without a gap, with its places. */
function runsOf(history: readonly UsageSample[], shift: number): { x: number; cores: number }[][] {
  const runs: { x: number; cores: number }[][] = [];
  history.forEach(({ cores }, index) => {
    if (cores === null) { return; }
    const last = runs.at(-1);
    const x = index + shift;
    if (last?.at(-1)?.x === x - 1) { last.push({ x, cores }); } else { runs.push([{ x, cores }]); }
  });
  return runs;
}

function capSteps(history: readonly UsageSample[], shift: number): { from: number; to: number; cap: number }[] {
  const steps: { from: number; to: number; cap: number }[] = [];
  history.forEach(({ capCores }, index) => {
    if (capCores === null) { return; }
    const last = steps.at(-1);
    const x = index + shift;
    if (last?.cap === capCores && last.to === x) { last.to = x + 1; } else { steps.push({ from: x, to: x + 1, cap: capCores }); }
  });
  return steps;
}

function path(name: string): SVGPathElement {
  const made = document.createElementNS(svgNamespace, 'path');
  made.setAttribute('class', name);
  made.setAttribute('vector-effect', 'non-scaling-stroke');
  return made;
}
