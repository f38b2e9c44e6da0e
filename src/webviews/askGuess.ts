import * as vscode from 'vscode';

/** Asks what the learner expects before they see it. @returns calculations per second; undefined when they would not say */
export async function askGuess(): Promise<number | undefined> {
  const parse = (text: string): number => Number(text.trim().replace(',', '.') || NaN);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Predict, then see'),
    prompt: vscode.l10n.t('How many calculations per second will the program do when it may use 10 % of a core?'),
    validateInput: (typed) => Number.isFinite(parse(typed)) && parse(typed) >= 0 ? undefined : vscode.l10n.t('A number, please: calculations per second.'),
  });
  return text === undefined ? undefined : parse(text);
}
