import * as vscode from 'vscode';
import type { Command } from './command';

/** Opens the setting that says which engine to use. */
export function changeEndpoint(): Command {
  return async () => vscode.commands.executeCommand('workbench.action.openSettings', 'helloContainers.endpoint');
}
