import * as vscode from 'vscode';
import { detailsOf, isAbort } from '../base/errors';
import type { Log } from '../base/log';
import { plainText } from '../base/plainText';
import { sleep } from '../base/sleep';
import type { Engine } from '../engine/engine';
import { openShell as open, type Shell } from '../engine/shell';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainer } from './pickContainer';

/** How much of a shell's output VS Code is given at once: it takes what it gets, without a bound, and draws it when it can. */
const portion = { bytes: 128 * 1024, everyMillis: 25 };

/** Until VS Code says how large the terminal is. */
const usualSize = { columns: 80, rows: 24 };

/** Opens a shell in a running container, in a terminal: over the engine's API, wherever the engine is, without a docker command. */
export function openShell(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Which container do you want a shell in?'), ({ state }) => state === 'running', vscode.l10n.t('No container is running. Start the CPU demo to have one.'));
    if (picked === undefined) { return; }
    const { container: { id, name }, engine } = picked;
    // Opened before the terminal is: a container without a shell gets a message, not an empty terminal.
    const shell = await open(engine, id, plainText(name), usualSize);
    const pty = new ShellTerminal(engine, shell, plainText(name), input.log);
    vscode.window.createTerminal({ name: `${plainText(name)}: ${shell.name}`, pty, iconPath: new vscode.ThemeIcon('terminal'), isTransient: true }).show();
  };
}

/** A terminal of VS Code's on a shell in a container. It stays with its last words when the shell has ended. */
class ShellTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new AbortController();
  private ended = false;
  readonly onDidWrite = this.written.event;

  constructor(private readonly engine: Engine, private readonly shell: Shell, private readonly name: string, private readonly log: Log) { }

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size !== undefined) { this.setDimensions(size); }
    void this.show();
  }

  close(): void {
    this.closed.abort();
    if (this.ended) { return; }
    this.ended = true;
    // A container that has stopped or is paused takes no command: then there is nothing to hang up on, or it cannot be reached.
    this.shell.hangUp().catch((error: unknown) => this.log.info(`hanging up on the shell in ${this.name}: ${detailsOf(error)}`));
  }

  handleInput(data: string): void { if (!this.ended) { this.shell.write(data); } }

  setDimensions({ columns, rows }: vscode.TerminalDimensions): void {
    this.shell.resize({ columns, rows }).catch((error: unknown) => this.log.debug(`size of the shell in ${this.name}: ${detailsOf(error)}`));
  }

  private async show(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      let bytes = 0;
      for await (const data of this.shell.output) {
        this.written.fire(decoder.decode(data, { stream: true }));
        // What is not read yet waits in the connection, and in the end the program does.
        bytes += data.length;
        if (bytes < portion.bytes) { continue; }
        bytes = 0;
        await sleep(portion.everyMillis, this.closed.signal);
      }
      const code = await this.shell.exitCode();
      this.note(vscode.l10n.t('The shell in {0} ended with exit code {1}.', this.name, code));
    } catch (error) {
      if (!isAbort(error)) { this.log.warn(`shell in ${this.name}: ${detailsOf(error)}`); }
      const { state } = await this.engine.inspectContainer(this.name).catch(() => ({ state: 'running' }));
      this.note(state === 'running' ? vscode.l10n.t('The connection to the shell was lost.') : vscode.l10n.t('The shell ended with its container.'));
    }
    this.ended = true;
  }

  private note(line: string): void { this.written.fire(`\r\n\x1b[0;3m${plainText(line, 1000)}\x1b[23m\r\n`); }
}
