import * as vscode from 'vscode';
import { isAbort } from '../base/errors';
import { plainText } from '../base/plainText';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import { type Command, type CommandInput, type ContainerTarget, showError } from './command';
import { OutputTerminal } from './outputTerminal';
import { pickContainer } from './pickContainer';

const tailLines = 1000;

/** Follows a container's log in a terminal. Closing the terminal ends it. */
export function showLogs(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Whose log do you want to see?'), () => true, vscode.l10n.t('There is no container.'));
    if (picked === undefined) { return; }
    const { container, engine } = picked;
    const { tty } = await engine.inspectContainer(container.id);
    void follow(engine, container, tty).catch((error: unknown) => showError(error, `log of ${container.name}`, input));
  };
}

async function follow(engine: Engine, { id, name }: Container, tty: boolean): Promise<void> {
  const terminal = OutputTerminal.show(vscode.l10n.t('log: {0}', plainText(name)), 'output');
  terminal.note(vscode.l10n.t('The log of {0}, from its last {1} lines on.', plainText(name), tailLines));
  try {
    for await (const chunk of await engine.containerLogs(id, { follow: true, tail: tailLines, tty }, terminal.closed)) { terminal.output(chunk); }
    terminal.note(vscode.l10n.t('The log ends here: the container is not running.'));
  } catch (error) {
    if (!isAbort(error)) { terminal.note(vscode.l10n.t('The log was cut off.')); }
    throw error;
  }
}
