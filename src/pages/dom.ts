/**
 * A new element with a class and children. Strings become text nodes, never markup: names, labels and
 * engine messages are not ours.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, className: string, ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  if (className !== '') { created.className = className; }
  created.append(...children);
  return created;
}

/** Sets an element's text, and touches the document only when it differs: most readings change few of the texts. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) { target.textContent = text; }
}

/** VS Code's display language, which the host writes into the page: numbers and times follow it, as the words do. */
export function pageLanguage(): string | undefined {
  return document.documentElement.lang || undefined;
}
