import * as vscode from 'vscode';
import { engineOf } from '../lesson/facts';
import { reportOf } from '../lesson/report';
import type { Command, CommandInput } from './command';

/** Writes the lab report into an editor, and saves it where the learner wants. */
export function labReport({ progress, journal, extensionVersion }: CommandInput): Command {
  return async () => {
    const [without, withName] = [vscode.l10n.t('Without names of machines'), vscode.l10n.t('With the machine\'s name')];
    const chosen = await vscode.window.showQuickPick([{ label: without }, { label: withName, description: vscode.l10n.t('for an instructor who wants to know where it was done') }], { title: vscode.l10n.t('Lab report') });
    if (chosen === undefined) { return; }
    const text = reportOf({ at: Date.now(), extensionVersion, states: progress.steps, journal: journal.entries, engine: engineOf(progress.facts)?.facts, withHostName: chosen.label === withName });
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
    await vscode.window.showTextDocument(document);
    const save = vscode.l10n.t('Save…');
    if (await vscode.window.showInformationMessage(vscode.l10n.t('This is your lab report. It holds versions, ids, figures and times, and no secrets.'), save) !== save) { return; }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = await vscode.window.showSaveDialog({
      filters: { Markdown: ['md'] }, ...folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, 'lab-report.md') },
    });
    if (target === undefined) { return; }
    await vscode.workspace.fs.writeFile(target, Buffer.from(text));
    await vscode.window.showTextDocument(target);
  };
}
