import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import type { ImageDetails } from '../engine/engine';
import { isStandIn } from '../engine/ours';
import type { ObjectKind } from './objectsView';

/** Docker's own networks, which cannot be removed. */
const predefined = new Set(['bridge', 'host', 'none', 'podman']);

/** The views beside the containers: what an engine has of each kind, and how a row looks. */
export const objectKinds: readonly ObjectKind[] = [
  {
    viewId: 'helloContainers.images', kind: 'image', events: ['image'],
    list: async (engine) => (await engine.listImages()).sort((a, b) => b.createdAt - a.createdAt).flatMap(imageRows),
  },
  {
    viewId: 'helloContainers.volumes', kind: 'volume', events: ['volume'],
    list: async (engine) => (await engine.listVolumes()).sort((a, b) => a.name.localeCompare(b.name)).map(({ name, driver, mountpoint }) => ({
      reference: name, name, item: row({ id: `volume ${name}`, label: name, description: driver, icon: 'database', context: 'volume', tooltip: mountpoint }),
    })),
  },
  {
    viewId: 'helloContainers.networks', kind: 'network', events: ['network'],
    list: async (engine) => (await engine.listNetworks()).sort((a, b) => a.name.localeCompare(b.name)).map(({ id, name, driver, scope, subnets }) => ({
      reference: id, name, item: row({
        id: `network ${id}`, label: name, description: [driver, ...subnets].join(' · '), icon: 'type-hierarchy', tooltip: [scope, id.slice(0, 12)].join('\n'),
        context: predefined.has(name) ? 'network.predefined' : 'network',
      }),
    })),
  },
];

/** An image has a row for each of its tags: each can be removed by itself. One without a tag is what is left of an older build. */
function imageRows({ id, tags, labels, sizeBytes, createdAt }: ImageDetails): { reference: string; name: string; item: vscode.TreeItem }[] {
  const shortId = id.replace(/^sha256:/, '').slice(0, 12);
  const common = { icon: 'package', tooltip: [shortId, vscode.l10n.t('Made {0}', new Date(createdAt).toLocaleString())].join('\n') };
  const size = sizeWords(sizeBytes);
  if (tags.length === 0) { return [{ reference: id, name: shortId, item: row({ ...common, id: `image ${id}`, label: shortId, description: [vscode.l10n.t('without a tag'), size].join(' · '), context: 'image.untagged' }) }]; }
  const standIn = isStandIn(labels) ? [vscode.l10n.t('bundled stand-in')] : [];
  return tags.map((tag) => ({ reference: tag, name: tag, item: row({ ...common, id: `image ${tag}`, label: tag, description: [size, ...standIn].join(' · '), context: 'image' }) }));
}

function row({ id, label, description, icon, context, tooltip }: { id: string; label: string; description: string; icon: string; context: string; tooltip: string }): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(label));
  item.id = id;
  item.description = plainText(description);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = context;
  // A plain text: the engine's words are no Markdown.
  item.tooltip = plainText(label) + '\n' + tooltip.split('\n').map((line) => plainText(line)).join('\n');
  return item;
}

function sizeWords(bytes: number): string {
  return bytes >= 1e9 ? vscode.l10n.t('{0} GB', (bytes / 1e9).toFixed(2)) : bytes >= 1e6 ? vscode.l10n.t('{0} MB', (bytes / 1e6).toFixed(1)) : vscode.l10n.t('{0} kB', Math.ceil(bytes / 1e3));
}
