import * as vscode from 'vscode';

export const jsonFilters = { JSON: ['json'] };

/** Writes a value as JSON where the user says, by default into the first folder that is open, and opens the file. `value` is asked for when they have chosen. */
export async function saveJson(fileName: string, value: () => unknown, title?: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    filters: jsonFilters, ...title === undefined ? {} : { title }, ...folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) },
  });
  if (file === undefined) { return; }
  await vscode.workspace.fs.writeFile(file, Buffer.from(`${JSON.stringify(value(), undefined, 2)}\n`));
  await vscode.window.showTextDocument(file);
}
