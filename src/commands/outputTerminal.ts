import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import { TerminalText } from '../base/terminalText';
import type { OutputChunk } from '../engine/engine';

/** A terminal that only shows, and stays when what it shows has ended. */
export class OutputTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly renamed = new vscode.EventEmitter<string>();
  private readonly closing = new AbortController();
  private readonly text = { stdout: new TerminalText(), stderr: new TerminalText() };
  /** What is written before VS Code has opened the terminal would be lost. */
  private early: string[] | undefined = [];
  /** VS Code gives a terminal its first name when its process is there, over any that came earlier, open() included. */
  private firstNamed: Thenable<unknown> = Promise.resolve();

  readonly onDidWrite = this.written.event;
  readonly onDidChangeName = this.renamed.event;
  /** Aborted when the user closes the terminal. */
  readonly closed = this.closing.signal;

  /** Opens it, without taking the focus from where the user is. */
  static show(name: string, icon: string): OutputTerminal {
    const pty = new OutputTerminal();
    const terminal = vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon(icon), isTransient: true });
    pty.firstNamed = terminal.processId;
    terminal.show(true);
    return pty;
  }

  open(): void {
    const early = this.early ?? [];
    this.early = undefined;
    for (const text of early) { this.written.fire(text); }
  }

  close(): void {
    this.closing.abort();
  }

  rename(title: string): void {
    void this.firstNamed.then(() => this.renamed.fire(plainText(title)));
  }

  /** A line of ours, slanted so that it is not taken for the program's. The names in it are the engine's: no escape of theirs is let through. */
  note(line: string): void {
    this.write(`\x1b[3m${plainText(line, 1000)}\x1b[23m\r\n`);
  }

  /** What a container wrote. */
  output({ stream, data }: OutputChunk): void {
    this.write(this.text[stream].push(data));
  }

  private write(text: string): void {
    if (this.early === undefined) { this.written.fire(text); } else { this.early.push(text); }
  }
}
