import * as l10n from '@vscode/l10n';
import type { ToXrayPage } from '../../webviews/xrayProtocol';
import { element, pageLanguage } from '../dom';

type Xray = NonNullable<ToXrayPage['xray']>;

/** A table of texts, with a row of headings. It scrolls by itself where it is too wide. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const head = element('thead', '', element('tr', '', ...headings.map((text) => {
    const cell = element('th', '', text);
    cell.scope = 'col';
    return cell;
  })));
  const body = element('tbody', '', ...rows.map((cells) => element('tr', '', ...cells.map((text) => element('td', '', text)))));
  return scrolling(headings.filter((text) => text !== '').join(', '), element('table', 'table', head, body));
}

/** What may be wider than its place: it scrolls by itself, by keyboard, too. */
export function scrolling(name: string, content: HTMLElement): HTMLElement {
  const place = element('div', 'scroll', content);
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', name);
  return place;
}

/** One namespace as the cells of a row. */
export function namespaceRow({ kind, inode, relation, otherInode, meaning }: Xray['namespaces'][number], other: string | undefined): string[] {
  return [kind, inode ?? l10n.t('not known'), relationText(relation, other), ...(other === undefined ? [] : [otherInode ?? l10n.t('not known')]), meaning];
}

function relationText(relation: Xray['namespaces'][number]['relation'], other: string | undefined): string {
  switch (relation) {
    case 'own': return l10n.t('its own');
    case 'host': return l10n.t('the machine\'s');
    case 'shared': return l10n.t('shared with {0}', other ?? '');
    case 'unknown': return l10n.t('not known');
  }
}

/** What a container's root may do: how many, which, and what was asked for. */
export function capabilityLines({ privileged, effective, added, dropped }: Xray['capabilities']): HTMLElement[] {
  const line = (title: string, names: readonly string[]): HTMLElement[] => names.length === 0 ? [] : [element('p', '', element('strong', '', title), ' ', element('span', 'mono', names.join(' ')))];
  return [
    ...(privileged ? [element('p', 'problem', l10n.t('Privileged: nothing is kept from it.'))] : []),
    ...(effective === null ? [element('p', '', l10n.t('Which it has is not known from here.'))] : effective.length === 0 ? [element('p', '', l10n.t('It has none.'))] : line(l10n.t('It has {0}:', effective.length), effective)),
    ...line(l10n.t('Added to the usual ones:'), added), ...line(l10n.t('Taken away:'), dropped),
  ];
}

/** A layer: what it is, how large, what made it and where it lies. */
export function layerRow({ kind, digest, folder, sizeBytes, createdBy }: Xray['layers'][number]): HTMLElement {
  const row = element('li', 'layer', element('strong', '', layerTitle(kind)), element('span', '', sizeBytes === null ? '' : bytesText(sizeBytes)));
  row.dataset.kind = kind;
  for (const text of [createdBy, digest, folder]) { if (text !== null && text !== '') { row.append(element('span', 'mono muted', text)); } }
  return row;
}

function layerTitle(kind: Xray['layers'][number]['kind']): string {
  switch (kind) {
    case 'container': return l10n.t('This container\'s own, writable');
    case 'init': return l10n.t('The engine\'s: host name, hosts, resolv.conf');
    case 'image': return l10n.t('Of the image, read-only');
  }
}

/** "4.3 MB" */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) { return l10n.t('{0} bytes', bytes); }
  const format = new Intl.NumberFormat(pageLanguage(), { maximumFractionDigits: 1 });
  return bytes < 1_000_000 ? l10n.t('{0} kB', format.format(bytes / 1e3)) : bytes < 1e9 ? l10n.t('{0} MB', format.format(bytes / 1e6)) : l10n.t('{0} GB', format.format(bytes / 1e9));
}
