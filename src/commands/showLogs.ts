import * as vscode from 'vscode';
import { isAbort } from '../base/errors';
import { PacedOutput } from '../base/pacedOutput';
import { plainText } from '../base/plainText';
import type { Container } from '../engine/containers';
import type { Engine, OutputChunk } from '../engine/engine';
import { type Command, type CommandInput, type ContainerTarget, showError } from './command';
import { OutputTerminal } from './outputTerminal';
import { anyContainer, pickContainers } from './pickContainer';

/** What of a log is shown, and how. */
export interface LogChoice {
  follow: boolean;
  timestamps: boolean;
  /** From when on: minutes before now, or only the last lines; the whole log when neither is there. */
  sinceMinutes?: number;
  tail?: number;
}

export const usualLog: LogChoice = { follow: true, timestamps: false, tail: 1000 };

/** Follows containers' logs in a terminal each. Closing the terminal ends it. */
export function showLogs(input: CommandInput): Command {
  return (target?: ContainerTarget, selection?: unknown) => showEach(input, target, selection, usualLog);
}

/** The same, after asking from when on, and how. What was chosen is offered the next time. */
export function showLogsWith(input: CommandInput): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const choice = await askForLog(input.remembered.get('log') ?? usualLog);
    if (choice === undefined) { return; }
    await input.remembered.set('log', choice);
    await showEach(input, target, selection, choice);
  };
}

async function showEach(input: CommandInput, target: ContainerTarget | undefined, selection: unknown, choice: LogChoice): Promise<void> {
  const picked = await pickContainers(input, target, selection, anyContainer(vscode.l10n.t('Whose log do you want to see?')));
  for (const { container, engine } of picked) {
    const { tty } = await engine.inspectContainer(container.id);
    void follow(engine, container, tty, choice).catch((error: unknown) => showError(error, `log of ${container.name}`, input));
  }
}

async function follow(engine: Engine, { id, name }: Container, tty: boolean, choice: LogChoice): Promise<void> {
  const { clockOffsetMillis } = choice.sinceMinutes === undefined ? { clockOffsetMillis: 0 } : await engine.facts();
  const sinceMillis = choice.sinceMinutes === undefined ? undefined : Date.now() + clockOffsetMillis - choice.sinceMinutes * 60_000;
  const terminal = OutputTerminal.show(vscode.l10n.t('log: {0}', plainText(name)), 'output');
  terminal.note(vscode.l10n.t('The log of {0}, {1}.', plainText(name), fromWords(choice)));
  const paced = new PacedOutput<OutputChunk['stream']>(
    ({ mark, data }) => terminal.output({ stream: mark, data }),
    (bytes) => terminal.note(vscode.l10n.t('{0} MB are left out here: the log is written faster than a terminal can show it. "docker logs {1}" has all.', (bytes / 1e6).toFixed(1), plainText(name))),
  );
  terminal.closed.addEventListener('abort', () => paced.dispose());
  try {
    for await (const { stream, data } of await engine.containerLogs(id, { follow: choice.follow, timestamps: choice.timestamps, tail: choice.tail, sinceMillis, tty }, terminal.closed)) { paced.push({ mark: stream, data }); }
    await paced.drained();
    terminal.note(choice.follow ? vscode.l10n.t('The log ends here: the container is not running.') : vscode.l10n.t('The log ends here, for now: it is not followed.'));
  } catch (error) {
    await paced.drained();
    if (!isAbort(error)) { terminal.note(vscode.l10n.t('The log was cut off.')); }
    throw error;
  }
}

function fromWords({ sinceMinutes, tail }: LogChoice): string {
  if (sinceMinutes !== undefined) { return vscode.l10n.t('of the last {0} minutes', sinceMinutes); }
  return tail === undefined ? vscode.l10n.t('from its beginning on') : vscode.l10n.t('from its last {0} lines on', tail);
}

interface FromItem extends vscode.QuickPickItem {
  from?: Pick<LogChoice, 'sinceMinutes' | 'tail'>;
}

async function askForLog(last: LogChoice): Promise<LogChoice | undefined> {
  const title = vscode.l10n.t('Show logs');
  const [following, times] = [vscode.l10n.t('Follow: show new lines as they come'), vscode.l10n.t('Timestamps: the engine\'s time before each line')];
  const how = await vscode.window.showQuickPick([{ label: following, picked: last.follow }, { label: times, picked: last.timestamps }], { title, canPickMany: true, placeHolder: vscode.l10n.t('How?') });
  if (how === undefined) { return undefined; }
  const typed = vscode.l10n.t('Other minutes…');
  const items: FromItem[] = [
    { label: vscode.l10n.t('The last {0} lines', 1000), from: { tail: 1000 } },
    ...[5, 60, 24 * 60].map((sinceMinutes) => ({ label: vscode.l10n.t('The last {0} minutes', sinceMinutes), from: { sinceMinutes } })),
    { label: vscode.l10n.t('Everything'), from: {} },
    { label: vscode.l10n.t('Only what comes from now on'), from: { tail: 0 } },
    { label: typed },
  ];
  // What was chosen the last time comes first.
  const same = ({ from }: FromItem): boolean => from !== undefined && from.tail === last.tail && from.sinceMinutes === last.sinceMinutes;
  const chosen = await vscode.window.showQuickPick([...items.filter(same), ...items.filter((item) => !same(item))], { title, placeHolder: vscode.l10n.t('From when on?') });
  const from = chosen?.label === typed ? await askForMinutes(title) : chosen?.from;
  return from && { follow: how.some(({ label }) => label === following), timestamps: how.some(({ label }) => label === times), ...from };
}

async function askForMinutes(title: string): Promise<{ sinceMinutes: number } | undefined> {
  const typed = await vscode.window.showInputBox({
    title, prompt: vscode.l10n.t('How many minutes back?'),
    validateInput: (value) => /^\d{1,6}(\.\d{1,3})?$/.test(value.trim()) ? undefined : vscode.l10n.t('A number, please'),
  });
  return typed === undefined ? undefined : { sinceMinutes: Number(typed) };
}
