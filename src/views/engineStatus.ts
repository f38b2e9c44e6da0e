import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { plainText } from '../base/plainText';
import type { ConnectionState } from '../engine/connection';
import { type Endpoint, endpointAddress } from '../engine/endpoint';
import type { Engines } from '../engine/engines';
import { factsLines } from './engineItem';

/** The engine that is used, in the status bar: which one, or that there is none. A click chooses another. */
export class EngineStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('helloContainers.engine', vscode.StatusBarAlignment.Left, -10);
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly engines: Engines) {
    this.item.name = vscode.l10n.t('Docker engine');
    this.item.command = 'helloContainers.chooseEngine';
    this.subscriptions = [
      engines.onDidChangeEngines(() => this.show()),
      engines.onDidChangeState((engine) => { if (engine === engines.used) { this.show(); } }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) { subscription.dispose(); }
    this.item.dispose();
  }

  private show(): void {
    const { state, used } = this.engines;
    const facts = used?.facts;
    switch (state.kind) {
      case 'idle':
        return;
      case 'connecting':
        // What failed stays to be read while it is tried again.
        if (state.attempts.length > 0) { return; }
        this.item.text = `$(loading~spin) ${vscode.l10n.t('Docker engine')}`;
        this.item.tooltip = vscode.l10n.t('Looking for a Docker engine…');
        break;
      case 'connected':
        this.item.text = `$(server) ${shortName(state.candidate.endpoint)}`;
        this.item.tooltip = tooltip([whereabouts(state), ...(facts === undefined ? [] : factsLines(facts))]);
        break;
      case 'failed':
        this.item.text = `$(warning) ${vscode.l10n.t('No Docker engine')}`;
        this.item.tooltip = messageOf(state.attempts[0]?.error ?? '');
        break;
    }
    this.item.show();
  }
}

function whereabouts({ candidate }: Extract<ConnectionState, { kind: 'connected' }>): string {
  return vscode.l10n.t('Docker engine at {0} (found by: {1}). Click to use another.', endpointAddress(candidate.endpoint), candidate.reason);
}

/** "docker" for a socket of this machine that is called so, else the host. */
function shortName(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix': return /([^/]+?)(\.sock)?$/.exec(endpoint.path)?.[1] ?? endpoint.path;
    case 'npipe': return vscode.l10n.t('Docker Desktop');
    case 'tcp':
    case 'tls':
    case 'ssh': return endpoint.host;
  }
}

/** A paragraph a line, as text and never as Markdown. */
function tooltip(lines: readonly string[]): vscode.MarkdownString {
  const made = new vscode.MarkdownString();
  for (const line of lines) {
    made.appendText(plainText(line));
    made.appendMarkdown('\n\n');
  }
  return made;
}
