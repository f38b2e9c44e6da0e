import * as vscode from 'vscode';
import { isAbort, messageOf } from '../base/errors';
import { diagnose, diagnosisText } from '../engine/doctor';
import { candidatesAt } from '../engine/places';
import { type Command, type CommandInput, engineFor, type EngineTarget, withCancellableProgress } from './command';

/** Walks the chain to the engine, link by link, and shows which one fails and what would mend it. */
export function diagnoseEngine(input: CommandInput): Command {
  return async (target?: EngineTarget) => {
    const text = await withCancellableProgress(vscode.l10n.t('Diagnose the engine connection'), async (report, signal) => {
      const { place, connection: { state } } = await engineFor(input, target);
      // The engine that we are on; else each place where one is looked for.
      const candidates = state.kind === 'connected' ? [state.candidate] : await candidatesAt(input.finderInput(), place);
      const diagnoses: string[] = [];
      for (const candidate of candidates) {
        report(candidate.reason);
        diagnoses.push(diagnosisText(await diagnose(candidate, { connect: (endpoint, stop) => input.connect(endpoint, stop, true), platform: process.platform, signal })));
      }
      return diagnoses.join('\n\n');
    }).then(undefined, (error: unknown) => {
      // Not even the place is understood (a context that does not exist): that is the diagnosis.
      if (isAbort(error)) { throw error; }
      return `✗ ${messageOf(error)}`;
    });
    const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content: `${vscode.l10n.t('Diagnosis of the engine connection')}, ${new Date().toLocaleString()}\n\n${text}\n` });
    await vscode.window.showTextDocument(document, { preview: true });
  };
}
