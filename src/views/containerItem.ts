import * as vscode from 'vscode';
import { inPercent } from '../base/inPercent';
import { plainText } from '../base/plainText';
import type { Container } from '../engine/containers';
import { isStandIn, roleOf } from '../engine/ours';

/** One container in the tree. What commands get is its id. */
export interface ContainerNode {
  engineKey: string;
  containerId: string;
}

/**
 * How a container looks in the tree. The state is said in words; the icon and its colour only repeat it.
 * @param usage what it uses now, where that is asked for and known
 */
export function containerItem(container: Container, canLimit: boolean, usage?: string): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(container.name) || container.id.slice(0, 12));
  const words = describe(container, usage);
  item.description = words.join(' · ');
  item.iconPath = icon(container);
  item.contextValue = contextValue(container, canLimit);
  item.accessibilityInformation = { label: [item.label as string, ...words].join(', ') };
  return item;
}

/** The tooltip, made when it is looked at. The engine's texts are appended as text, never as Markdown. */
export function containerTooltip(container: Container): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (label: string, value: string): void => {
    tooltip.appendMarkdown(`- **${label}** `);
    tooltip.appendText(plainText(value));
    tooltip.appendMarkdown('\n');
  };
  tooltip.appendMarkdown('**');
  tooltip.appendText(plainText(container.name));
  tooltip.appendMarkdown('**\n\n');
  line(vscode.l10n.t('State'), stateWords(container));
  line(vscode.l10n.t('Image'), imageWords(container));
  line(vscode.l10n.t('Command'), plainText(container.command.replace(/\s+/g, ' '), 80));
  line(vscode.l10n.t('CPU limit'), container.cpuLimit === undefined ? vscode.l10n.t('not read yet') : container.cpuLimit === null ? vscode.l10n.t('none') : vscode.l10n.t('{0} % of a core', inPercent(container.cpuLimit.cores)));
  line(vscode.l10n.t('Created'), new Date(container.createdAt).toLocaleString());
  const ports = container.ports.filter(({ hostPort }) => hostPort !== undefined);
  if (ports.length > 0) { line(vscode.l10n.t('Ports'), ports.map(({ hostIp, hostPort, containerPort, protocol }) => `${hostIp ?? ''}:${hostPort} → ${containerPort}/${protocol}`).join(', ')); }
  line(vscode.l10n.t('Id'), container.id.slice(0, 12));
  return tooltip;
}

/** The most telling first: a narrow view cuts the end off. */
function describe(container: Container, usage: string | undefined): string[] {
  return [
    stateWords(container),
    ...(usage === undefined ? [] : [usage]),
    ...(container.cpuLimit ? [limitWords(container.cpuLimit.cores)] : []),
    imageWords(container),
  ];
}

function imageWords({ image, labels }: Container): string {
  return isStandIn(labels) ? vscode.l10n.t('{0} (bundled stand-in)', plainText(image)) : plainText(image);
}

function limitWords(cores: number): string {
  return vscode.l10n.t('CPU ≤ {0} % of a core', inPercent(cores));
}

function stateWords(container: Container): string {
  switch (container.state) {
    case 'created': return vscode.l10n.t('created');
    case 'running': return health(container) ?? vscode.l10n.t('running');
    case 'paused': return vscode.l10n.t('paused');
    case 'restarting': return vscode.l10n.t('restarting');
    case 'removing': return vscode.l10n.t('being removed');
    case 'exited': return vscode.l10n.t('exited ({0})', exitCode(container) ?? '?');
    case 'dead': return vscode.l10n.t('dead');
  }
}

/** The health is only in Docker's sentence: "Up 3 minutes (healthy)". */
function health({ status }: Container): string | undefined {
  if (status.includes('(unhealthy)')) { return vscode.l10n.t('running, unhealthy'); }
  if (status.includes('(healthy)')) { return vscode.l10n.t('running, healthy'); }
  return status.includes('(health: starting)') ? vscode.l10n.t('running, health not known yet') : undefined;
}

/** Likewise the exit code: "Exited (137) 2 hours ago". */
function exitCode({ status }: Container): number | undefined {
  const match = /^Exited \((-?\d{1,10})\)/i.exec(status);
  return match === null ? undefined : Number(match[1]);
}

function icon(container: Container): vscode.ThemeIcon {
  const colored = (id: string, color: string): vscode.ThemeIcon => new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
  switch (container.state) {
    case 'running': return colored('vm-running', 'charts.green');
    case 'paused': return colored('debug-pause', 'charts.yellow');
    case 'restarting': return colored('sync', 'charts.yellow');
    case 'exited': return exitCode(container) === 0 ? new vscode.ThemeIcon('vm-outline') : colored('vm-outline', 'charts.red');
    case 'dead': return colored('error', 'charts.red');
    case 'created': return new vscode.ThemeIcon('vm');
    case 'removing': return new vscode.ThemeIcon('trash');
  }
}

/** "container.running.limited.cpu-demo": what the menus of package.json go by. */
function contextValue({ state, cpuLimit, labels, ports }: Container, canLimit: boolean): string {
  const role = roleOf(labels);
  const open = ports.some(({ hostPort, protocol }) => hostPort !== undefined && protocol === 'tcp');
  return ['container', state, ...(cpuLimit ? ['limited'] : []), ...(canLimit ? [] : ['unlimitable']), ...(open ? ['port'] : []), ...(role === undefined ? [] : [role])].join('.');
}
