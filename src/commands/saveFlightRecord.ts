import * as vscode from 'vscode';
import { endpointAddress } from '../engine/endpoint';
import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';

/** Saves what an engine's flight recorder holds as JSON, where the user says, and opens it. */
export function saveFlightRecord(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { name, facts, recorder, connection: { state } } = await engineFor(input, target);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const file = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save the flight recorder of {0}', name), filters: { JSON: ['json'] }, ...folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, 'flight-record.json') },
    });
    if (file === undefined) { return; }
    const record = {
      format: 'hello-containers-flight/1', savedAt: new Date().toISOString(),
      engine: { name, address: state.kind === 'connected' ? endpointAddress(state.candidate.endpoint) : undefined, version: facts?.version, apiVersion: facts?.apiVersion },
      requests: recorder.requests, events: recorder.events,
    };
    await vscode.workspace.fs.writeFile(file, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`));
    await vscode.window.showTextDocument(file);
  };
}
