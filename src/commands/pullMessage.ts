import * as vscode from 'vscode';
import type { PullProgress } from '../engine/pull';

/** How far a pull is, in a line: "Downloading, 2 of 5 layers, 12.3 of 17.0 MB". */
export function pullMessage(image: string, { layers, layersDone, status, currentBytes, totalBytes }: PullProgress): string {
  if (layers === 0) { return vscode.l10n.t('Pulling {0}: {1}', image, status); }
  const bytes = totalBytes > 0 ? vscode.l10n.t(', {0} of {1} MB', megabytes(currentBytes), megabytes(totalBytes)) : '';
  return vscode.l10n.t('Pulling {0}: {1}, {2} of {3} layers{4}', image, status, layersDone, layers, bytes);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
