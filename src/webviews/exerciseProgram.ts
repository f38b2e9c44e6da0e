import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { programFile } from '../lesson/exercisePlace';

/** A file of the learner's own is where the program would go. */
class FileInTheWay extends HumanError {
  constructor(path: string) {
    super(vscode.l10n.t('{0} is there already and is another program. Rename it, or open another folder.', path));
  }
}

/** Where the program is, or will be: in the learner's folder, else in a place of ours. */
export function programPlace(storageFolder: string): { path: string; word: string } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? { path: join(folder.fsPath, programFile), word: programFile } : { path: join(storageFolder, programFile), word: join(storageFolder, programFile) };
}

/**
 * Saves the program as a file of the learner's own, to look at and to change. Never in the place of another file.
 * @throws FileInTheWay
 */
export async function saveProgram(text: string, path: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) { return; }
  if (found !== undefined) { throw new FileInTheWay(path); }
  await mkdir(dirname(path), { recursive: true });
  // Fails, rather than replaces, when a file came meanwhile.
  await writeFile(path, text, { flag: 'wx' });
}

/** In the background and on its own: the terminal's and the window's end do not end it, our record does. */
export async function spawnProgram(path: string, environment: Record<string, string>): Promise<ChildProcess> {
  const output = await open(path.replace(/\.py$/, '.log'), 'a');
  try {
    const child = spawn('python3', ['-u', path], { cwd: dirname(path), detached: true, stdio: ['ignore', output.fd, output.fd], env: { ...process.env, ...environment } });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', () => reject(new HumanError(vscode.l10n.t('python3 was not found. Install it (on Debian and Ubuntu: sudo apt install python3), then try again.'))));
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}
