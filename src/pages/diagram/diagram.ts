import * as l10n from '@vscode/l10n';

/** How a part of a diagram is drawn. lit: as it is. now: it is looked at. */
export type PartState = 'lit' | 'observed' | 'inferred' | 'absent' | 'pending';

const states: readonly PartState[] = ['lit', 'observed', 'inferred', 'absent', 'pending'];

/** How long a pulse is seen, in milliseconds. */
const pulseMillis = 900;

/** Keeps the ids of several diagrams in one document apart. */
let count = 0;

/**
 * A diagram of media/ that lives: its boxes ("box-…") can be chosen by mouse and keyboard, and all its parts can be lit, darkened and
 * made to pulse. The picture is the walkthrough's own; what it cannot say without eyes stands beside it as a list.
 */
export class Diagram {
  readonly element: SVGSVGElement;
  readonly #parts = new Map<string, SVGElement>();
  readonly #timers = new Map<string, number>();

  /** @param chosen is told a box's name, "daemon" of "box-daemon" */
  constructor(svg: string, chosen: (box: string) => void) {
    const prefix = `diagram${count += 1}-`;
    const own = svg
      .replaceAll(/\bid="([^"]+)"/g, (_, id: string) => `id="${prefix}${id}" data-part="${id}"`)
      .replaceAll(/url\(#([^)]+)\)/g, (_, id: string) => `url(#${prefix}${id})`)
      .replaceAll(/aria-labelledby="([^"]+)"/g, (_, ids: string) => `aria-labelledby="${ids.split(' ').map((id) => prefix + id).join(' ')}"`);
    const root = document.importNode(new DOMParser().parseFromString(own, 'image/svg+xml').documentElement, true) as unknown as SVGSVGElement;
    translate(root);
    // Not an image: there is something in it to be reached.
    root.setAttribute('role', 'group');
    root.classList.add('diagram');
    for (const part of root.querySelectorAll<SVGElement>('[data-part]')) { this.#parts.set(part.dataset.part ?? '', part); }
    for (const [name, part] of this.#parts) { if (name.startsWith('box-')) { this.#makeBox(name.slice('box-'.length), part, chosen); } }
    this.element = root;
  }

  /** Of "box-daemon", "wire-client-daemon", … */
  setState(part: string, state: PartState): void {
    const element = this.#parts.get(part);
    for (const other of states) { element?.classList.toggle(`part-${other}`, other === state); }
  }

  /** The part that is looked at; the others are not. */
  setNow(parts: readonly string[]): void {
    for (const [name, part] of this.#parts) { part.classList.toggle('part-now', parts.includes(name)); }
  }

  /** The second line of a box, where it has one. */
  setLine(box: string, text: string): void {
    const line = this.#parts.get(`box-${box}`)?.querySelectorAll('text')[1];
    if (line && line.textContent !== text) {
      line.textContent = text;
      this.#name(box);
    }
  }

  /** The lines of a label, the upper ones first. */
  setTexts(part: string, lines: readonly string[]): void {
    for (const [index, text] of [...this.#parts.get(part)?.querySelectorAll('text') ?? []].entries()) { text.textContent = lines[index] ?? ''; }
  }

  /** Something went through here just now. */
  pulse(part: string): void {
    const element = this.#parts.get(part);
    if (!element) { return; }
    window.clearTimeout(this.#timers.get(part));
    element.classList.add('part-pulse');
    this.#timers.set(part, window.setTimeout(() => element.classList.remove('part-pulse'), pulseMillis));
  }

  #makeBox(box: string, part: SVGElement, chosen: (box: string) => void): void {
    part.setAttribute('tabindex', '0');
    part.setAttribute('role', 'button');
    this.#name(box);
    part.addEventListener('click', (event) => {
      // A box may lie in a larger one.
      event.stopPropagation();
      chosen(box);
    });
    part.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') { return; }
      event.preventDefault();
      chosen(box);
    });
  }

  #name(box: string): void {
    const part = this.#parts.get(`box-${box}`);
    part?.setAttribute('aria-label', [...part.querySelectorAll('text')].map(({ textContent }) => textContent).join(', '));
  }
}

/** Puts the diagram's words into the user's language: they are in the bundle with the code's strings (npm run l10n). */
function translate(root: Element): void {
  for (const element of root.querySelectorAll('title, desc, text, tspan')) {
    for (const node of element.childNodes) {
      const text = node.nodeType === Node.TEXT_NODE ? node.nodeValue?.trim() ?? '' : '';
      if (text !== '') { node.nodeValue = node.nodeValue?.replace(text, () => l10n.t(text)) ?? ''; }
    }
  }
}
