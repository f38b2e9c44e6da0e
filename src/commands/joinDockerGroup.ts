import * as vscode from 'vscode';
import type { Command } from './command';

/** Types the command that permits the use of the engine's socket into a terminal. The user reads it and presses Enter, or not. */
export function joinDockerGroup(): Command {
  return () => {
    const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('docker group') });
    terminal.show();
    terminal.sendText('sudo usermod -aG docker "$USER"', false);
    return undefined;
  };
}
