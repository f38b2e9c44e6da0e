import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { parseRecording, replay, type RunRecording } from '../lesson/recording';
import type { Command, CommandInput } from './command';
import { OutputTerminal } from './outputTerminal';
import { stageLabel } from './runHelloWorld';
import { jsonFilters, saveJson } from './saveJson';

/** Plays the recorded run that comes along, at once: for want of an engine. */
export function replayBundledRun(input: CommandInput): Command {
  return async () => play(parseRecording(await input.readRecording()), input);
}

/** Plays a recorded run in a terminal, marked as what it is: the one that comes along, or one of a file. */
export function replayRun(input: CommandInput): Command {
  const { readRecording } = input;
  return async () => {
    const [bundled, file] = [vscode.l10n.t('The run that comes along'), vscode.l10n.t('A file…')];
    const chosen = await vscode.window.showQuickPick([bundled, file], { title: vscode.l10n.t('Replay a recorded run') });
    if (chosen === undefined) { return; }
    let text;
    if (chosen === bundled) {
      text = await readRecording();
    } else {
      const [uri] = await vscode.window.showOpenDialog({ filters: jsonFilters }) ?? [];
      if (uri === undefined) { return; }
      text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
    }
    await play(parseRecording(text), input);
  };
}

async function play(recording: RunRecording, { runs, pages }: CommandInput): Promise<void> {
  if (runs.add(recording)) { pages.openRun(); }
  const { name, image, exitCode, recordedAt, engine } = recording;
  const terminal = OutputTerminal.show(vscode.l10n.t('RECORDED: {0}', image), 'record');
  terminal.note(vscode.l10n.t('RECORDED on {0} with Docker {1}, Linux {2}. Nothing runs on your engine now.', new Date(recordedAt).toLocaleString(vscode.env.language), engine.version, engine.kernelVersion));
  await replay(recording, { onStage: (stage) => terminal.note(stageLabel(stage)), onOutput: (chunk) => terminal.output(chunk) }, terminal.closed);
  terminal.note(vscode.l10n.t('RECORDED: container {0} of image {1} ended with exit code {2}.', name, image, exitCode));
}

/** Saves the last run of hello-world in this window. */
export function saveRecording({ lastRun }: CommandInput): Command {
  return async () => {
    if (lastRun.recording === undefined) {
      throw new HumanError(vscode.l10n.t('There is no run to save yet: run hello-world first.'), { fixes: [{ title: vscode.l10n.t('Run hello-world'), command: 'helloContainers.runHelloWorld' }] });
    }
    await saveJson('hello-world-run.json', lastRun.recording);
  };
}
