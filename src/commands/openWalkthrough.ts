import * as vscode from 'vscode';
import type { Command } from './command';

/** Opens the lesson. */
export function openWalkthrough(): Command {
  return async () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'hello-containers.hello-containers#intro', false);
}
