import * as vscode from 'vscode';
import { endpointAddress } from '../engine/endpoint';
import { type Command, type CommandInput, engineFor, type EngineTarget } from './command';
import { saveJson } from './saveJson';

/** Saves what an engine's flight recorder holds as JSON, where the user says, and opens it. */
export function saveFlightRecord(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const { name, facts, recorder, connection: { state } } = await engineFor(input, target);
    await saveJson('flight-record.json', () => ({
      format: 'hello-containers-flight/1', savedAt: new Date().toISOString(),
      engine: { name, address: state.kind === 'connected' ? endpointAddress(state.candidate.endpoint) : undefined, version: facts?.version, apiVersion: facts?.apiVersion },
      requests: recorder.requests, events: recorder.events,
    }), vscode.l10n.t('Save the flight recorder of {0}', name));
  };
}
