import * as vscode from 'vscode';
import type { Command } from './command';

/** Opens Docker's own page on how to install it. */
export function installDocker(): Command {
  return async () => vscode.env.openExternal(vscode.Uri.parse('https://docs.docker.com/engine/install/'));
}
